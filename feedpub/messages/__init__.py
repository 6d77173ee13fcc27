"""Mails: plans, texts and recipients in, bytes for the wire out; pure."""

from feedpub.messages.composer import Compiled, Composer
from feedpub.messages.dkim_keys import DkimKey, DnsRecord, load_key
from feedpub.messages.notices import Notices
from feedpub.messages.return_paths import (
    read_confirm_address,
    read_return_path,
    read_unsubscribe_address,
)
from feedpub.messages.sender import Sender, check_address

__all__ = [
    "Compiled",
    "Composer",
    "DkimKey",
    "DnsRecord",
    "Notices",
    "Sender",
    "check_address",
    "load_key",
    "read_confirm_address",
    "read_return_path",
    "read_unsubscribe_address",
]
