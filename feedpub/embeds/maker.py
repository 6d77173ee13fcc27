"""Makes the files of an embed: fragment, frame, oEmbed document, scripts, and their index."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from html import escape
from pathlib import Path
from urllib.parse import urlsplit

from feedpub.embeds.builder import describe_builder
from feedpub.embeds.oembed import build_oembed
from feedpub.embeds.places import fragment_path, frame_path, list_paths, oembed_path
from feedpub.embeds.scripts import load_scripts
from feedpub.embeds.snippets import Snippets
from feedpub.model import Category, Entry, FeedSummary, Site
from feedpub.pages import Pages
from feedpub.pages.engine import Engine
from feedpub.pages.language import choose_language
from feedpub.pages.links import link_between
from feedpub.pages.views import Card, make_card, make_image
from feedpub.resources import list_template_folders


class Embeds:
    """Makes the embeds of a site.

    Templates are looked for in the folders given, then among the defaults; each is compiled once.
    """

    def __init__(self, site: Site, *, entries: int = 10, templates: Sequence[Path] = ()) -> None:
        """Read templates and scripts.

        Args:
            site: That is embedded.
            entries: Articles in a fragment at most, at least 1.
            templates: Folders of overrides, first match wins; they need not exist.
        """
        self.entries = entries
        self._site = site
        self._language = choose_language(site.language)
        folders = list_template_folders(templates)
        self._engine = Engine(folders, language=self._language, zone=site.zone)
        self._scripts = load_scripts(templates)
        everything = self._language.translations.gettext("Everything")
        self.snippets = Snippets(site, self._scripts, everything=everything)

    def make_card(self, entry: Entry) -> Card:
        """Return an article as every embed shows it: each address absolute, each picture ours."""
        card = make_card(entry, page="", page_language=self._language.tag, site=self._site)
        is_ours = entry.picture is not None and entry.picture.path
        return replace(
            card,
            href=self.snippets.absolute(entry.page) if entry.page else card.href,
            image=make_image(entry.picture, "") if is_ours else None,
        )

    def make(self, category: Category, cards: Sequence[Card]) -> dict[str, bytes]:
        """Return the files of a category, by path, in the order of publishing.

        Args:
            category: Of the site.
            cards: Newest first; those beyond ``entries`` are left out.
        """
        fragment = self._engine.render(
            "embed/fragment.html",
            cards=cards[: self.entries],
            lang=self._language.tag,
            name=self.snippets.name(category),
            layout="list",
            heading=3,
            thumbs=True,
            target="",
        )
        frame = frame_path(category.folder)
        return {
            fragment_path(category.folder): fragment,
            frame: self._make_frame(category, fragment, frame),
            oembed_path(category.folder): build_oembed(category, self._site, self.snippets),
        }

    def copy(
        self, category: Category, files: Mapping[str, bytes], old_folder: str
    ) -> dict[str, bytes]:
        """Return the files of a renamed category for its old place, where snippets still look.

        Args:
            category: As it is now.
            files: That were made of it.
            old_folder: Of its feeds.
        """
        moved = dict(zip(list_paths(category.folder), list_paths(old_folder), strict=True))
        copies = {moved[path]: data for path, data in files.items()}
        # It links relatively, and may be nested otherwise.
        fragment = files[fragment_path(category.folder)]
        frame = frame_path(old_folder)
        return copies | {frame: self._make_frame(category, fragment, frame)}

    def _make_frame(self, category: Category, fragment: bytes, path: str) -> bytes:
        base = self.snippets.absolute("")
        host = urlsplit(base)
        return self._engine.render(
            "embed/frame.html",
            site=self._site,
            lang=self._language.tag,
            origin=f"{host.scheme}://{host.netloc}",
            title=self.snippets.title(category),
            name=self.snippets.name(category),
            page=self.snippets.page_url(category),
            here=link_between(path, f"{category.folder}/index.html") if self._site.pages else "",
            icon=self._site.icon
            or (link_between(path, "assets/icon.svg") if self._site.pages else ""),
            oembed=self.snippets.absolute(oembed_path(category.folder)),
            styles=[
                link_between(path, script.pinned)
                for script in (self._scripts.style, self._scripts.frame_style)
            ],
            script=link_between(path, self._scripts.frame.pinned),
            fragment=_link_locally(fragment.decode(), base, path),
        )

    def files(self) -> dict[str, bytes]:
        """Return the scripts and style sheets, by path; none that was published is ever deleted."""
        return self._scripts.files

    def index(self, summaries: Sequence[FeedSummary], pages: Pages) -> bytes:
        """Return the page on which snippets are made.

        Args:
            summaries: Everything first, then the tree in depth-first order.
            pages: What frames it like all pages of the site.
        """
        return pages.embed(describe_builder(summaries, self.snippets, self._scripts))


def _link_locally(fragment: str, base: str, path: str) -> str:
    """Return a fragment for a page of ours, which also works from the disk and on another host."""
    up = "../" * path.count("/")
    for name in ("href", "src"):
        fragment = fragment.replace(f'{name}="{escape(base)}', f'{name}="{up}')
    return fragment
