"""Which language a page speaks to somebody of whom nothing is known."""

from flask import request

from feedpub.web.setup import Pages

FIELD = "language"


def choose_spoken(pages: Pages) -> str | None:
    """Return the language that a stranger's browser asks for; None for that of the site.

    What the address says by ``?language=`` comes first: a browser is not always set up by the
    person who sits at it.
    """
    wanted = request.args.get(FIELD, "")
    if wanted in pages.spoken:
        return wanted
    return request.accept_languages.best_match(pages.spoken)
