"""The template engine: Jinja2, strict, escaping, with overrides before the defaults."""

from collections.abc import Iterator, Sequence
from datetime import tzinfo
from pathlib import Path
from traceback import walk_tb

import jinja2

from feedpub.errors import TemplateError
from feedpub.pages.language import Language, format_count, format_day, format_month


class Engine:
    """Renders templates by name, such as ``pages/index.html``."""

    def __init__(self, folders: Sequence[Path], *, language: Language, zone: tzinfo) -> None:
        """Set up Jinja2.

        Args:
            folders: First match wins; a template of an earlier one may extend a later one's by
                the name ``default/...``.
            language: Of feedpub's own words.
            zone: Of the days that a reader sees.
        """
        self._folders = tuple(folders)
        defaults = jinja2.FileSystemLoader(folders[-1])
        self._loader = jinja2.ChoiceLoader(
            [
                *(jinja2.FileSystemLoader(folder) for folder in folders),
                jinja2.PrefixLoader({"default": defaults}),
            ]
        )
        self._environment = jinja2.Environment(
            # All but plain-text mails are HTML.
            autoescape=jinja2.select_autoescape(
                disabled_extensions=("txt",), default=True, default_for_string=True
            ),
            undefined=jinja2.StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            auto_reload=False,
            extensions=["jinja2.ext.i18n"],
            loader=self._loader,
        )
        self._environment.policies["ext.i18n.trimmed"] = True
        # The extension adds this method when it is loaded, which no type stub can know.
        install = self._environment.install_gettext_translations  # type: ignore[attr-defined] # see above
        install(language.translations, newstyle=True)
        self._environment.filters.update(
            day=format_day(language, zone),
            month=format_month(language),
            count=format_count(language),
            iso=lambda instant: instant.astimezone(zone).isoformat(timespec="seconds"),
        )

    def render(self, name: str, /, **values: object) -> bytes:
        """Return a page.

        Raises:
            TemplateError: The template is broken, or asks for what is not there.
        """
        try:
            text = self._environment.get_template(name).render(values)
        except jinja2.TemplateSyntaxError as error:
            path = error.filename or error.name or name
            raise TemplateError(_explain(error), path=path, line=error.lineno) from error
        except Exception as error:  # an override is a program, it may raise anything
            path, line = self._locate(error) or (name, None)
            raise TemplateError(_explain(error), path=path, line=line) from error
        return text.encode("utf-8", "replace")

    def source(self, name: str) -> tuple[str, str]:
        """Return the text of a file among the templates, as it is, and its path.

        Raises:
            TemplateError: There is none.
        """
        try:
            text, path, _ = self._loader.get_source(self._environment, name)
        except jinja2.TemplateNotFound as error:
            raise TemplateError(_explain(error), path=name) from error
        except UnicodeDecodeError as error:
            raise TemplateError(f"{error}; save it as UTF-8", path=name) from error
        return text, path or name

    def sources(self) -> Iterator[bytes]:
        """Yield names and texts of the pages' templates, in a fixed order."""
        for name in self._loader.list_templates():
            if name.startswith("pages/") and name.endswith(".html"):
                yield name.encode()
                yield self._loader.get_source(self._environment, name)[0].encode()

    def _locate(self, error: Exception) -> tuple[str, int] | None:
        """Return file and line of the innermost template in a traceback, as Jinja2 rewrote it."""
        folders = tuple(f"{folder}/" for folder in self._folders)
        places = [(frame.f_code.co_filename, line) for frame, line in walk_tb(error.__traceback__)]
        return next((place for place in reversed(places) if place[0].startswith(folders)), None)


def _explain(error: Exception) -> str:
    reason = str(error) or type(error).__name__
    if isinstance(error, jinja2.TemplateNotFound):
        reason = f"there is no template {error.name}"
    return f"{reason.rstrip('.')}; compare it with the default by 'feedpub template diff'"
