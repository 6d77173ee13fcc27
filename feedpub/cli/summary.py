"""A build in a few lines."""

from feedpub.model import BuildReport


def summarise(report: BuildReport, *, seconds: float) -> list[str]:
    """Return what a build did, the most important line first; what did not happen is left out."""
    verb = "would publish" if report.dry_run else "published"
    first = (
        f"{verb} {count(report.articles, 'article')} in {count(report.feeds, 'feed')}:"
        f" {_changes(report)}; {_files(report)} ({seconds:.1f} s)"
    )
    lines = [first]
    if report.baseline:
        lines.append(
            f"first read: {count(report.baseline, 'article')}"
            f" {_agree(report.baseline, 'counts', 'count')} as known, not as news,"
            " and would not be mailed"
        )
    if report.duplicates:
        others = _agree(report.duplicates, "another article", "other articles")
        lines.append(f"{count(report.duplicates, 'duplicate')} merged into {others}")
    if report.held:
        lines.append(
            f"{count(report.held, 'article')} not published:"
            " drafts, future dates, passwords, hidden"
        )
    if report.pictures_pending:
        lines.append(f"{count(report.pictures_pending, 'picture')} to be fetched by the next build")
    if report.pictures_failed:
        lines.append(
            f"{count(report.pictures_failed, 'picture')} could not be fetched: left out;"
            " 'feedpub -v status' says which and why"
        )
    if report.pinged:
        lines.append(f"told the hub of {count(len(report.pinged), 'feed')}")
    if report.errors:
        lines.append(_errors(report))
    return lines


def tell_outcome(report: BuildReport) -> str:
    """Return in half a line what a build changed; empty if that is nothing."""
    if not (_list_changes(report) or report.written or report.removed):
        return ""
    errors = f"; {count(len(report.errors), 'error')}" if report.errors else ""
    return f"{_changes(report)}; {_files(report)}{errors}"


def count(number: int, noun: str, several: str = "") -> str:
    """Return a number with its noun; ``several`` is its plural where that is no mere ``s``."""
    return f"{number:,} {_agree(number, noun, several or f'{noun}s')}"


def _agree(number: int, one: str, several: str) -> str:
    return one if number == 1 else several


def _files(report: BuildReport) -> str:
    if report.dry_run:
        return "nothing was written"
    removed = f", {report.removed} removed" if report.removed else ""
    return f"{count(report.written, 'file')} written{removed}"


def _errors(report: BuildReport) -> str:
    number = len(report.errors)
    stays, rest = ("would stay as it is", "would be") if report.dry_run else ("is as it was", "is")
    return (
        f"{count(number, 'error')}; what {_agree(number, 'it is', 'they are')} about {stays},"
        f" the rest {rest} published"
    )


def _changes(report: BuildReport) -> str:
    return ", ".join(_list_changes(report)) or "nothing new"


def _list_changes(report: BuildReport) -> list[str]:
    counts = {
        "new": report.new,
        "updated": report.updated,
        "moved": report.moved,
        "deleted": report.deleted,
    }
    return [f"{n:,} {what}" for what, n in counts.items() if n]
