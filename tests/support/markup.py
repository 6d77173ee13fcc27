"""What tests of bodies share."""

from collections.abc import Callable

from feedpub.model import Rendition

Render = Callable[..., Rendition]
BASE = "https://blog.example/2021/post/"
REL = ' rel="nofollow noopener noreferrer"'
