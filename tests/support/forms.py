"""The form of a newsletter, as a stranger fills it in."""

from typing import Any

from lxml.html import fromstring
from werkzeug.test import TestResponse

from feedpub.web.stamps import make_stamp
from tests.support.people import PATH, READER, PeopleSite

PAGE = f"{PATH}subscribe"
CHINESE = {"Accept-Language": "zh"}
FROM = {"X-Forwarded-For": "203.0.113.9"}


def stamp_of(site: PeopleSite, *, age: int = 30) -> str:
    return make_stamp(site.signer, int(site.clock().timestamp()) - age)


def ask(site: PeopleSite, address: str = READER, **fields: Any) -> TestResponse:
    """Fill in the form and press the button half a minute later."""
    headers = fields.pop("headers", FROM)
    data = {"stamp": stamp_of(site), "address": address, **fields}
    return site.client.post(PAGE, data=data, headers=headers)


def value_of(page: str, name: str) -> list[str]:
    """Return what a form is filled in with: the values of a field, those that are chosen."""
    found = fromstring(page).xpath(f'//input[@name="{name}"]')
    return [
        one.get("value")
        for one in found
        if one.get("type") not in ("radio", "checkbox") or one.get("checked") is not None
    ]
