"""What a page or a mail may hold if nothing in it is to act by itself."""

from feedpub.reading.clean import TAGS
from tests.support.html import elements

_OWN_TAGS = {"html", "head", "meta", "title", "style", "body", "main"}
_ACTIVE = ("href", "src")
_SCHEMES = ("http://", "https://", "mailto:")


def assert_harmless(page: bytes, *, relative: bool = False) -> None:
    """Hold that nothing in a document acts.

    Args:
        page: HTML.
        relative: Whether its own links may be relative.
    """
    for element in elements(page):
        assert element.tag in TAGS | _OWN_TAGS, element
        assert not [name for name in element.attributes if name.startswith("on")], element
        for name in _ACTIVE:
            value = element.attributes.get(name)
            if value and not (relative and ":" not in value and not value.startswith("//")):
                assert value.startswith(_SCHEMES), element
        if element.tag == "meta":
            assert element.attributes.get("http-equiv") != "refresh"
