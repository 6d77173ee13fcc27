"""What a browser would see in a page: its elements, in order."""

from dataclasses import dataclass
from html.parser import HTMLParser


@dataclass(frozen=True)
class Element:
    """A start tag."""

    tag: str
    attributes: dict[str, str]


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.elements: list[Element] = []
        self.text: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append(Element(tag, {name: value or "" for name, value in attrs}))

    def handle_data(self, data: str) -> None:
        self.text.append(data)


def elements(page: bytes) -> list[Element]:
    """Return the start tags of a page."""
    reader = _Reader()
    reader.feed(page.decode())
    reader.close()
    return reader.elements


def text(page: bytes) -> str:
    """Return the text of a page, entities resolved."""
    reader = _Reader()
    reader.feed(page.decode())
    reader.close()
    return "".join(reader.text)


def shape(page: bytes) -> list[tuple[str, tuple[str, ...]]]:
    """Return tags with the names of their attributes: what no text may ever change."""
    return [(element.tag, tuple(element.attributes)) for element in elements(page)]


def links(page: bytes) -> list[str]:
    """Return every address that a page links to or loads."""
    found = (element.attributes for element in elements(page))
    return [each[name] for each in found for name in ("href", "src") if name in each]
