"""What an import counts on its way."""

from collections import Counter
from dataclasses import dataclass, field

from feedpub.model import ImportKind, RejectedRow


@dataclass(slots=True)
class Counts:
    """Sums so far; see ``ImportReport``."""

    rows: int = 0
    added: Counter[ImportKind] = field(default_factory=Counter)
    updated: int = 0
    withdrawn: int = 0
    skipped: int = 0
    suppressed: int = 0
    asked: int = 0
    rejected: list[RejectedRow] = field(default_factory=list)
