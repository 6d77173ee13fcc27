"""Thumbnails: any picture in, one small JPEG out.

The parts: ``jpeg`` makes one (Pillow), ``decoder`` does so in a process of its own, ``gather``
fetches many within a budget, and ``thumbnailer`` is what the rest of feedpub uses.
"""

from feedpub.thumbnails.jpeg import Measure, Thumbnail, measure
from feedpub.thumbnails.thumbnailer import Thumbnailer

__all__ = ["Measure", "Thumbnail", "Thumbnailer", "measure"]
