"""What a portal's editor asks for and copies."""

from dataclasses import dataclass
from typing import Literal, get_args

EmbedForm = Literal["element", "fragment", "iframe", "oembed", "json"]
EmbedLayout = Literal["list", "grid", "compact", "headlines"]
EMBED_FORMS: tuple[EmbedForm, ...] = get_args(EmbedForm)
EMBED_LAYOUTS: tuple[EmbedLayout, ...] = get_args(EmbedLayout)
MAX_EMBED_LIMIT = 50


@dataclass(frozen=True, slots=True)
class EmbedLook:
    """How an embed is to look; an element and an iframe can be told, the other forms not.

    Attributes:
        layout: Of the list.
        limit: Articles at most, 1 to 50, and no more than the feed holds.
        thumbs: Whether with pictures.
        text_color: ``#`` and 3 to 8 hex digits; empty for that of the page.
        link_color: Same, of titles.
        latest: Name the script that is updated with feedpub, without checksum.
        resize: Give an iframe the height of its content by a script in the page around it.
    """

    layout: EmbedLayout = "list"
    limit: int = 5
    thumbs: bool = True
    text_color: str = ""
    link_color: str = ""
    latest: bool = False
    resize: bool = False


@dataclass(frozen=True, slots=True)
class Snippet:
    """Lines to copy.

    Attributes:
        script: Line that loads a script, needed once in a page; may be empty.
        before: Up to the place of what ``EmbedLook`` sets.
        look: What stands there.
        after: The rest.
        url: Of the file that the snippet shows.
    """

    script: str
    before: str
    look: str
    after: str
    url: str

    @property
    def text(self) -> str:
        """All of it, without a line break at the end."""
        lines = self.before + self.look + self.after
        return f"{self.script}\n{lines}" if self.script else lines
