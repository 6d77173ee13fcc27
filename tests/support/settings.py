"""What tests of settings share."""

from collections.abc import Callable

from feedpub.config import Config

SITE_ID = "3f0c9a52-7d0e-4a6e-9d0b-2f5f6a1d8c11"
SITE = f'[site]\nid = "{SITE_ID}"\nurl = "https://a.example/"\n'
SENDER = 'from = "纸飞机 <news@a.example>"\n'
LETTER = f'[newsletter]\nweekly = "Fri 09:00"\n{SENDER}'

Load = Callable[..., Config]
Complain = Callable[..., list[str]]
