"""Where the files that ship beside the code are: templates, static files, catalogs, the sample."""

from pathlib import Path

from feedpub.errors import TemplateError

_PACKAGE = Path(__file__).resolve().parent


def templates_folder() -> Path:
    """Return the folder of the default templates.

    A wheel carries them inside the package; a checkout, and so an editable install, has them at
    the top of the repository.

    Raises:
        TemplateError: They are in neither place.
    """
    for folder in (_PACKAGE / "templates", _PACKAGE.parent / "templates"):
        if (folder / "pages" / "base.html").is_file():
            return folder
    raise TemplateError(
        "the default templates are missing; install feedpub again", path=str(_PACKAGE / "templates")
    )


def static_folder() -> Path:
    """Return the folder of the style sheets, the script and the icon."""
    return _PACKAGE / "static"


def locale_folder() -> Path:
    """Return the folder of the message catalogs, laid out as gettext expects it."""
    return _PACKAGE / "locale"


def sample_folder() -> Path:
    """Return the folder of the sample site that ``feedpub demo`` builds."""
    return _PACKAGE / "sample"
