"""The scripts and style sheets that pages of others refer to, under names that stay for ever."""

import hashlib
from base64 import b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from feedpub.embeds.places import FOLDER
from feedpub.resources import read_asset

VERSION = "v1"
"""Of what attributes, events and parts mean; the next one may break old snippets."""


@dataclass(frozen=True, slots=True)
class Script:
    """A script or a style sheet.

    Attributes:
        name: Such as ``feedpub-feed.js``.
        data: All of it.
        pinned: Path of exactly these bytes; it is published for good, so that a snippet with a
            checksum outlives every update.
        latest: Path of whatever is the newest of this version.
        integrity: For the attribute of that name (Subresource Integrity), of these bytes.
    """

    name: str
    data: bytes
    pinned: str
    latest: str
    integrity: str


@dataclass(frozen=True, slots=True)
class Scripts:
    """All of them.

    Attributes:
        element: Defines ``<feedpub-feed>``.
        style: Dresses a fragment that no script draws anew.
        resize: For the page around an iframe: gives it the height of its content.
        frame: For the page in an iframe.
        frame_style: Same.
    """

    element: Script
    style: Script
    resize: Script
    frame: Script
    frame_style: Script

    @property
    def files(self) -> dict[str, bytes]:
        """What is published, by path; what was published before stays beside it."""
        named = (self.element, self.style, self.resize)
        # What only our own frames refer to changes together with them.
        every = (*named, self.frame, self.frame_style)
        return {one.pinned: one.data for one in every} | {one.latest: one.data for one in named}


def load_scripts(templates: Sequence[Path] = ()) -> Scripts:
    """Read them.

    Args:
        templates: Folders of overrides; a file of the same name in ``assets`` of one of them takes
            the place of ours.
    """

    def load(name: str) -> Script:
        return make_script(name, read_asset(name, templates))

    return Scripts(
        element=load("feedpub-feed.js"),
        style=load("feedpub-feed.css"),
        resize=load("feedpub-resize.js"),
        frame=load("feedpub-frame.js"),
        frame_style=load("feedpub-frame.css"),
    )


def make_script(name: str, data: bytes) -> Script:
    """Return a script with its names and its checksum."""
    stem, dot, suffix = name.rpartition(".")
    mark = hashlib.sha256(data).hexdigest()[:16]
    checksum = b64encode(hashlib.sha384(data).digest()).decode()
    return Script(
        name,
        data,
        pinned=f"{FOLDER}/{stem}.{mark}{dot}{suffix}",
        latest=f"{FOLDER}/{stem}.{VERSION}{dot}{suffix}",
        integrity=f"sha384-{checksum}",
    )
