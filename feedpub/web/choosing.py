"""The categories that a form names."""

from collections.abc import Sequence

from feedpub.audience import Audience
from feedpub.errors import CategoryError
from feedpub.model import Choice


def read_choice(audience: Audience, folders: Sequence[str]) -> Choice:
    """Return the choice that folders mean, as the form wrote them; nothing means everything.

    Unlike ``Audience.resolve_choice`` it looks for no nearest one: whoever invents names should
    not be able to keep a server busy.

    Raises:
        CategoryError: One of them is none, or not any more.
    """
    if not folders:
        return ()
    known = {one.folder: one.id for one in audience.list_categories()}
    if lost := [folder for folder in folders if folder not in known]:
        raise CategoryError("the category has gone; choose another", category=lost[0])
    return tuple(known[folder] for folder in dict.fromkeys(folders))
