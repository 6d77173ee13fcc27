"""The keys of ``feedpub.toml`` that are about a bucket."""

import re
from typing import Any

from feedpub.config import formats, kinds
from feedpub.config.kinds import Kind, clean_text, refuse
from feedpub.config.setting import Setting

# https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html
_BUCKET = r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]"
_PREFIX = r"[A-Za-z0-9!_.()'-]+"
_EXAMPLE = '"s3://bucket/folder"'


def _bucket() -> Kind[tuple[str, str] | None]:
    """Return the kind of ``s3://bucket/prefix``, as bucket and prefix."""

    def check(value: object) -> tuple[str, str] | None:
        written = clean_text(value)
        if not written:
            return None
        if "@" in written:
            raise refuse(
                "credentials do not belong in this file; remove them and set AWS_ACCESS_KEY_ID and"
                " AWS_SECRET_ACCESS_KEY in the environment"
            )
        found = re.fullmatch(rf"s3://({_BUCKET})((?:/{_PREFIX})*)/?", written)
        if found is None or {".", ".."} & set(found[2].split("/")):
            raise refuse(
                f"{written!r} is no bucket; write it as {_EXAMPLE}, or name a folder of this"
                " machine by feeds.folder"
            )
        return found[1], found[2].strip("/")

    return Kind("`s3://bucket/prefix`", check)


TARGET = Setting(
    "target",
    _bucket(),
    "",
    "Bucket that everything is published in, `s3://bucket/prefix`, in place of `feeds.folder`. Set"
    " `feeds.url` to the address at which it is served.",
    default_doc="none: the folder `feeds.folder`",
)
ENDPOINT = Setting(
    "s3.endpoint",
    formats.url(),
    "",
    "Address of the store, where it is not Amazon's.",
    default_doc="that of Amazon S3",
)
REGION = Setting(
    "s3.region",
    kinds.text(),
    "",
    "Region of the bucket; `auto` for Cloudflare R2.",
    default_doc="`AWS_REGION` of the environment, else `us-east-1`",
)
VIRTUAL_HOST = Setting(
    "s3.virtual_host",
    kinds.boolean(),
    False,
    "Whether the bucket's name is a part of the host's, as some stores want it. The endpoint then"
    " begins with it.",
)
CONDITIONAL_PUT = Setting(
    "s3.conditional_put",
    kinds.boolean(),
    True,
    "Whether the store can refuse to replace an object that somebody else changed (`If-Match`). If"
    " not, it is asked before each write.",
)
TIMEOUT = Setting(
    "s3.timeout",
    kinds.whole_number(1, 3600),
    60,
    "Seconds after which a request is given up; it is tried again for as long.",
)

S3: tuple[Setting[Any], ...] = (ENDPOINT, REGION, VIRTUAL_HOST, CONDITIONAL_PUT, TIMEOUT)
"""In the order of the documentation."""
