"""What the web face is given."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from feedpub.audience import Audience
from feedpub.model import Category, Choice
from feedpub.model.vitals import Numbers
from feedpub.tokens import Signer


class Asset(Protocol):
    """A file that the pages refer to."""

    @property
    def name(self) -> str:
        """Beside the folders of the pages; changes with the content."""
        ...

    @property
    def media_type(self) -> str:
        """For the ``Content-Type`` header."""
        ...

    @property
    def data(self) -> bytes:
        """All of it."""
        ...


class Pages(Protocol):
    """Renders the pages for subscribers."""

    @property
    def style(self) -> Asset:
        """The style sheet."""
        ...

    @property
    def icon(self) -> Asset:
        """The icon."""
        ...

    @property
    def languages(self) -> tuple[tuple[str, str], ...]:
        """Those that can be chosen, BCP 47 and name; the site's first."""
        ...

    @property
    def spoken(self) -> tuple[str, ...]:
        """Languages that pages for strangers are written in, BCP 47."""
        ...

    def list_others(self, language: str | None) -> list[tuple[str, str]]:
        """Return tag and name of the languages that a page could be in as well."""
        ...

    def agreement(self, language: str | None) -> str:
        """Return what somebody agrees to who subscribes; None means the language of the site."""
        ...

    def render(
        self,
        name: str,
        *,
        language: str | None,
        address: str = "",
        sign: Callable[[str], str],
        root: str = "../",
        **values: object,
    ) -> bytes:
        """Return a page.

        Args:
            name: Of the template.
            language: BCP 47; None means that of the site.
            address: Of the subscriber, in full.
            sign: From what a form does to the proof that it comes from this page.
            root: From the page to the folder that the style sheet is in.
            values: As the template names them.
        """
        ...

    def grow(self, categories: Iterable[Category], choice: Choice) -> Sequence[object]:
        """Return the tree of categories for the page of preferences.

        Args:
            categories: Depth-first, without the root.
            choice: Ids of those that are chosen.
        """
        ...


@dataclass(frozen=True, slots=True)
class PeopleSetup:
    """All that the pages for subscribers need.

    Attributes:
        path: Of ``web.url`` on its host; begins and ends with ``/``.
        origin: Of ``web.url``, such as ``https://news.example``.
        audience: The API.
        pages: The templates.
        signer: Of the site's secret.
        clock: Now, aware.
        look: Returns what the pages may lead to, as their templates name it; never fails.
        deliver_notices: Sends the mails that are waiting; None leaves them to the next ``send``.
    """

    path: str
    origin: str
    audience: Audience
    pages: Pages
    signer: Signer
    clock: Callable[[], datetime]
    look: Callable[[], object]
    deliver_notices: Callable[[], None] | None = None


class Vitals(Protocol):
    """What a site says of itself."""

    def check(self) -> None:
        """Look whether the database answers.

        Raises:
            StoreError: It does not.
        """
        ...

    def measure(self) -> Numbers:
        """Return the sums; may be some seconds old.

        Raises:
            StoreError: The database does not answer.
        """
        ...
