"""Files with one title and body are one article; which of them stands for it.

Pure: the caller brings every file with that title and body, and the time.
"""

from collections.abc import Iterable

from feedpub.catalog.identity import Flag, Moment, Record, State, settle_again


def seniority(record: Record) -> tuple[int, int, str]:
    """Return a key by which the first seen of some files sorts first; ties: source and path.

    It is the path at first sight, so that a file that moves changes nothing.
    """
    never = 1 << 62
    seen = never if record.first_seen is None else record.first_seen
    return seen, record.source, record.page_name


def unite(files: Iterable[Record], moment: Moment) -> list[Record]:
    """Return files with equal title and body as they stand together, in the order given.

    The first seen of those that are fit to be published is the article, and the others repeat it;
    the rest is held, each by itself. A hidden file hides what repeats it: whoever hides an
    article does not mean its file.

    Args:
        files: Tombstones are left as they are.
        moment: Says what is fit.
    """
    files = list(files)
    fresh = [_release(file, moment) for file in files]
    hidden = [file for file in fresh if file.flags & Flag.HIDDEN and file.state != State.DELETED]
    fit = [file for file in fresh if file.state == State.LIVE]
    article = min(hidden or fit, key=seniority, default=None)
    return [_stand_by(file, article) for file in fresh]


def _release(file: Record, moment: Moment) -> Record:
    if file.state == State.DELETED:
        return file
    return settle_again(file, moment)._replace(same_as=None)


def _stand_by(file: Record, article: Record | None) -> Record:
    if article is None or file.id == article.id or file.state != State.LIVE:
        return file
    return file._replace(state=State.DUPLICATE, same_as=article.id)
