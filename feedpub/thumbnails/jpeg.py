"""One picture in, one JPEG out; every byte of the input is a stranger's."""

import hashlib
import io
import struct
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from feedpub.errors import PictureError

if TYPE_CHECKING:
    from PIL.Image import Image

MAX_BYTES = 5 * 1024 * 1024
MAX_LOCAL_BYTES = 32 * 1024 * 1024
MAX_PIXELS = 25_000_000
MIN_SIDE = 32
_FORMATS = ("PNG", "JPEG", "GIF", "WEBP")
_ORIENTATION = 0x0112
_SIDEWAYS = frozenset({5, 6, 7, 8})
_QUALITY = 80
# Beyond these shapes a thumbnail is a line that shows nothing, so the middle of a panorama and
# the top of a long screenshot are taken.
_MAX_WIDTH_TO_HEIGHT = 5
_MAX_HEIGHT_TO_WIDTH = 2
_KINDS = (
    (b"<svg", "an SVG drawing"),
    (b"<html", "an HTML page"),
    (b"<!doctype", "an HTML page"),
    (b"ftypavif", "an AVIF picture"),
    (b"ftyphei", "a HEIC picture"),
    (b"BM", "a BMP picture"),
)


@dataclass(frozen=True, slots=True)
class Thumbnail:
    """A JPEG that we serve.

    Attributes:
        data: The whole file.
        width: Pixels, as shown.
        height: Pixels, as shown.
        name: 32 hexadecimal digits of the data's SHA-256 and ``.jpg``.
    """

    data: bytes
    width: int
    height: int
    name: str

    @classmethod
    def of(cls, data: bytes, width: int, height: int) -> "Thumbnail":
        """Return the thumbnail that these bytes are, under the name that they get."""
        return cls(data, width, height, f"{hashlib.sha256(data).hexdigest()[:32]}.jpg")


class Measure(NamedTuple):
    """What a picture's header says.

    Attributes:
        width: Pixels, as shown (a camera's orientation is taken into account).
        height: Pixels, as shown.
        media_type: Such as ``image/png``.
    """

    width: int
    height: int
    media_type: str


def measure(data: bytes, *, url: str = "") -> Measure:
    """Return the size and type of a picture without decoding it.

    Args:
        data: A whole file.
        url: For the error.

    Raises:
        PictureError: It is no picture, or one that is too large or too small to be shown.
    """
    with _wrapped(url, data), _opened(data, url) as picture:
        width, height = picture.size
        if picture.getexif().get(_ORIENTATION) in _SIDEWAYS:
            width, height = height, width
        return Measure(width, height, f"image/{(picture.format or '').lower()}")


def make_jpeg(data: bytes, *, width: int = 640, url: str = "") -> tuple[bytes, int, int]:
    """Return a picture as a progressive JPEG without metadata, with its width and height.

    It is turned as its camera says, never enlarged, flattened on white, and of an animation the
    first frame. The same bytes give the same bytes, for one version of Pillow.

    Args:
        data: A whole PNG, JPEG, GIF or WebP file.
        width: At most; the height is at most twice that.
        url: For the error.

    Raises:
        PictureError: It is no picture, is cut off, or is too large or too small to be shown.
    """
    with _wrapped(url, data), _opened(data, url) as picture:
        # A JPEG can be decoded at a half, a quarter or an eighth for a fraction of the work. Twice
        # the size is asked for, of either side as it may lie sideways.
        picture.draft(None, (2 * width, 2 * width))
        upright = _upright(_plain(picture))
        small = _in_srgb(_flat(_resized(upright, width)), picture.info.get("icc_profile"))
        # Pillow would carry a JPEG's comment over.
        small.info = {}
        out = io.BytesIO()
        small.save(out, "JPEG", quality=_QUALITY, optimize=True, progressive=True)
        return out.getvalue(), small.width, small.height


@contextmanager
def _wrapped(url: str, data: bytes) -> Iterator[None]:
    """Turn what Pillow raises for broken pictures into one error."""
    from PIL import Image, UnidentifiedImageError

    try:
        yield
    except UnidentifiedImageError as error:
        raise _refused(f"this is {_kind(data)}; use PNG, JPEG, GIF or WebP", url) from error
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise _too_many_pixels(url) from error
    except MemoryError as error:
        raise _refused("the picture needs too much memory; use a smaller one", url) from error
    # Pillow's plugins raise nearly anything for a broken file, IndexError and struct.error too.
    except (OSError, ValueError, ArithmeticError, LookupError, TypeError, SyntaxError) as error:
        raise _broken(url) from error
    except (RuntimeError, EOFError, AttributeError, struct.error, zlib.error) as error:
        raise _broken(url) from error


