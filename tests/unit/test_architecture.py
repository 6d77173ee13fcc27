"""The arrows between feedpub's parts, and the weight of what starts often.

The parts in the order of the flow; each may import those of the layers above it.
"""

import ast
import re
import resource
import subprocess
import sys
from graphlib import TopologicalSorter

import pytest

from tests.support.imports import PACKAGE, Import, imports, modules, part, tree
from tests.support.processes import clean_environment

# Upstream to downstream, here and below: each may import those before it.
FIRST = ("errors", "model", "ports")
PURE = (
    "batches", "reading", "catalog", "feeds", "pages", "embeds", "tokens", "links", "filetypes",
    "digest", "messages", "subscribers", "deliveries", "bounces",
)  # fmt: skip
APIS = (
    "publishing", "publisher", "sending", "mailing", "audience", "returned", "newsletter", "doctor",
)  # fmt: skip
ADAPTERS = (
    "config",
    "durability",
    "hooks",
    "jobs",
    "locks",
    "mailboxes",
    "mailers",
    "net",
    "resolver",
    "signals",
    "sources",
    "store",
    "targets",
    "thumbnails",
    "websub",
    "workers",
)
FACES = ("cli", "web", "worker", "__main__")
# Where shipped files are, and the version: as good as code, for whoever needs them.
SHIPPED = ("", "resources")
EVERY_PART = (*SHIPPED, *FIRST, *PURE, *APIS, *ADAPTERS, "wiring", "testing", *FACES)

MAY_IMPORT: dict[str, tuple[str, ...]] = {
    "": (),
    "resources": ("errors",),
    **{name: FIRST[:place] for place, name in enumerate(FIRST)},
    **{name: (*FIRST, *PURE[:place]) for place, name in enumerate(PURE)},
    # Templates, style sheets and message catalogs are read as modules are: once, from the package.
    "pages": (*FIRST, "reading", "catalog", "feeds", "resources"),
    "embeds": (*FIRST, *PURE[: PURE.index("embeds")], "resources"),
    "digest": (*FIRST, *PURE[: PURE.index("digest")], "resources"),
    "messages": (*FIRST, *PURE[: PURE.index("messages")], "resources"),
    **{name: (*FIRST, *PURE, *APIS[:place]) for place, name in enumerate(APIS)},
    **dict.fromkeys(ADAPTERS, (*FIRST, *PURE, "durability", "net")),
    # Has the APIs called, which wiring gives it.
    "jobs": (*FIRST, *PURE, *APIS),
    "wiring": (*SHIPPED, *FIRST, *PURE, *APIS, *ADAPTERS),
    # Twins stand in for adapters, and have to be wired like them.
    "testing": (*FIRST, *PURE, *APIS, *ADAPTERS, "wiring"),
    # `init` asks sources what generator a folder belongs to; `serve` and `worker` start the others.
    "cli": (*SHIPPED, *FIRST, *APIS, "config", "signals", "wiring", "sources", "web", "worker"),
    "web": (*FIRST, "tokens", "links", "filetypes", *APIS, "config", "wiring"),
    "worker": (*FIRST, *APIS, "config", "jobs", "signals", "wiring"),
    "__main__": ("cli",),
}

# One library, one part that knows it.
LIBRARIES = {
    "config": {"email_validator"},
    "reading": {
        "charset_normalizer",
        "defusedxml",
        "docutils",
        "feedparser",
        "markdown_it",
        "nh3",
        "regex",
        "yaml",
    },
    "catalog": {"pypinyin", "slugify"},
    "feeds": {"feedgen", "lxml"},
    "pages": {"babel", "jinja2"},
    "digest": {"babel", "cssselect", "cssutils", "markupsafe", "nh3", "premailer", "tinycss2"},
    "bounces": {"flufl"},
    "messages": {"cryptography", "idna"},
    "subscribers": {"defusedcsv", "email_validator", "itsdangerous"},
    "jobs": {"procrastinate"},
    "resolver": {"dns"},
    "net": {"requests", "urllib3"},
    "thumbnails": {"PIL"},
    "sources": {"lxml", "yaml"},
    "targets": {"obstore"},
    "store": {"alembic", "procrastinate", "psycopg", "sqlalchemy"},
    "cli": {"click", "rich", "watchfiles"},
    "web": {"brotli", "flask", "waitress", "werkzeug"},
}

