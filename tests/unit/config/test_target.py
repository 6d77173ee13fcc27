"""Which bucket is meant, and how wrong ones are refused."""

import pytest

from feedpub.config import BucketConfig
from tests.support.settings import SITE, Complain, Load


def test_without_a_target_everything_goes_into_the_folder(load: Load) -> None:
    config = load()

    assert config.bucket is None
    assert config.output == str(config.feeds.folder)


@pytest.mark.parametrize(
    ("written", "bucket", "prefix"),
    [
        ("s3://my-bucket", "my-bucket", ""),
        ("s3://my.bucket/", "my.bucket", ""),
        ("s3://my-bucket/a/b_c/", "my-bucket", "a/b_c"),
    ],
)
def test_a_target_names_a_bucket_and_a_place_in_it(
    load: Load, written: str, bucket: str, prefix: str
) -> None:
    config = load(f'target = "{written}"\n{SITE}', bare=True)

    assert config.bucket == BucketConfig(bucket, prefix)
    assert config.output == written.rstrip("/")


def test_every_key_of_the_store_reaches_its_place(load: Load) -> None:
    config = load(
        f"""target = "s3://bucket"
{SITE}
[s3]
endpoint = "https://oss.example/"
region = "cn-north"
virtual_host = true
conditional_put = false
timeout = 7
""",
        bare=True,
    )

    assert config.bucket == BucketConfig(
        "bucket", "", "https://oss.example/", "cn-north", True, False, 7
    )


@pytest.mark.parametrize(
    "written",
    [
        "ftp://a.example/x", "feeds", "s3://", "s3://b", "s3://UPPER", "s3://bucket//x",
        "s3://bucket/../x", "s3://bucket/./x", "s3://bucket/a b", "s3://bucket/?x", "gs://bucket",
    ],
)  # fmt: skip
def test_what_is_no_bucket_is_refused(complain: Complain, written: str) -> None:
    (found,) = complain(f"target = '{written}'\n{SITE}")

    assert found.startswith(f"feedpub.toml:1:10: target: {written!r} is no bucket; write it as")


def test_credentials_do_not_belong_into_the_target(complain: Complain) -> None:
    (found,) = complain(f"target = 's3://key:secret@bucket'\n{SITE}")

    assert "set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY in the environment" in found
    assert "secret@" not in found


@pytest.mark.parametrize("name", ["access_key_id", "secret_access_key", "session_token"])
def test_credentials_do_not_belong_into_the_file(complain: Complain, name: str) -> None:
    (found,) = complain(f"target = 's3://bucket'\n{SITE}[s3]\n{name} = 'x'\n")

    assert "is a secret and does not belong in this file" in found
    assert found.endswith(f"use the environment variable AWS_{name.upper()}")


def test_a_store_without_a_target_is_odd(load: Load) -> None:
    (warning,) = load("[s3]\nregion = 'auto'\n").warnings

    assert "there is no target, so [s3] does nothing; add target = " in warning
