"""Delivers the messages of an issue: at most once each, and nobody is lost unseen."""

from feedpub.sending.options import SendOptions, SendReport, Stop, Stopped, StopReason
from feedpub.sending.run import deliver

__all__ = [
    "SendOptions",
    "SendReport",
    "Stop",
    "StopReason",
    "Stopped",
    "deliver",
]
