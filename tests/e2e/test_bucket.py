"""The real program publishing into a bucket that fails, is slow, and outlives it."""

import random
import re
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.policy import default
from pathlib import Path

import pytest

from feedpub.publishing.output import rank_path
from feedpub.targets.s3 import STATE
from tests.support.bucket import CREDENTIALS, Bucket
from tests.support.generations import write_first, write_second
from tests.support.mail_site import MailSite
from tests.support.published import find_dead_ends, list_starts
from tests.support.real_site import FEEDS, RealSite
from tests.support.store_proxy import StoreProxy, run_proxy

PREFIX = "some/feeds"


@pytest.fixture
def proxy(object_store: str) -> Iterator[StoreProxy]:
    with run_proxy(object_store) as proxy:
        yield proxy


@pytest.fixture(scope="module")
def local(tmp_path_factory: pytest.TempPathFactory) -> tuple[RealSite, RealSite]:
    """The same site in a folder, after its first and after its second build."""
    site = RealSite.create(tmp_path_factory.mktemp("local") / "site", entries=2)
    write_first(site)
    site.build_well()
    second = site.copy(site.root.with_name("second"))
    write_second(second)
    second.build_well()
    return site, second


@pytest.fixture
def site(tmp_path: Path, bucket: Bucket, proxy: StoreProxy) -> RealSite:
    made = RealSite.create(tmp_path / "site", entries=2)
    write_first(made)
    point_at(made, bucket.name, proxy.address)
    return made


def point_at(site: RealSite, bucket: str, endpoint: str, more: str = "") -> None:
    settings = site.root / "feedpub.toml"
    text = settings.read_text("utf-8").partition("# bucket\n")[2] or settings.read_text("utf-8")
    head = f'target = "s3://{bucket}/{PREFIX}"\n[s3]\nendpoint = "{endpoint}"\n{more}\n# bucket\n'
    settings.write_text(head + text, "utf-8")


def published(bucket: Bucket) -> dict[str, bytes]:
    files = bucket.files(f"{PREFIX}/")
    files.pop(STATE, None)
    return files


def test_a_bucket_holds_byte_for_byte_what_a_folder_would(
    site: RealSite, bucket: Bucket, local: tuple[RealSite, RealSite]
) -> None:
    site.build_well()
    first = published(bucket)
    write_second(site)
    site.build_well()

    assert first == local[0].published()
    assert published(bucket) == local[1].published()
    assert not site.feeds.exists()


def test_only_what_changed_is_sent_and_deletions_come_last(
    site: RealSite, proxy: StoreProxy, local: tuple[RealSite, RealSite]
) -> None:
    site.build_well()
    proxy.puts.clear()
    proxy.events.clear()
    write_second(site)

    site.build_well()

    old, new = local[0].published(), local[1].published()
    changed = {path for path, data in new.items() if old.get(path) != data}
    sent = [path.removeprefix(f"{PREFIX}/") for path in proxy.puts]
    assert sorted(sent) == sorted({*changed, STATE})
    assert "delete" in proxy.events
    assert proxy.events.index("delete") == len(proxy.puts)


def test_a_build_that_finds_nothing_new_sends_nothing(site: RealSite, proxy: StoreProxy) -> None:
    site.build_well()
    proxy.puts.clear()

    site.build_well()

    assert proxy.puts == []


def test_sixteen_go_up_at_once_but_never_before_what_they_point_at(
    site: RealSite, proxy: StoreProxy
) -> None:
    proxy.delay_s = 0.02

    site.build_well()

    assert 4 < proxy.most <= 16
    ranks = [rank_path(path.removeprefix(f"{PREFIX}/")) for path in proxy.puts]
    fresh = ranks[1:]  # the first is the turn
    assert fresh == sorted(fresh)


def test_of_a_first_build_nothing_leads_into_the_void_wherever_it_is_killed(
    site: RealSite, bucket: Bucket, proxy: StoreProxy, local: tuple[RealSite, RealSite]
) -> None:
    proxy.delay_s = 0.01
    for number in (1, 8, 20):
        kill_after(site, proxy, len(proxy.puts) + number)
        files = published(bucket)
        starts = [path for path in list_starts(files) if path == "index.html"]
        assert find_dead_ends(files, starts) == []

    site.build_well()

    assert published(bucket) == local[0].published()


