"""What becomes of a picture."""

import hashlib
import random
import struct
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageCms

from feedpub.errors import PictureError
from feedpub.thumbnails import Measure, Thumbnail, measure
from feedpub.thumbnails.jpeg import make_jpeg
from tests.support import pictures

SRGB = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
RED, BLUE, WHITE = (255, 0, 0), (0, 0, 255), (255, 255, 255)


def near(pixel: object, colour: tuple[int, int, int], by: int = 40) -> bool:
    shades = (pixel,) * 3 if isinstance(pixel, int) else pixel
    return all(abs(a - b) <= by for a, b in zip(shades, colour, strict=True))


def thumbnail(data: bytes, width: int = 640) -> Image.Image:
    return pictures.decoded(make_jpeg(data, width=width)[0])


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "GIF", "WEBP"])
def test_the_formats_of_the_web_become_a_progressive_jpeg(kind: str) -> None:
    data, width, height = make_jpeg(pictures.drawing(1200, 800, kind=kind))
    made = pictures.decoded(data)

    assert (made.format, made.size, made.info["progressive"]) == ("JPEG", (640, 427), 1)
    assert (width, height) == made.size
    assert near(made.getpixel((10, 10)), RED)
    assert near(made.getpixel((630, 417)), BLUE)


def test_the_same_picture_gives_the_same_bytes_and_name() -> None:
    first, second = (Thumbnail.of(*make_jpeg(pictures.drawing(900, 600))) for _ in range(2))

    assert first == second
    assert first.name == hashlib.sha256(first.data).hexdigest()[:32] + ".jpg"


@pytest.mark.parametrize(
    ("size", "becomes"),
    [
        ((640, 480), (640, 480)),
        ((32, 32), (32, 32)),
        ((200, 100), (200, 100)),
        ((641, 480), (640, 479)),
        ((3000, 2000), (640, 427)),
        ((1000, 4000), (640, 1280)),
        ((100, 9000), (100, 200)),
        ((9000, 100), (500, 100)),
        ((9000, 1000), (640, 128)),
    ],
)
def test_a_thumbnail_is_never_enlarged_and_never_a_mere_line(
    size: tuple[int, int], becomes: tuple[int, int]
) -> None:
    assert thumbnail(pictures.drawing(*size)).size == becomes


def test_of_a_long_screenshot_the_top_is_shown() -> None:
    image = Image.new("RGB", (400, 4000), "blue")
    image.paste("red", (0, 0, 400, 800))

    assert near(thumbnail(pictures.encoded(image)).getpixel((200, 780)), RED)


def test_of_a_panorama_the_middle_is_shown() -> None:
    image = Image.new("RGB", (4000, 100), "blue")
    image.paste("red", (1750, 0, 2250, 100))

    made = thumbnail(pictures.encoded(image))

    assert near(made.getpixel((2, 50)), RED)
    assert near(made.getpixel((497, 50)), RED)


@pytest.mark.parametrize(
    ("orientation", "size", "red", "blue"),
    [
        (1, (120, 80), (2, 2), (117, 77)),
        (2, (120, 80), (117, 2), (2, 77)),
        (3, (120, 80), (117, 77), (2, 2)),
        (4, (120, 80), (2, 77), (117, 2)),
        (5, (80, 120), (2, 2), (77, 117)),
        (6, (80, 120), (77, 2), (2, 117)),
        (7, (80, 120), (77, 117), (2, 2)),
        (8, (80, 120), (2, 117), (77, 2)),
    ],
)
@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_a_picture_is_turned_as_its_camera_says(
    kind: str,
    orientation: int,
    size: tuple[int, int],
    red: tuple[int, int],
    blue: tuple[int, int],
) -> None:
    exif = Image.Exif()
    exif[0x0112] = orientation
    data = pictures.drawing(kind=kind, exif=exif.tobytes())

    made = thumbnail(data)

    assert made.size == size == measure(data)[:2]
    assert near(made.getpixel(red), RED)
    assert near(made.getpixel(blue), BLUE)


@pytest.mark.parametrize("profile", [None, SRGB], ids=["no profile", "a profile"])
def test_no_metadata_is_published(profile: bytes | None) -> None:
    exif = Image.Exif()
    exif[0x010E] = "SECRET-EXIF"
    data = pictures.drawing(
        kind="JPEG", exif=exif.tobytes(), comment=b"SECRET-COMMENT", icc_profile=profile, dpi=(9, 9)
    )

    made = make_jpeg(data)[0]

    assert b"SECRET" in data
    assert b"SECRET" not in made
    assert set(pictures.decoded(made).info) <= {
        "jfif",
        "jfif_version",
        "jfif_unit",
        "jfif_density",
        "progressive",
        "progression",
    }


