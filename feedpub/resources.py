"""Where the files that ship beside the code are: templates, static files, catalogs, the sample."""

from collections.abc import Sequence
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


def list_template_folders(overrides: Sequence[Path]) -> tuple[Path, ...]:
    """Return the folders that templates are looked for in: overrides, each once, then the defaults.

    Args:
        overrides: First match wins; they need not exist.
    """
    return tuple(dict.fromkeys((*overrides, templates_folder())))


def read_asset(name: str, overrides: Sequence[Path]) -> bytes:
    """Return a style sheet, a script or an icon.

    Args:
        name: Such as ``feedpub.css``.
        overrides: Folders of templates; a file of the name in ``assets`` of one takes the place of
            ours, first match wins.
    """
    folders = (*(folder / "assets" for folder in overrides), static_folder())
    return next(path for folder in folders if (path := folder / name).is_file()).read_bytes()


def static_folder() -> Path:
    """Return the folder of the style sheets, the script and the icon."""
    return _PACKAGE / "static"


def locale_folder() -> Path:
    """Return the folder of the message catalogs, laid out as gettext expects it."""
    return _PACKAGE / "locale"


def sample_folder() -> Path:
    """Return the folder of the sample site that ``feedpub demo`` builds."""
    return _PACKAGE / "sample"
