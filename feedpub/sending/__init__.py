"""Delivers the messages of an issue: at most once each, and nobody is lost unseen."""

from feedpub.sending.notices import NoticeReport, deliver_notices
from feedpub.sending.options import SendOptions, SendReport, Stop, Stopped, StopReason
from feedpub.sending.run import deliver

__all__ = [
    "NoticeReport",
    "SendOptions",
    "SendReport",
    "Stop",
    "StopReason",
    "Stopped",
    "deliver",
    "deliver_notices",
]
