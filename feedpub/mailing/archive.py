"""Sent issues as pages, each without a token or an address, their index, and a feed of them."""

import json
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from hashlib import sha256
from typing import TYPE_CHECKING
from uuid import UUID, uuid5

from feedpub.digest import FrozenDigest
from feedpub.errors import LintError
from feedpub.feeds import FORMATS, build_feed, render_entries
from feedpub.mailing.draft import archive_url
from feedpub.mailing.setup import MailSetup
from feedpub.model import Category, Entry, Feed, Issue, IssueState
from feedpub.ports import Staged
from feedpub.publishing.setup import open_transaction

if TYPE_CHECKING:
    from feedpub.pages import Pages

FOLDER = "newsletter"
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_LISTED = 50
"""Issues in the feed and on the index page; the pages link from one to the next."""

_RECENT = 3
"""Newest pages that are made again with each new issue: their links to one another change."""

_NOTE = "archive_hidden"
"""Note of the site: articles that were withdrawn when the archive was last made."""

MADE = "archive_made"
"""Note of the site: digest of what the archive was last made of; empty if it may be another."""

_FRONT = tuple(f"{FOLDER}/{name}" for name in ("index.html", *(form.file for form in FORMATS)))

_SHOWN = (IssueState.SENDING, IssueState.STOPPED, IssueState.FINISHED)


def publish_archive(setup: MailSetup, beginning: Issue | None = None) -> list[str]:
    """Bring the pages of the sent issues up to date, and return the paths that changed.

    Where nothing is new, no issue is read.

    Args:
        setup: Of the newsletter; without pages there is no archive.
        beginning: An issue that is about to be sent: its page must be there before its mails.
    """
    if setup.site.make_pages is None:
        return []
    issues = _list_issues(setup, beginning)
    if not issues:
        return []
    work = _Work(setup, issues)
    if not work.is_due:
        return []
    documents = {**work.make_pages(), **work.make_front(setup.site.make_pages())}
    # A page first, then what leads to it; the feeds last, since readers follow them at once.
    target = setup.site.target
    target.begin()
    staged = [target.stage(path, data) for path, data in documents.items()]
    changed: list[Staged] = [item for item in staged if item is not None]
    # The page of the issue before leads to the new one, too.
    is_known = {item.path for item in changed if target.exists(item.path)}
    target.commit([item for item in changed if item.path not in is_known])
    target.commit([item for item in changed if item.path in is_known])
    removed = target.delete(work.gone)
    work.remember()
    return [*(item.path for item in changed), *removed]


def page_path(issue: Issue) -> str:
    """Return where the page of an issue is below the output folder."""
    return f"{FOLDER}/{issue.key}/index.html"


def has_page(issue: Issue) -> bool:
    """Return whether an issue has a page: from the moment on when its first mail may leave."""
    return issue.state in _SHOWN


def _list_issues(setup: MailSetup, beginning: Issue | None) -> list[Issue]:
    """Return the issues that are shown, newest first."""
    with open_transaction(setup.site.open_store, read_only=True) as catalog:
        recent: Sequence[Issue] = catalog.issues.recent()
    return [
        issue
        for issue in recent
        if has_page(issue) or (beginning is not None and issue.id == beginning.id)
    ]