def test_an_update_that_is_killed_shows_old_or_new_and_the_next_run_goes_on(
    site: RealSite, bucket: Bucket, proxy: StoreProxy, local: tuple[RealSite, RealSite]
) -> None:
    site.build_well()
    write_second(site)
    old, new = (one.published() for one in local)
    proxy.delay_s = 0.01
    chance = random.Random(7)
    for _ in range(6):
        kill_after(site, proxy, len(proxy.puts) + chance.randint(1, 12))
        files = published(bucket)
        assert [path for path in files if files[path] not in (old.get(path), new.get(path))] == []
        assert find_dead_ends(files, [path for path in list_starts(files) if path in old]) == []
    proxy.puts.clear()

    site.build_well()

    assert published(bucket) == new
    assert list((site.root / "feedpub.upload" / "waiting").iterdir()) == []


def kill_after(site: RealSite, proxy: StoreProxy, puts: int) -> None:
    """Kill a build as soon as the store has taken so many objects, or let it come to its end."""
    process = site.start("build", "--offline")
    while process.poll() is None and len(proxy.puts) < puts:
        time.sleep(0.002)
    process.kill()
    process.communicate()


def test_the_page_of_an_issue_and_its_pictures_go_into_the_bucket_before_the_mails(
    tmp_path: Path, bucket: Bucket
) -> None:
    mails = MailSite.create(tmp_path / "mails", ["ann@a.test"])
    mails.site.picture("one.png")
    date = f"{datetime.now(UTC) - timedelta(days=1):%Y-%m-%d %H:%M:%S}"
    mails.site.post("seen.md", "Seen", date=date, categories="[a]", cover="one.png")
    settings = mails.root / "feedpub.toml"
    more = '[mail]\ntype = "maildir"\nfolder = "out"\n'
    settings.write_text(settings.read_text("utf-8") + more, "utf-8")
    point_at(mails.site, bucket.name, bucket.endpoint)

    done = mails.send("--max-recipients", "10")

    assert done.returncode == 0, done.stderr
    (mail,) = (mails.root / "out" / "new").iterdir()
    html = message_from_bytes(mail.read_bytes(), policy=default).get_body(("html",))
    assert html is not None
    files = published(bucket)
    wanted = [
        path
        for path in re.findall(rf"{re.escape(FEEDS)}([^\"'<> ]+)", html.get_content())
        if path.startswith(("media/", "newsletter/"))
    ]
    assert {path.partition("/")[0] for path in wanted} == {"media", "newsletter"}
    assert [path for path in wanted if path not in files and f"{path}index.html" not in files] == []
    assert not mails.site.feeds.joinpath("newsletter").exists()


def test_a_store_that_fails_now_and_then_is_asked_again(
    site: RealSite, bucket: Bucket, proxy: StoreProxy, local: tuple[RealSite, RealSite]
) -> None:
    proxy.failures = 6

    site.build_well()

    assert published(bucket) == local[0].published()


def test_a_store_that_never_answers_ends_the_build_with_a_remedy_and_the_next_goes_on(
    site: RealSite, bucket: Bucket, proxy: StoreProxy, local: tuple[RealSite, RealSite]
) -> None:
    point_at(site, bucket.name, proxy.address, "timeout = 1")
    proxy.silent = True

    done = site.build()

    assert done.returncode == 1
    assert f"s3://{bucket.name}/{PREFIX}/" in done.stderr
    assert "build again, which goes on from here" in done.stderr
    proxy.silent = False
    site.build_well()
    assert published(bucket) == local[0].published()


def test_without_credentials_the_error_says_which(
    site: RealSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in CREDENTIALS:
        monkeypatch.delenv(name)
    monkeypatch.setenv("AWS_METADATA_ENDPOINT", "http://127.0.0.1:9")
    settings = site.root / "feedpub.toml"
    settings.write_text(settings.read_text("utf-8").replace("[s3]", "[s3]\ntimeout = 1"), "utf-8")

    done = site.build()

    assert done.returncode == 1
    assert "set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY" in done.stderr


def test_an_edit_of_the_folder_setting_leaves_the_bucket_alone(
    site: RealSite, bucket: Bucket
) -> None:
    site.build_well()
    before = published(bucket)
    settings = site.root / "feedpub.toml"
    settings.write_text(settings.read_text("utf-8").partition("# bucket\n")[2], "utf-8")

    site.build_well()

    assert site.published() == before
    assert published(bucket) == before


def test_status_and_serve_say_where_the_feeds_are(site: RealSite, bucket: Bucket) -> None:
    place = f"s3://{bucket.name}/{PREFIX}"

    assert place in site.run("status").stdout
    served = site.run("serve", "-p", "0")
    assert served.returncode == 1
    assert f"the feeds are in {place}, which serves them itself" in served.stderr


def test_no_credential_comes_to_lie_in_the_sites_folder(
    site: RealSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "canary-of-the-secret")

    said = site.build_well()

    assert "canary" not in said
    files = [path for path in site.root.rglob("*") if path.is_file()]
    assert [path for path in files if b"canary" in path.read_bytes()] == []
