"""What a process loads before it forks off runs of the program, so that each costs less."""

from datetime import UTC
from functools import cache
from importlib import import_module

from tests.support.compiled import compile_once

_MODULES = (
    "feedpub.audience", "feedpub.bounces", "feedpub.cli.bounces", "feedpub.cli.build",
    "feedpub.cli.export", "feedpub.cli.inspect", "feedpub.cli.issue", "feedpub.cli.keep",
    "feedpub.cli.main", "feedpub.cli.preview", "feedpub.cli.send", "feedpub.cli.site",
    "feedpub.cli.subscriber_files", "feedpub.cli.subscribers", "feedpub.config",
    "feedpub.embeds.builder", "feedpub.embeds.maker", "feedpub.embeds.oembed", "feedpub.feeds",
    "feedpub.mailers.smtp", "feedpub.net", "feedpub.net.transport", "feedpub.newsletter",
    "feedpub.pages", "feedpub.publishing.checking", "feedpub.store.ledger", "feedpub.store.sql",
    "feedpub.thumbnails", "feedpub.wiring", "feedpub.wiring.audience",
    "feedpub.wiring.departures", "feedpub.wiring.newsletter", "feedpub.wiring.notices",
    # What they import as they need it.
    "PIL.JpegImagePlugin", "PIL.PngImagePlugin", "cssutils", "email.policy", "email_validator",
    "feedgen.feed", "jinja2.ext", "markdown_it", "nh3", "premailer", "requests", "slugify", "yaml",
)  # fmt: skip


@cache
def preload() -> None:
    """Import what a build imports, and compile its templates; no thread is left."""
    for name in _MODULES:
        import_module(name)
    import_module("feedpub.feeds").load_libraries()
    compile_once()
    _load_templates()


def _load_templates() -> None:
    from feedpub.pages.engine import Engine
    from feedpub.pages.language import choose_language
    from feedpub.resources import templates_folder

    engine = Engine([templates_folder()], language=choose_language("en"), zone=UTC)
    environment = engine._environment
    for name in environment.list_templates(extensions=["html", "txt"]):
        environment.get_template(name)