class _Work:
    """One look at the archive.

    Attributes:
        gone: Pages of issues of which everything was withdrawn, found by ``make_pages``.
    """

    def __init__(self, setup: MailSetup, issues: Sequence[Issue]) -> None:
        self.gone: list[str] = []
        self._setup, self._issues = setup, issues
        self._digests: dict[int, FrozenDigest] = {}
        with open_transaction(setup.site.open_store, read_only=True) as catalog:
            meta = catalog.shelves.meta()
            self._hidden: set[int] = catalog.issues.hidden()
        self._known = set(json.loads(meta.get(_NOTE, "[]")))
        self._making = _describe(setup, issues)
        exists = setup.site.target.exists
        self._is_other = meta.get(MADE) != self._making or not all(map(exists, _FRONT))
        self._stale = list(self._list_stale())

    @property
    def is_due(self) -> bool:
        """Whether anything may have changed since the archive was last made."""
        return self._is_other or bool(self._stale)

    def make_pages(self) -> dict[str, bytes]:
        """Return the pages that may have changed, oldest first."""
        pages = {}
        for place in reversed(self._stale):
            issue = self._issues[place]
            page = self._load(issue).archive(
                previous=self._link(issue, place + 1),
                next=self._link(issue, place - 1),
                hidden=self._hidden,
            )
            if page is None:
                self.gone.append(page_path(issue))
            else:
                pages[page_path(issue)] = page
        return pages

    def _list_stale(self) -> Iterator[int]:
        everything = self._known != self._hidden
        for place, issue in enumerate(self._issues):
            is_there = self._setup.site.target.exists(page_path(issue))
            if everything or (self._is_other and place < _RECENT) or not is_there:
                yield place

    def _link(self, issue: Issue, place: int) -> str:
        """Return the way from one page to another, which works from the disk too."""
        if not 0 <= place < len(self._issues):
            return ""
        up = "../" * (issue.key.count("/") + 1)
        return f"{up}{self._issues[place].key}/index.html"

    def _load(self, issue: Issue) -> FrozenDigest:
        if issue.id not in self._digests:
            with open_transaction(self._setup.site.open_store, read_only=True) as catalog:
                self._digests[issue.id] = FrozenDigest.from_bytes(catalog.issues.content(issue.id))
        return self._digests[issue.id]

    def make_front(self, pages: "Pages") -> dict[str, bytes]:
        """Return the index and the feeds of the newest issues."""
        site = self._setup.site.site
        listed = [issue for issue in self._issues if page_path(issue) not in self.gone]
        entries = [self._make_entry(issue) for issue in listed[:_LISTED]]
        node = Category(-1, (self._setup.letterhead.title,), (FOLDER,))
        feed = Feed(node, max((entry.updated for entry in entries), default=EPOCH))
        rendered = [
            (entry.id, made)
            for entry, made in zip(entries, render_entries(entries, site), strict=True)
            if not isinstance(made, LintError)
        ]
        documents = {f"{FOLDER}/index.html": pages.feed(feed, entries, ())}
        for name, data in build_feed(feed, rendered, site).items():
            documents[f"{FOLDER}/{name}"] = data
        return documents

    def _make_entry(self, issue: Issue) -> Entry:
        digest = self._load(issue)
        shown = [one for one in digest.articles if one.id not in self._hidden]
        plan = digest.plan((), "", -(1 << 62), hidden=self._hidden)
        day = issue.scheduled.astimezone(self._setup.site.site.zone)
        sent = issue.created or EPOCH
        return Entry(
            id=uuid5(UUID(self._setup.site.site_id), f"newsletter/{issue.key}").urn,
            url=archive_url(self._setup, issue.key),
            title=plan.subject if plan else f"{self._setup.letterhead.title} {day:%Y-%m-%d}",
            published=sent,
            updated=sent,
            summary=" · ".join(one.title for one in shown[:10]),
            source=issue.key,
            page=page_path(issue),
        )

    def remember(self) -> None:
        """Note what the archive was made of, so that it is made again when that changes."""
        notes = {_NOTE: json.dumps(sorted(self._hidden)), MADE: self._making}
        with open_transaction(self._setup.site.open_store) as catalog:
            catalog.shelves.set_meta(notes)


def _describe(setup: MailSetup, issues: Sequence[Issue]) -> str:
    """Return a digest over what the archive depends on besides what was withdrawn."""
    parts = (setup.site.settings, setup.letterhead.title, *(issue.key for issue in issues))
    return sha256("\n".join(parts).encode("utf-8", "replace")).hexdigest()