# What reaches beyond the process. Only names that a pure module has no honest use for.
IO_MODULES = {
    "asyncio", "ctypes", "ftplib", "glob", "http", "logging", "mmap", "multiprocessing", "os",
    "random", "secrets", "select", "shutil", "signal", "smtplib", "socket", "sqlite3", "ssl",
    "subprocess", "tempfile", "threading", "urllib.request",
}  # fmt: skip
IO_NAMES = {"pathlib.Path", "time.time", "uuid.uuid1", "uuid.uuid4"}
# They hand the folders of templates to Jinja2, which reads them.
MAY_NAME_PATHS = {
    "feedpub.digest",
    "feedpub.digest.freezing",
    "feedpub.digest.renderer",
    "feedpub.embeds.maker",
    "feedpub.embeds.scripts",
    "feedpub.pages",
    "feedpub.pages.engine",
    "feedpub.pages.people",
    "feedpub.messages.notices",
}
IO_CALLS = {"open", "input", "print", "breakpoint"}
CLOCKS = {"now", "utcnow", "today"}

HEAVY = {
    "PIL", "alembic", "babel", "charset_normalizer", "cryptography", "defusedxml", "docutils",
    "feedgen", "feedparser", "flask", "idna", "jinja2",
    "lxml", "markdown_it", "nh3", "premailer", "procrastinate", "psycopg", "pypinyin", "regex",
    "requests", "rich", "slugify", "sqlalchemy", "tinycss2", "urllib3", "waitress", "watchfiles",
    "yaml",
}  # fmt: skip

PURE_MODULES = [name for name in modules() if part(name) in (*FIRST, *PURE)]


def where(module: str, found: Import | ast.expr) -> str:
    line = found.line if isinstance(found, Import) else found.lineno
    return f"{modules()[module].name}:{line}"


# Arrows


def test_every_module_has_its_place_in_the_house() -> None:
    assert {part(name) for name in modules()} <= set(EVERY_PART)


def test_whoever_contributes_is_told_of_every_part() -> None:
    told = PACKAGE.with_name("CONTRIBUTING.md").read_text(encoding="utf-8")

    named = set(re.findall(r"`(\w+)(?:/|\.py)`", told))

    # The name of the package itself, and what lets ``python -m`` find it, need no place.
    assert set(EVERY_PART) - {"", "__main__"} - named == set()


@pytest.mark.parametrize("module", modules())
def test_a_module_imports_from_the_layers_above_it_only(module: str) -> None:
    allowed = {part(module), *MAY_IMPORT[part(module)]}

    wrong = [
        f"{where(module, found)}: {part(module)} may not import {found.module}"
        for found in imports(module)
        if found.is_own and part(found.module) not in allowed
    ]

    assert wrong == []


def test_a_library_is_known_to_the_parts_that_the_table_names_and_to_no_other() -> None:
    used: dict[str, set[str]] = {}
    for module in modules():
        for found in imports(module):
            if not (found.is_own or found.is_standard):
                used.setdefault(part(module), set()).add(found.module.split(".")[0])

    assert used == LIBRARIES


def test_no_module_imports_itself_by_way_of_others() -> None:
    # Also what only a type checker reads: whoever follows a name reads it all the same.
    edges = {name: {found.module for found in imports(name)} for name in modules()}

    # Raises CycleError, which names the circle.
    TopologicalSorter(edges).prepare()


def test_no_part_imports_itself_by_way_of_others() -> None:
    edges: dict[str, set[str]] = {name: set() for name in EVERY_PART}
    for module in modules():
        own = {part(found.module) for found in imports(module) if found.is_own}
        edges[part(module)] |= own - {part(module)}

    TopologicalSorter(edges).prepare()


def test_what_tests_share_is_in_no_test() -> None:
    tests = PACKAGE.with_name("tests")
    files = [
        file for layer in ("unit", "contract", "e2e") for file in (tests / layer).rglob("*.py")
    ]

    borrowed = [
        f"{file.relative_to(tests)}:{number}: {line}"
        for file in files
        for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), 1)
        if re.match(r"(from|import) tests\.(unit|contract|e2e)\b", line)
    ]

    assert borrowed == []


# Purity


