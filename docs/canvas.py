"""A canvas for flat pictures: drawn twice as large and scaled down, which smooths every edge."""

import math
from collections.abc import Iterable, Sequence
from pathlib import Path

from PIL import Image, ImageDraw, ImageFilter, ImageOps

WIDTH, HEIGHT = 960, 600
"""The units that everything is drawn in; y grows downwards."""

Point = tuple[float, float]

_SCALE = 2
_SIZE = (800, 500)
_MAX_BYTES = 25_000


class Canvas:
    """A picture, drawn in units of WIDTH by HEIGHT; colours are ``#rrggbb`` or ``#rrggbbaa``."""

    def __init__(self, *sky: str) -> None:
        """Begin with two or three colours that fade into one another from top to bottom."""
        self._image = _fade(sky)
        self._pen = ImageDraw.Draw(self._image, "RGBA")

    def area(self, points: Iterable[Point], fill: str) -> None:
        """Fill what a line around it encloses."""
        self._pen.polygon(_scale(points), fill=fill)

    def disc(self, x: float, y: float, radius: float, fill: str) -> None:
        """Fill a circle."""
        self._pen.ellipse(_around(x, y, radius), fill=fill)

    def ring(self, x: float, y: float, radius: float, colour: str, width: float = 3) -> None:
        """Draw a circle, whose line lies within the radius."""
        self._pen.ellipse(_around(x, y, radius), outline=colour, width=round(width * _SCALE))

    def oval(
        self,
        corner: Point,
        opposite: Point,
        fill: str | None = None,
        *,
        outline: str | None = None,
        width: float = 0,
    ) -> None:
        """Draw the ellipse between an upper left and a lower right corner."""
        box = _scale((corner, opposite))
        self._pen.ellipse(box, fill=fill, outline=outline, width=round(width * _SCALE))

    def dome(self, corner: Point, opposite: Point, fill: str) -> None:
        """Fill the upper half of the ellipse between two corners."""
        self._pen.chord(_scale((corner, opposite)), 180, 360, fill=fill)

    def arch(self, corner: Point, opposite: Point, colour: str, width: float) -> None:
        """Draw the upper half of the ellipse between two corners as a line."""
        box = _scale((corner, opposite))
        self._pen.arc(box, 180, 360, fill=colour, width=round(width * _SCALE))

    def arc(
        self, x: float, y: float, radius: float, span: Point, colour: str, width: float
    ) -> None:
        """Draw a part of a circle, from one angle to another: degrees, clockwise from the right."""
        box = _around(x, y, radius)
        self._pen.arc(box, *span, fill=colour, width=round(width * _SCALE))

    def line(self, points: Iterable[Point], colour: str, width: float = 3) -> None:
        """Draw a line through points, its corners rounded."""
        self._pen.line(_scale(points), fill=colour, width=round(width * _SCALE), joint="curve")

    def slab(
        self, x: float, y: float, width: float, height: float, fill: str, corner: float = 0
    ) -> None:
        """Fill a rectangle, with corners of a radius."""
        box = _scale(((x, y), (x + width, y + height)))
        self._pen.rounded_rectangle(box, corner * _SCALE, fill=fill)

    def glow(self, x: float, y: float, radius: float, colour: str, strength: float = 0.6) -> None:
        """Lay light around a point; a strength of 1 hides what is behind it."""
        mask = Image.new("L", self._image.size)
        ImageDraw.Draw(mask).ellipse(_around(x, y, radius), fill=round(255 * strength))
        mask = mask.filter(ImageFilter.GaussianBlur(radius * _SCALE / 2.2))
        self._image.paste(Image.new("RGB", self._image.size, colour), mask=mask)
        self._pen = ImageDraw.Draw(self._image, "RGBA")

    def save(self, path: Path) -> None:
        """Write a JPEG, as good as 25 kB allow."""
        path.parent.mkdir(parents=True, exist_ok=True)
        small = self._image.resize(_SIZE, Image.Resampling.LANCZOS)
        for quality in range(84, 40, -4):
            small.save(path, quality=quality, optimize=True, progressive=True)
            if path.stat().st_size < _MAX_BYTES:
                return


def ridge(height: float, swing: float, waves: float, shift: float) -> list[Point]:
    """Return a hill from edge to edge, down to the bottom."""
    top = [
        (
            x,
            height
            + swing * math.sin(x / WIDTH * waves * math.tau + shift)
            + swing * 0.4 * math.sin(x / WIDTH * waves * 2.7 * math.tau + shift * 2),
        )
        for x in range(0, WIDTH + 1, 8)
    ]
    return [*top, (WIDTH, HEIGHT), (0, HEIGHT)]


def dashes(points: Sequence[Point], every: int = 2) -> Iterable[Sequence[Point]]:
    """Yield every second piece of a line."""
    return (points[i : i + every] for i in range(0, len(points) - 1, every * 2 - 1))


def spin(x: float, y: float, radius: float, degrees: float) -> Point:
    """Return the point on a circle at an angle, clockwise from the right."""
    angle = math.radians(degrees)
    return x + radius * math.cos(angle), y + radius * math.sin(angle)


def wobble(degrees: float, shift: float) -> float:
    """Return by how much a shore is farther out at an angle than a circle would be."""
    wide, fine = math.radians(degrees * 3 + shift), math.radians(degrees * 5)
    return 1 + 0.16 * math.sin(wide) + 0.07 * math.sin(fine)


def _fade(colours: Sequence[str]) -> Image.Image:
    ramp = Image.linear_gradient("L").resize((WIDTH * _SCALE, HEIGHT * _SCALE))
    top, *middle, bottom = colours
    return ImageOps.colorize(ramp, top, bottom, mid=middle[0] if middle else None)


def _around(x: float, y: float, radius: float) -> list[Point]:
    return _scale(((x - radius, y - radius), (x + radius, y + radius)))


def _scale(points: Iterable[Point]) -> list[Point]:
    return [(x * _SCALE, y * _SCALE) for x, y in points]
