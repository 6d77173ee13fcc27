"""The bytes of a file to text."""

from feedpub.errors import ArticleError


def decode(data: bytes, path: str) -> str:
    """Return an article's text, its lines ended as on Unix, without a byte order mark.

    Raises:
        ArticleError: Not UTF-8; it names where.
    """
    try:
        text = data.decode()
    except UnicodeDecodeError as error:
        start = data.rfind(b"\n", 0, error.start) + 1
        column = len(data[start : error.start].decode(errors="replace")) + 1
        raise ArticleError(
            f"byte 0x{data[error.start]:02x} at offset {error.start} is not UTF-8; "
            "save the file as UTF-8",
            path=path,
            line=data.count(b"\n", 0, error.start) + 1,
            column=column,
        ) from error
    if text[:1] == "\ufeff":
        text = text[1:]
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    return text