@pytest.mark.parametrize("kind", ["PNG", "WEBP"])
def test_what_is_transparent_becomes_white(kind: str) -> None:
    image = Image.new("RGBA", (100, 100), (0, 0, 0, 0))
    image.paste((255, 0, 0, 255), (0, 0, 50, 100))

    made = thumbnail(pictures.encoded(image, kind))

    assert near(made.getpixel((80, 50)), WHITE, 6)
    assert near(made.getpixel((10, 50)), RED)


def test_a_transparent_colour_of_a_palette_becomes_white() -> None:
    image = Image.new("P", (100, 100), 0)
    image.putpalette([0, 0, 0, 255, 0, 0])
    image.paste(1, (0, 0, 50, 100))

    for kind in ("GIF", "PNG"):
        made = thumbnail(pictures.encoded(image, kind, transparency=0))
        assert near(made.getpixel((80, 50)), WHITE, 6)
        assert near(made.getpixel((10, 50)), RED)


def test_a_transparent_colour_without_alpha_becomes_white() -> None:
    data = pictures.encoded(Image.new("RGB", (100, 100), "black"), transparency=(0, 0, 0))

    assert near(thumbnail(data).getpixel((50, 50)), WHITE, 6)


@pytest.mark.parametrize(
    ("mode", "fill", "shade"),
    [
        ("1", 1, 255),
        ("L", 100, 100),
        ("LA", (100, 255), 100),
        ("P", 0, 0),
        ("I;16", 25_700, 100),
        ("RGBA", (100, 100, 100, 255), 100),
    ],
)
def test_every_kind_of_png_keeps_its_shade(mode: str, fill: object, shade: int) -> None:
    data = pictures.encoded(Image.new(mode, (64, 64), fill))

    assert near(thumbnail(data).getpixel((30, 30)), (shade,) * 3, 3)


def test_a_cmyk_jpeg_becomes_rgb() -> None:
    made = thumbnail(pictures.encoded(Image.new("CMYK", (64, 64), (0, 255, 255, 0)), "JPEG"))

    assert made.mode == "RGB"
    assert near(made.getpixel((30, 30)), RED)


def test_a_colour_profile_is_applied_before_it_is_left_out() -> None:
    # Red and blue have changed names in this profile.
    profile = SRGB
    for old, new in ((b"rXYZ", b"????"), (b"bXYZ", b"rXYZ"), (b"????", b"bXYZ")):
        profile = profile.replace(old, new)
    data = pictures.encoded(Image.new("RGB", (64, 64), RED), "JPEG", icc_profile=profile)

    assert near(thumbnail(data).getpixel((5, 5)), BLUE)


def test_a_broken_colour_profile_costs_nothing_else() -> None:
    data = pictures.drawing(kind="JPEG", icc_profile=b"no profile at all" * 20)

    assert near(thumbnail(data).getpixel((5, 5)), RED)


