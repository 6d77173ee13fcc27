"""Where a fenced block of front matter ends."""

MAX_BLOCK = 65536
"""Characters of front matter at most."""


def find_close(text: str, position: int, mark: str) -> tuple[int, int] | None:
    """Return where the block ends and the body starts, None if no fence closes it.

    Args:
        text: Of the article.
        position: Of the line end before the block.
        mark: The character that the opening fence is made of.
    """
    fence = "\n" + mark * 3
    at = position
    while (at := text.find(fence, at)) >= 0:
        stop = text.find("\n", at + 1)
        stop = len(text) if stop < 0 else stop
        if not text[at + 4 : stop].strip(mark + " \t"):
            break
        at = stop
    if mark == "-":
        dots = text.find("\n...", position, at if at >= 0 else position + MAX_BLOCK)
        while dots >= 0:
            stop = text.find("\n", dots + 1)
            stop = len(text) if stop < 0 else stop
            if not text[dots + 4 : stop].strip():
                return dots, stop + 1
            dots = text.find("\n...", stop, at if at >= 0 else position + MAX_BLOCK)
    return None if at < 0 else (at, stop + 1)
