"""What the newsletter's commands share."""

from datetime import datetime
from typing import TYPE_CHECKING, Any

import click

from feedpub.model import Frequency

if TYPE_CHECKING:
    from feedpub.newsletter import Hand, Newsletter


class FrequencyType(click.Choice[str]):
    """``daily``, ``weekly`` or ``monthly``."""

    def __init__(self) -> None:
        super().__init__([one.value for one in Frequency])

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> Frequency:
        """Return the frequency of a word."""
        return Frequency(super().convert(value, param, ctx))


FREQUENCY = FrequencyType()


def make_hand(newsletter: "Newsletter", options: dict[str, Any]) -> "Hand":
    """Return what the editor asked for by ``--subject``, ``--lead`` and ``--exclude``.

    Raises:
        ArticleError: An article does not exist.
    """
    from feedpub.newsletter import Hand

    lead = options.get("lead")
    return Hand(
        subject=options.get("subject") or "",
        lead=newsletter.find_article(lead) if lead else None,
        exclude=tuple(newsletter.find_article(one) for one in options.get("exclude", ())),
    )


def show_time(moment: datetime) -> str:
    """Return an instant as the person at this terminal has it on the wall."""
    return f"{moment.astimezone():%a %Y-%m-%d %H:%M %Z}"
