"""Whole articles in mails and in the archive, read, cleaned and mailed as ever."""

import json
from pathlib import Path

from tests.support.harmless import assert_harmless
from tests.support.press import FRIDAY, KEY, Press

WHOLE = 'content = "full"\ncards = 200\nsection_cards = 200'


def test_nothing_in_a_body_acts_in_the_mail_or_in_the_archive(tmp_path: Path, shared: Path) -> None:
    listed = json.loads((shared / "vectors" / "xss.json").read_text("utf-8"))["vectors"]
    payloads = [one["payload"] for one in listed if len(one["payload"]) < 120][::17]
    press = Press(tmp_path / "site", newsletter=WHOLE)
    press.join("reader")
    for number, payload in enumerate(payloads):
        # HTML, so that no Markdown comes between.
        path = press.write(f"Hostile {number}").rename(
            press.root / "articles" / f"hostile-{number}.html"
        )
        head = path.read_text("utf-8").rpartition("---\n")[0]
        path.write_text(f"{head}---\n<p>begin{number}</p>\n{payload}\n", "utf-8")

    press.send()

    (mail,) = press.mails()
    part = mail.get_body(("html",))
    assert part is not None
    html = part.get_content()
    assert len(payloads) > 25
    shown = [number for number in range(len(payloads)) if f"begin{number}<" in html]
    assert len(shown) == len(payloads)
    assert_harmless(html.encode(), relative=True)
    page = press.page(f"newsletter/{KEY}/index.html")
    assert f"begin{shown[-1]}<" in page
    assert_harmless(page.encode(), relative=True)
    assert press.now == FRIDAY