@pytest.mark.parametrize("module", PURE_MODULES)
def test_a_pure_module_imports_no_io(module: str) -> None:
    wrong = [
        f"{where(module, found)}: {found.module} {found.names}"
        for found in imports(module)
        if found.module in IO_MODULES
        or found.module.split(".")[0] in IO_MODULES
        or (module not in MAY_NAME_PATHS and set(found.qualified) & IO_NAMES)
    ]

    assert wrong == []


@pytest.mark.parametrize("module", PURE_MODULES)
def test_a_pure_module_opens_nothing_and_asks_no_clock(module: str) -> None:
    calls = [node for node in ast.walk(tree(module)) if isinstance(node, ast.Call)]

    wrong = [
        f"{where(module, call)}: {ast.unparse(call.func)}()"
        for call in calls
        if (isinstance(call.func, ast.Name) and call.func.id in IO_CALLS)
        or (isinstance(call.func, ast.Attribute) and call.func.attr in CLOCKS)
    ]

    assert wrong == []


def test_importing_feedpub_touches_neither_files_nor_network() -> None:
    # Other people's libraries first: what they do when imported is not ours to judge.
    foreign = sorted({i.module for m in modules() for i in imports(m) if not i.is_own})
    script = f"""
import importlib, sys
for name in {foreign}:
    try: importlib.import_module(name)
    except ImportError: pass
seen = []
def hook(event, args):
    if event == "open" and not str(args[0]).endswith((".py", ".pyc", ".so", ".pyd", ".zip")):
        seen.append((event, str(args[0])))
    if event.startswith(("socket.", "subprocess.", "sqlite3.", "urllib.", "os.mkdir", "os.rename")):
        seen.append((event, str(args)))
sys.addaudithook(hook)
for name in {list(modules())}: importlib.import_module(name)
print(seen, end="")
"""

    assert run_python("-c", script, PYTHONDONTWRITEBYTECODE="1") == "[]"


# Weight


def test_help_loads_no_heavy_library() -> None:
    loaded = run_python("-X", "importtime", "-m", "feedpub", "--help", stream="stderr")

    assert "feedpub.cli.main" in loaded
    assert {line.split("|")[-1].strip() for line in loaded.splitlines()} & HEAVY == set()


@pytest.mark.parametrize(
    "module", ["feedpub.wiring.newsletter", "feedpub.wiring.audience", "feedpub.wiring.publishing"]
)
def test_to_look_at_a_site_loads_nothing_that_makes_pages_mails_or_feeds(module: str) -> None:
    loaded = run_python("-X", "importtime", "-c", f"import {module}", stream="stderr")

    names = {line.split("|")[-1].strip() for line in loaded.splitlines()}
    assert module in names
    assert names & {"jinja2", "babel", "markupsafe", "feedgen", "lxml", "PIL", "nh3"} == set()


def test_help_takes_less_than_a_fifth_of_a_second_of_cpu() -> None:
    def seconds() -> float:
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        assert run_python("-m", "feedpub", "--help").startswith("Usage: feedpub")
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime

    # The best of five: a busy machine makes a run slower, nothing makes one faster.
    assert min(seconds() for _ in range(5)) < 0.2


@pytest.mark.parametrize("module", modules())
def test_an_exception_to_a_rule_says_why(module: str) -> None:
    bare = re.compile(r"# (noqa(: [A-Z0-9, ]+)?|type: ignore(\[[a-z, -]+\])?)\s*$")

    lines = modules()[module].read_text(encoding="utf-8").splitlines()

    assert [line for line in lines if bare.search(line)] == []


@pytest.mark.parametrize("module", modules())
def test_a_module_can_be_read_in_one_sitting(module: str) -> None:
    assert len(modules()[module].read_text(encoding="utf-8").splitlines()) <= 400


def test_so_can_every_test() -> None:
    tests = PACKAGE.with_name("tests")
    files = [file for file in tests.rglob("*.py") if "node_modules" not in file.parts]

    lengths = {file: len(file.read_text(encoding="utf-8").splitlines()) for file in files}

    assert [f"{file}: {lines} lines" for file, lines in lengths.items() if lines > 400] == []


def run_python(*arguments: str, stream: str = "stdout", **variables: str) -> str:
    done = subprocess.run(
        [sys.executable, *arguments],
        env=clean_environment(**variables),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return str(getattr(done, stream))
