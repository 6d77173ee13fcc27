"""What is wrong with a mail before it is sent, judged by its bytes."""

from collections import Counter
from collections.abc import Iterator, Mapping

from feedpub.doctor.findings import Finding, fail, ok, warn
from feedpub.messages.bodies import read_bodies

MAX_HTML_BYTES = 92_160
"""Gmail cuts off near 102 KB; some are kept back for what relays add."""

_MAX_LINE = 998
_ONCE = (
    "From", "To", "Subject", "Date", "Message-ID", "MIME-Version", "Content-Type", "List-Id",
    "List-Unsubscribe",
)  # fmt: skip


def examine_mail(data: bytes, *, has_web: bool, is_signed: bool) -> Iterator[Finding]:
    """Yield what a sample says of all mails.

    Args:
        data: As it would be sent, lines ended by CRLF.
        has_web: Whether one click may unsubscribe.
        is_signed: Whether there should be a signature.
    """
    head, _, _ = data.partition(b"\r\n\r\n")
    yield _judge_fields(head, has_web=has_web, is_signed=is_signed)
    longest = max(len(line) for line in data.split(b"\r\n"))
    if longest > _MAX_LINE or b"\n" in data.replace(b"\r\n", b""):
        yield fail("lines", f"one has {longest} bytes", "report it: it is a defect of feedpub")
    yield from _judge_bodies(read_bodies(data))


def _judge_fields(head: bytes, *, has_web: bool, is_signed: bool) -> Finding:
    names = Counter(
        line.partition(b":")[0].decode("ascii", "replace").lower()
        for line in head.split(b"\r\n")
        if line[:1] not in (b" ", b"\t")
    )
    wanted = list(_ONCE)
    wanted += ["List-Unsubscribe-Post"] * has_web + ["DKIM-Signature"] * is_signed
    missing = [name for name in wanted if not names[name.lower()]]
    twice = [name for name in _ONCE if names[name.lower()] > 1]
    if missing or twice:
        parts = [f"missing: {', '.join(missing)}"] * bool(missing)
        parts += [f"twice: {', '.join(twice)}"] * bool(twice)
        return fail("headers", "; ".join(parts), "report it: it is a defect of feedpub")
    click = "one click unsubscribes" if has_web else "one unsubscribes by mail"
    return ok("headers", f"all there; {click}")


def _judge_bodies(bodies: Mapping[str, str]) -> Iterator[Finding]:
    if "text/plain" not in bodies:
        yield fail("text part", "there is none", "take your templates back to the defaults")
    if "text/html" not in bodies:
        return
    size = len(bodies["text/html"].encode("utf-8", "replace"))
    told = f"{size:,} bytes of HTML"
    if size > MAX_HTML_BYTES:
        yield warn(
            "size", told, f"Gmail cuts it off; show less: newsletter.cards or content ({size:,})"
        )
    else:
        yield ok("size", f"{told}, {MAX_HTML_BYTES:,} at most")
