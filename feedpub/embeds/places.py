"""Where the files of the embed are, below the output folder.

A slug holds no dot and none is called ``index``, so that no name here is also that of a category.
"""

FOLDER = "embed"
INDEX = f"{FOLDER}/index.html"
"""The page on which snippets are made."""


def fragment_path(folder: str) -> str:
    """Return the path of a category's fragment.

    Args:
        folder: That its feeds are in, such as ``news/china``; ``all`` for everything.
    """
    return f"{FOLDER}/{folder}.html"


def frame_path(folder: str) -> str:
    """Return the path of the page that an iframe shows; see ``fragment_path``."""
    return f"{FOLDER}/{folder}.frame.html"


def oembed_path(folder: str) -> str:
    """Return the path of the oEmbed document; see ``fragment_path``."""
    return f"{FOLDER}/{folder}.oembed.json"


def list_paths(folder: str) -> tuple[str, str, str]:
    """Return all that is made for one category, what others refer to last to be removed."""
    return oembed_path(folder), frame_path(folder), fragment_path(folder)
