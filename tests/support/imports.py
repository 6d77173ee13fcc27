"""The imports of feedpub's modules, read from their source."""

import ast
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

PACKAGE = Path(__file__).resolve().parents[2] / "feedpub"


@dataclass(frozen=True)
class Import:
    """One import statement's target.

    ``module`` is the dotted name of a module of feedpub (``feedpub.reading.dates``), or the
    distribution's top-level name (``sqlalchemy``, ``os``).
    """

    module: str
    line: int
    names: tuple[str, ...] = ()
    types_only: bool = False

    @property
    def qualified(self) -> tuple[str, ...]:
        """The names with their module."""
        return tuple(f"{self.module}.{name}" for name in self.names)

    @property
    def is_own(self) -> bool:
        return self.module.split(".")[0] == "feedpub"

    @property
    def is_standard(self) -> bool:
        return self.module.split(".")[0] in {*sys.stdlib_module_names, "_typeshed"}


@cache
def modules() -> dict[str, Path]:
    """Return every module of feedpub by dotted name; migrations run inside alembic only."""
    return {
        dotted(path): path
        for path in sorted(PACKAGE.rglob("*.py"))
        if not {"migrations", "sample"} & set(path.relative_to(PACKAGE).parts)
    }


def dotted(path: Path) -> str:
    parts = path.relative_to(PACKAGE.parent).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


@cache
def tree(module: str) -> ast.Module:
    return ast.parse(modules()[module].read_text(encoding="utf-8"))


@cache
def imports(module: str) -> tuple[Import, ...]:
    """Return what a module imports, at its top, inside a function or for its types only."""
    return tuple(_walk(tree(module)))


def _walk(node: ast.AST, *, types_only: bool = False) -> Iterator[Import]:
    if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test):
        types_only = True
    if isinstance(node, ast.Import):
        for alias in node.names:
            yield Import(alias.name, node.lineno, types_only=types_only)
    elif isinstance(node, ast.ImportFrom):
        yield from _targets(node, types_only)
    for child in ast.iter_child_nodes(node):
        yield from _walk(child, types_only=types_only)


def _targets(node: ast.ImportFrom, types_only: bool) -> Iterator[Import]:
    """Yield the module of ``from X import a, b``, or X.a where that is a module itself."""
    assert node.module, "relative imports are banned by ruff"
    names = [alias.name for alias in node.names]
    inner = [name for name in names if f"{node.module}.{name}" in modules()]
    for name in inner:
        yield Import(f"{node.module}.{name}", node.lineno, types_only=types_only)
    if rest := tuple(name for name in names if name not in inner):
        yield Import(node.module, node.lineno, rest, types_only)


def part(module: str) -> str:
    """Return the part of the house that a module is in: ``feedpub.reading.dates`` is in reading."""
    return module.split(".")[1] if "." in module else ""
