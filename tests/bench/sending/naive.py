"""The mailer one would write in an afternoon: Jinja, css-inline, EmailMessage and smtplib.

Run as ``python naive.py PORT RECIPIENTS [KEY]``; imports nothing of feedpub or of the benchmark.
Prints seconds of CPU, of the clock, and the size of a mail. With a key it signs by dkimpy.
"""

import json
import smtplib
import sys
import time
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path

import css_inline
from jinja2 import Environment

CARDS = 30
CARD_WORDS = 125
PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>{{ title }}</title><style>
body { margin: 0; padding: 0; background: #f4f4f4 }
table { border-collapse: collapse; border-spacing: 0 }
td { padding: 12px 24px; font-family: Georgia, serif; font-size: 16px; line-height: 1.6 }
td.card { border-top: 1px solid #dddddd; background: #ffffff; color: #222222 }
h1 { margin: 0; font-size: 26px; line-height: 1.3; color: #111111 }
h2 { margin: 0 0 6px; font-size: 19px; line-height: 1.4; color: #111111 }
h2 a { color: #111111; text-decoration: none }
p { margin: 0 0 8px } p.meta { color: #666666; font-size: 13px }
a { color: #0b5394; text-decoration: underline }
img { border: 0; display: block; width: 160px; height: 100px }
</style></head><body><table role="presentation" width="600">
<tr><td><h1>{{ title }}</h1>
<p>For {{ address }}. <a href="{{ leave }}">Unsubscribe</a></p></td></tr>
{% for card in cards %}<tr><td class="card"><h2><a href="{{ card.url }}">{{ card.title }}</a></h2>
<p class="meta">{{ card.author }}, {{ card.date }}</p>
<p><img src="{{ card.picture }}" width="160" height="100" alt="{{ card.title }}">
{{ card.summary }}</p>
</td></tr>{% endfor %}
<tr><td><p class="meta">1 Example Street. <a href="{{ leave }}">Unsubscribe</a></p></td></tr>
</table></body></html>
"""
TEXT = """{{ title }}
{% for card in cards %}
{{ card.title }}
{{ card.url }}
{% endfor %}
Unsubscribe: {{ leave }}
"""


def main(port: int, recipients: int, key: bytes | None) -> None:
    environment = Environment(autoescape=True)
    page, text = environment.from_string(PAGE), Environment().from_string(TEXT)
    cards = [make_card(number) for number in range(CARDS)]
    inliner = css_inline.CSSInliner(load_remote_stylesheets=False)
    started, busy = time.perf_counter(), time.process_time()
    size = 0
    with smtplib.SMTP("127.0.0.1", port) as client:
        for number in range(recipients):
            address = f"reader{number}@inbox.test"
            values = {
                "title": "The week", "cards": cards, "address": address,
                "leave": f"https://www.bench.test/unsubscribe/{number:x}-0123456789abcdef",
            }  # fmt: skip
            message = EmailMessage(policy=SMTP.clone(max_line_length=998))
            message["Subject"] = "The week"
            message["From"] = "Bench <news@bench.test>"
            message["To"] = address
            message["Date"] = "Fri, 27 Nov 2026 09:00:00 +0800"
            message["Message-ID"] = f"<{number}@bench.test>"
            message["List-Unsubscribe"] = f"<{values['leave']}>"
            message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
            message.set_content(text.render(values), cte="base64")
            html = inliner.inline(page.render(values))
            message.add_alternative(html, subtype="html", cte="base64")
            data = message.as_bytes()
            if key:
                data = sign(data, key) + data
            client.sendmail("bounce@bench.test", [address], data)
            size = len(data)
    print(
        json.dumps(
            {
                "cpu_s": time.process_time() - busy,
                "wall_s": time.perf_counter() - started,
                "size": size,
            }
        )
    )


def make_card(number: int) -> dict[str, str]:
    words = [f"word{(number * 31 + index) % 89}" for index in range(CARD_WORDS)]
    return {
        "url": f"https://www.bench.test/articles/{number}-{words[0]}.html",
        "title": " ".join(words[:8]),
        "author": "Bench",
        "date": f"2026-11-{number % 28 + 1:02}",
        "picture": f"https://www.bench.test/media/{number:032x}.jpg",
        "summary": " ".join(words),
    }


def sign(data: bytes, key: bytes) -> bytes:
    import dkim

    return dkim.sign(
        data, b"s1", b"bench.test", key, canonicalize=(b"relaxed", b"simple"),
        include_headers=[b"From", b"To", b"Subject", b"Date", b"Message-ID", b"List-Unsubscribe"],
    )  # fmt: skip


if __name__ == "__main__":
    main(
        int(sys.argv[1]), int(sys.argv[2]),
        Path(sys.argv[3]).read_bytes() if len(sys.argv) > 3 else None,
    )  # fmt: skip