@contextmanager
def _opened(data: bytes, url: str) -> Iterator["Image"]:
    """Read a picture's header and judge its size, before a pixel is decoded."""
    from PIL import Image

    if not data:
        raise _refused("the file is empty; save the picture again", url)
    with Image.open(io.BytesIO(data), formats=_FORMATS) as picture:
        width, height = picture.size
        if width * height > MAX_PIXELS:
            raise _too_many_pixels(url)
        if min(width, height) < MIN_SIDE:
            raise _refused(
                f"the picture is {width}x{height}; use one of at least {MIN_SIDE}x{MIN_SIDE}", url
            )
        yield picture


def _plain(picture: "Image") -> "Image":
    """Return the pixels in a mode that can be resized: L, LA, RGB, RGBA or CMYK."""
    if picture.mode == "P":
        return picture.convert("RGBA" if "transparency" in picture.info else "RGB")
    if picture.mode.startswith(("I", "F")):
        # 16 bits a pixel; convert alone would cut off instead of scaling.
        scaled = picture.convert("F").point(lambda value: value * (1 / 256))
        plain = scaled.convert("L")
        plain.info = picture.info
        return plain
    if picture.mode == "1":
        return picture.convert("L")
    if picture.mode == "RGB" and "transparency" in picture.info:
        return picture.convert("RGBA")
    return picture


def _upright(picture: "Image") -> "Image":
    from PIL import ImageOps

    # exif_transpose copies a picture that is upright already, a hundred megabytes at worst.
    turned = picture.getexif().get(_ORIENTATION, 1) != 1
    return ImageOps.exif_transpose(picture) if turned else picture


def _resized(picture: "Image", max_width: int) -> "Image":
    from PIL import Image

    box = _crop(*picture.size)
    across, down = box[2] - box[0], box[3] - box[1]
    width = min(across, max_width)
    height = max(1, round(down * width / across))
    return picture.resize((width, height), Image.Resampling.LANCZOS, box=box, reducing_gap=3.0)


def _crop(width: int, height: int) -> tuple[int, int, int, int]:
    if width > _MAX_WIDTH_TO_HEIGHT * height:
        kept = _MAX_WIDTH_TO_HEIGHT * height
        left = (width - kept) // 2
        return (left, 0, left + kept, height)
    return (0, 0, width, min(height, _MAX_HEIGHT_TO_WIDTH * width))


def _flat(picture: "Image") -> "Image":
    """Return the picture on white where it is transparent."""
    from PIL import Image

    if picture.mode not in ("LA", "PA", "RGBA"):
        return picture
    paper = Image.new("RGBA", picture.size, "white")
    return Image.alpha_composite(paper, picture.convert("RGBA")).convert("RGB")


def _in_srgb(picture: "Image", profile: bytes | None) -> "Image":
    """Return the picture in grey or sRGB, as the profile is not published with it."""
    from PIL import ImageCms

    if picture.mode == "L":
        return picture
    if profile and picture.mode in ("RGB", "CMYK"):
        srgb = ImageCms.createProfile("sRGB")
        try:
            own = ImageCms.ImageCmsProfile(io.BytesIO(profile))
            converted = ImageCms.profileToProfile(picture, own, srgb, outputMode="RGB")
        except (ImageCms.PyCMSError, OSError):
            converted = None  # a broken profile costs the exact colours only
        if converted is not None:
            return converted
    return picture.convert("RGB")


def _kind(data: bytes) -> str:
    start = data[:512].lower()
    return next((kind for mark, kind in _KINDS if mark.lower() in start), "no picture")


def _too_many_pixels(url: str) -> PictureError:
    return _refused(
        f"the picture has more than {MAX_PIXELS // 1_000_000} million pixels; use a smaller one",
        url,
    )


def _broken(url: str) -> PictureError:
    return _refused("the picture is broken or cut off; save it again", url)


def _refused(message: str, url: str) -> PictureError:
    return PictureError(message, url=url, retry=False)
