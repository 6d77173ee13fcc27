"""One key of ``feedpub.toml``, as the tables of settings are made of."""

from dataclasses import dataclass
from typing import Generic, TypeVar

from feedpub.config.kinds import Kind

T = TypeVar("T")


@dataclass(frozen=True, slots=True, eq=False)
class Setting(Generic[T]):
    """One key.

    Attributes:
        key: Dotted; that of a source begins with ``sources.``.
        kind: What it takes.
        default: As TOML would give it; ``kind.check`` makes the value in use of it.
        doc: One sentence or two, with a capital and a full stop.
        default_doc: What the documentation says instead of the bare default.
        required: Whether leaving it out is an error.
        secret: Whether it comes from the environment only, and is never shown.
    """

    key: str
    kind: Kind[T]
    default: object
    doc: str
    default_doc: str = ""
    required: bool = False
    secret: bool = False

    @property
    def section(self) -> str:
        """The table that it is in, empty for the top of the file."""
        return self.key.rpartition(".")[0]

    @property
    def name(self) -> str:
        """The key within its table."""
        return self.key.rpartition(".")[2]