@pytest.mark.parametrize("kind", ["GIF", "WEBP", "PNG"])
def test_of_an_animation_the_first_frame_is_shown(kind: str) -> None:
    frames = [Image.new("RGB", (64, 64), colour) for colour in ("red", "blue", "white")]
    data = pictures.encoded(frames[0], kind, save_all=True, append_images=frames[1:])

    assert near(thumbnail(data).getpixel((30, 30)), RED)


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "GIF", "WEBP"])
@pytest.mark.parametrize("part", [0.2, 0.5, 0.9])
def test_a_picture_that_is_cut_off_is_refused(kind: str, part: float) -> None:
    noise = Image.frombytes("RGB", (200, 200), random.Random(1).randbytes(120_000))
    data = pictures.encoded(noise, kind)

    with pytest.raises(PictureError, match=r"broken or cut off|no picture"):
        make_jpeg(data[: int(len(data) * part)])


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        pytest.param(b"", "the file is empty", id="nothing"),
        pytest.param(b"hello", "this is no picture", id="text"),
        pytest.param(
            b"<!DOCTYPE html><title>Sign in</title>", "this is an HTML page", id="HTML page"
        ),
        pytest.param(b"\n<html>", "this is an HTML page", id="old HTML page"),
        pytest.param(pictures.SVG_SCRIPT, "this is an SVG drawing", id="SVG"),
        pytest.param(b"\0\0\0\x1cftypavif" + bytes(100), "this is an AVIF picture", id="AVIF"),
        pytest.param(b"\0\0\0\x1cftypheic" + bytes(100), "this is a HEIC picture", id="HEIC"),
        pytest.param(pictures.drawing(kind="BMP"), "this is a BMP picture", id="BMP"),
        pytest.param(pictures.drawing(kind="TIFF"), "this is no picture", id="TIFF"),
        pytest.param(pictures.drawing(kind="ICO"), "this is no picture", id="ICO"),
        pytest.param(
            b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 100 100\n", "this is no picture", id="EPS"
        ),
        pytest.param(
            pictures.drawing(1, 1, kind="GIF"),
            "the picture is 1x1; use one of at least 32x32",
            id="tracking pixel",
        ),
        pytest.param(pictures.drawing(31, 500), "the picture is 31x500", id="narrow"),
        pytest.param(pictures.drawing(500, 31), "the picture is 500x31", id="low"),
        pytest.param(
            pictures.png_header(50_000, 50_000), "more than 25 million pixels", id="2500 megapixels"
        ),
        pytest.param(
            pictures.png_header(5_001, 5_000), "more than 25 million pixels", id="a pixel too wide"
        ),
        pytest.param(
            pictures.png_header(9_000, 9_000),
            "more than 25 million pixels",
            id="81 megapixels promised",
        ),
        pytest.param(
            pictures.white_png(9_000, 9_000), "more than 25 million pixels", id="81 megapixels"
        ),
        pytest.param(pictures.png_header(4_000, 4_000), "broken or cut off", id="no pixels"),
    ],
)
def test_what_is_no_picture_for_us_is_refused_with_its_reason(data: bytes, reason: str) -> None:
    with pytest.raises(PictureError) as caught:
        make_jpeg(data, url="http://example.org/a")

    assert reason in str(caught.value)
    assert (caught.value.url, caught.value.retry) == ("http://example.org/a", False)


def test_a_gif_that_is_larger_than_its_screen_is_refused() -> None:
    # The header says 64x64, the first frame 60000x60000.
    data = bytearray(pictures.encoded(Image.new("P", (64, 64)), "GIF"))
    frame = data.index(b"\x2c", 13 + 3 * 2 ** ((data[10] & 7) + 1))
    data[frame + 5 : frame + 9] = struct.pack("<HH", 60_000, 60_000)

    with pytest.raises(PictureError, match="25 million pixels"):
        make_jpeg(bytes(data))


@pytest.mark.parametrize(
    "error",
    [MemoryError, IndexError, RecursionError, SyntaxError, struct.error, zlib.error],
    ids=lambda error: f"{error.__module__}.{error.__name__}",
)
def test_whatever_pillow_raises_is_a_refused_picture(
    monkeypatch: pytest.MonkeyPatch, error: type[Exception]
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise error

    monkeypatch.setattr(Image.Image, "resize", fail)

    with pytest.raises(PictureError):
        make_jpeg(pictures.drawing())


@given(st.sampled_from(["PNG", "JPEG", "GIF", "WEBP"]), st.data())
def test_a_damaged_picture_is_a_picture_or_an_error(kind: str, draws: st.DataObject) -> None:
    data = bytearray(pictures.drawing(64, 48, kind=kind))
    for _ in range(draws.draw(st.integers(1, 8))):
        data[draws.draw(st.integers(0, len(data) - 1))] = draws.draw(st.integers(0, 255))

    try:
        made, width, height = make_jpeg(bytes(data))
    except PictureError:
        return
    assert pictures.decoded(made).size == (width, height)


@pytest.mark.parametrize(
    ("kind", "media_type"),
    [
        ("PNG", "image/png"),
        ("JPEG", "image/jpeg"),
        ("GIF", "image/gif"),
        ("WEBP", "image/webp"),
    ],
)
def test_a_picture_is_measured_without_its_pixels(kind: str, media_type: str) -> None:
    data = pictures.drawing(300, 200, kind=kind)

    assert measure(data) == Measure(300, 200, media_type)


def test_what_cannot_be_measured_is_an_error() -> None:
    with pytest.raises(PictureError, match="an SVG drawing"):
        measure(pictures.SVG_SCRIPT)
