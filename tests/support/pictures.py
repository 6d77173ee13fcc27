"""Pictures for tests, good and hostile, drawn anew each time."""

import io
import struct
import zlib

from PIL import Image, ImageDraw

SVG_SCRIPT = (
    b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg" width="100" height="100">'
    b"<script>alert(1)</script></svg>"
)


def drawing(
    width: int = 120, height: int = 80, *, seed: str = "", kind: str = "PNG", **options: object
) -> bytes:
    """Return a file that is red at the top left, blue at the bottom right, and unlike others."""
    return encoded(canvas(width, height, seed=seed), kind, **options)


def canvas(width: int, height: int, *, seed: str = "", mode: str = "RGB") -> Image.Image:
    shade = zlib.crc32(seed.encode())
    image = Image.new("RGB", (width, height), (shade & 255, shade >> 8 & 255, shade >> 16 & 255))
    draw = ImageDraw.Draw(image)
    draw.rectangle((0, 0, width // 4, height // 4), "red")
    draw.rectangle((width - width // 4, height - height // 4, width, height), "blue")
    return image.convert(mode)


def encoded(image: Image.Image, kind: str = "PNG", **options: object) -> bytes:
    out = io.BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


def decoded(data: bytes) -> Image.Image:
    image = Image.open(io.BytesIO(data))
    image.load()
    return image


def png_header(width: int, height: int) -> bytes:
    """Return a PNG that promises a size and has next to nothing."""
    header = struct.pack(">IIBBBBB", width, height, 8, 6, 0, 0, 0)
    return _png(header, zlib.compress(bytes(1000)))


def white_png(width: int, height: int) -> bytes:
    """Return a whole PNG, one bit a pixel, of a fraction of its size when decoded."""
    header = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    row = b"\0" + b"\xff" * ((width + 7) // 8)
    compressor = zlib.compressobj(9)
    rows = b"".join(compressor.compress(row) for _ in range(height))
    return _png(header, rows + compressor.flush())


def _png(header: bytes, pixels: bytes) -> bytes:
    chunks = (_chunk(b"IHDR", header), _chunk(b"IDAT", pixels), _chunk(b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunks)


def _chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
