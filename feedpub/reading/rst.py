"""reStructuredText to HTML, through docutils where it is installed."""

import re

from feedpub.errors import ArticleError
from feedpub.reading.guard import refuse

_LONGEST = 256 * 1024
_SETTINGS = {
    "file_insertion_enabled": False,
    "raw_enabled": False,
    "halt_level": 6,
    "report_level": 6,
    "input_encoding": "unicode",
    "doctitle_xform": False,
    "initial_header_level": 2,
    "syntax_highlight": "none",
    "math_output": "LaTeX",
    "line_length_limit": 10_000,
    "_disable_config": True,
    "warning_stream": False,
}
# What docutils says of Sphinx's and Nikola's own roles and directives, which it does not know.
_PROBLEMATIC = re.compile(r'<div class="system-message.*?</div>', re.DOTALL)


def render_rst(body: str, *, path: str) -> str:
    """Return reStructuredText as HTML that is still to be sanitised.

    Raises:
        ArticleError: docutils is not installed.
        MarkupError: docutils cannot take it.
    """
    try:
        from docutils.core import publish_parts
    except ImportError as error:
        raise ArticleError(
            "reStructuredText takes docutils; run pip install 'feedpub[rst]'", path=path
        ) from error
    if len(body) > _LONGEST:
        refuse(
            f"reStructuredText of {len(body) // 1024} KB; keep it below {_LONGEST // 1024} KB", path
        )
    try:
        parts = publish_parts(body, writer="html5", settings_overrides=dict(_SETTINGS))
    except Exception as error:  # noqa: BLE001 - docutils trips over hostile text in many ways
        refuse(f"docutils fails with {type(error).__name__}; simplify the markup", path)
    html: str = parts["body"]
    return _PROBLEMATIC.sub("", html)
