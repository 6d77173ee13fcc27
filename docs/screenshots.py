"""Take the pictures of the README from the sample site: ``python docs/screenshots.py``.

Needs the apt packages chromium, fonts-noto-cjk and fonts-noto-color-emoji.
"""

import io
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

REPOSITORY = Path(__file__).resolve().parent.parent
PICTURES = REPOSITORY / "docs" / "pictures"
DESKTOP = {"width": 1200, "height": 860}
FORM: dict[str, Any] = {"viewport": {"width": 900, "height": 1180}, "locale": "en"}
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
    ("embed", "portal.html", {"viewport": DESKTOP}),
    ("embed-dark", "portal.html", {"viewport": DESKTOP, "color_scheme": "dark"}),
    ("builder", "feeds/embed/index.html", {"viewport": DESKTOP}),
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
        with serve_face(Path(folder)) as url, open_page(browser, url, **FORM) as page:
            data = page.screenshot(caret="initial", full_page=True)
            save_small(data, PICTURES / "form.png")


@contextmanager
def serve_face(folder: Path) -> Iterator[str]:
    """Serve the sample site with pages for subscribers; give the address of the form."""
    from feedpub.config import load_config
    from feedpub.web import create_app
    from feedpub.web.server import FeedServer

    settings = folder / "feedpub.toml"
    web = '\n[web]\nurl = "http://127.0.0.1/news/"\n'
    settings.write_text(settings.read_text("utf-8") + web, "utf-8")
    with FeedServer(create_app(load_config(settings)), "/", bind="127.0.0.1", port=0) as server:
        threading.Thread(target=server.run, daemon=True).start()
        yield f"{server.url}news/subscribe?category=ji-shu"


def save_small(data: bytes, path: Path) -> None:
    """Write a picture in 256 colours, a third of the bytes for who clones the repository."""
    from PIL import Image

    with Image.open(io.BytesIO(data)) as picture:
        picture.convert("RGB").quantize(256).save(path, optimize=True)


if __name__ == "__main__":
    main()
