"""What a process loads before it forks off runs of the program, so that each costs less."""

from datetime import UTC
from functools import cache
from importlib import import_module

from tests.support.compiled import compile_once

_MODULES = (
    "feedpub.cli.main", "feedpub.cli.build", "feedpub.cli.keep", "feedpub.cli.site",
    "feedpub.cli.subscriber_files", "feedpub.cli.subscribers", "feedpub.wiring", "feedpub.config",
    "feedpub.store.sql", "feedpub.feeds", "feedpub.pages", "feedpub.thumbnails", "feedpub.net",
    "feedpub.net.transport", "feedpub.publishing.checking", "feedpub.embeds.builder",
    "feedpub.embeds.oembed", "PIL.PngImagePlugin", "PIL.JpegImagePlugin", "jinja2.ext",
    "markdown_it", "nh3", "requests", "slugify", "yaml",
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
