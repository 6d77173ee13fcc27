"""Take the pictures of the README from the sample site: ``python docs/screenshots.py``.

Needs the apt packages chromium, fonts-noto-cjk and fonts-noto-color-emoji.
"""

import io
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

REPOSITORY = Path(__file__).resolve().parent.parent
PICTURES = REPOSITORY / "docs" / "pictures"
DESKTOP = {"width": 1200, "height": 860}
PHONE = {"width": 320, "height": 690}
MAIL = {"width": 680, "height": 1440}

# name, page, what the browser is told
SHOTS: list[tuple[str, str, dict[str, Any]]] = [
    ("subscribe", "feeds/index.html", {"viewport": DESKTOP}),
    ("subscribe-dark", "feeds/index.html", {"viewport": DESKTOP, "color_scheme": "dark"}),
    ("feed", "feeds/all/index.html", {"viewport": DESKTOP}),
    ("feed-dark", "feeds/all/index.html", {"viewport": DESKTOP, "color_scheme": "dark"}),
    ("article", "feeds/articles/typed-cat-*.html", {"viewport": DESKTOP}),
    ("phone", "feeds/all/index.html", {"viewport": PHONE, "device_scale_factor": 2}),
    ("raw", "feeds/all/rss.xml", {"viewport": DESKTOP}),
    ("newsletter", "newsletter.html", {"viewport": MAIL}),
    ("newsletter-dark", "newsletter.html", {"viewport": MAIL, "color_scheme": "dark"}),
]


def main() -> None:
    sys.path.insert(0, str(REPOSITORY))
    from tests.support.browser import load_pictures, open_browser, open_page

    PICTURES.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, open_browser() as browser:
        command = [sys.executable, "-m", "feedpub", "demo", folder]
        subprocess.run(command, check=True, cwd=REPOSITORY, stdout=subprocess.DEVNULL)
        for name, pattern, options in SHOTS:
            (page_path,) = Path(folder).glob(pattern)
            with open_page(browser, page_path.as_uri(), **options) as page:
                load_pictures(page)
                # Its own style would stop the caret from blinking, which the policy forbids.
                data = page.screenshot(caret="initial")
            save_small(data, PICTURES / f"{name}.png")
            print(f"{(PICTURES / name).with_suffix('.png').stat().st_size:7} {name}.png")


def save_small(data: bytes, path: Path) -> None:
    """Write a picture in 256 colours, a third of the bytes for who clones the repository."""
    from PIL import Image

    with Image.open(io.BytesIO(data)) as picture:
        picture.convert("RGB").quantize(256).save(path, optimize=True)


if __name__ == "__main__":
    main()
