"""What can be said of the element without a browser."""

import re

from feedpub.resources import static_folder
from feedpub.web.negotiation import compress

SCRIPT = (static_folder() / "feedpub-feed.js").read_text()
STYLE = (static_folder() / "feedpub-feed.css").read_text()


def list_rules(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if re.match(r"\s*\.feedpub-", line)]


def test_the_script_as_it_is_served_fits_into_4_kb() -> None:
    assert len(compress(SCRIPT.encode(), "gzip")) <= 4096


def test_the_script_can_be_read() -> None:
    lines = SCRIPT.splitlines()

    assert len(lines) > 200
    assert max(len(line) for line in lines) < 200


def test_the_element_looks_as_the_fragment_with_its_style_sheet_does() -> None:
    shared = list_rules(STYLE)

    assert len(shared) > 15
    assert [rule for rule in list_rules(SCRIPT) if rule in shared] == shared


def test_no_text_is_ever_read_as_markup_or_code() -> None:
    forbidden = r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval\(|Function\(|srcdoc"

    assert not re.search(forbidden, SCRIPT)
