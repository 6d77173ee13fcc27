"""What a bucket does that a folder does not."""

import os
import pickle
import sqlite3
import sys
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from feedpub.errors import BusyError, TargetError
from feedpub.ports import Staged
from feedpub.targets.s3 import STATE, S3Target
from tests.support.bucket import Bucket


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "upload"


def stage(target: S3Target, **files: bytes) -> Sequence[Staged]:
    staged = [target.stage(path.replace("_", "/"), data) for path, data in files.items()]
    return [one for one in staged if one is not None]


def publish(target: S3Target, **files: bytes) -> None:
    target.commit(stage(target, **files))


@pytest.mark.parametrize(
    ("path", "media_type", "lasting"),
    [
        ("all/rss.xml", "application/xml; charset=utf-8", False),
        ("all/feed.json", "application/feed+json; charset=utf-8", False),
        ("all/index.html", "text/html; charset=utf-8", False),
        ("media/0123456789abcdef.jpg", "image/jpeg", True),
        ("embed/feedpub-feed.0123456789ab.js", "text/javascript; charset=utf-8", True),
        ("embed/feedpub-feed.v1.js", "text/javascript; charset=utf-8", False),
    ],
)
def test_files_are_typed_and_feeds_kept_for_a_minute_only(
    bucket: Bucket, folder: Path, path: str, media_type: str, lasting: bool
) -> None:
    target = bucket.target(folder)
    staged = target.stage(path, b"x")
    assert staged is not None

    target.commit([staged])

    found = bucket.get(path)
    assert found.media_type == media_type
    wanted = "public, max-age=31536000, immutable" if lasting else "public, max-age=60"
    assert found.cache_control == wanted


def test_the_next_run_sends_only_what_changed(bucket: Bucket, folder: Path) -> None:
    publish(bucket.target(folder), a=b"1", b=b"2")
    target = bucket.target(folder)

    assert target.stage("a", b"1") is None
    assert target.stage("b", b"3") is not None


def test_nothing_is_listed_while_the_last_turn_was_ours(
    bucket: Bucket, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish(bucket.target(folder), a=b"1")
    listing = "feedpub.targets.bucket.Bucket.list_objects"
    monkeypatch.setattr(listing, lambda _: pytest.fail("it lists"))

    publish(bucket.target(folder), a=b"2", b=b"1")

    assert bucket.get("a").data == b"2"


def test_without_a_manifest_the_bucket_is_looked_through_and_nothing_is_lost(
    bucket: Bucket, folder: Path
) -> None:
    publish(bucket.target(folder), a=b"1", b=b"1")
    (folder / "manifest.db").unlink()
    target = bucket.target(folder)

    assert target.exists("a")
    assert target.stage("a", b"1") is None
    publish(target, a=b"2")
    assert target.delete(["b"]) == ["b"]

    assert bucket.list() == ["a", STATE]


def test_another_machine_goes_on_from_where_this_one_stopped(
    bucket: Bucket, folder: Path, tmp_path: Path
) -> None:
    publish(bucket.target(folder), a=b"1", b=b"1")
    publish(bucket.target(tmp_path / "other"), a=b"2", c=b"1")

    publish(bucket.target(folder), a=b"1", b=b"1", c=b"1")

    assert {**bucket.files(), STATE: b""} == {"a": b"1", "b": b"1", "c": b"1", STATE: b""}


def test_another_machine_learns_of_what_was_only_deleted(
    bucket: Bucket, folder: Path, tmp_path: Path
) -> None:
    publish(bucket.target(folder), a=b"1", b=b"1")
    other = bucket.target(tmp_path / "other")

    assert other.delete(["b"]) == ["b"]

    assert not bucket.target(folder).exists("b")
    publish(bucket.target(folder), b=b"1")
    assert bucket.get("b").data == b"1"


@pytest.mark.parametrize("conditional", [True, False])
def test_of_two_machines_at_once_one_gives_way_and_then_goes_on(
    bucket: Bucket, folder: Path, tmp_path: Path, conditional: bool
) -> None:
    publish(bucket.target(folder), a=b"1")
    slow = bucket.target(folder, conditional_put=conditional)
    staged = stage(slow, a=b"2")
    publish(bucket.target(tmp_path / "other"), a=b"3")

    with pytest.raises(BusyError, match="somebody else wrote to the bucket meanwhile; build again"):
        slow.commit(staged)

    assert bucket.get("a").data == b"3"
    publish(bucket.target(folder), a=b"2")
    assert bucket.get("a").data == b"2"


def test_who_gave_way_goes_on_in_the_same_process_too(
    bucket: Bucket, folder: Path, tmp_path: Path
) -> None:
    slow = bucket.target(folder)
    publish(slow, a=b"1", b=b"1")
    publish(bucket.target(tmp_path / "other"), a=b"3", b=b"3")
    with pytest.raises(BusyError):
        publish(slow, a=b"2")

    publish(slow, a=b"2", b=b"1")

    assert [bucket.get(name).data for name in "ab"] == [b"2", b"1"]


@pytest.mark.parametrize("conditional", [True, False])
def test_a_file_that_somebody_changed_by_hand_is_not_replaced_unseen(
    bucket: Bucket, folder: Path, conditional: bool
) -> None:
    publish(bucket.target(folder), a=b"1")
    bucket.put("a", b"theirs")

    with pytest.raises(BusyError, match=r"s3://bucket-\d+/a: somebody else"):
        publish(bucket.target(folder, conditional_put=conditional), a=b"2")

    publish(bucket.target(folder), a=b"2")
    assert bucket.get("a").data == b"2"


@pytest.mark.parametrize("conditional", [True, False])
def test_a_file_that_somebody_made_by_hand_is_not_replaced_unseen(
    bucket: Bucket, folder: Path, conditional: bool
) -> None:
    target = bucket.target(folder, conditional_put=conditional)
    publish(target, a=b"1")
    bucket.put("b", b"theirs")

    with pytest.raises(BusyError, match=r"s3://bucket-\d+/b: somebody else"):
        publish(target, b=b"2")
    assert bucket.get("b").data == b"theirs"

    publish(target, b=b"2")
    assert bucket.get("b").data == b"2"


def test_a_file_that_somebody_deleted_by_hand_is_published_again(
    bucket: Bucket, folder: Path
) -> None:
    publish(bucket.target(folder), a=b"1")
    bucket.delete("a")

    with pytest.raises(BusyError):
        publish(bucket.target(folder), a=b"2")
    publish(bucket.target(folder), a=b"1")

    assert bucket.get("a").data == b"1"


def test_an_answer_that_was_lost_does_not_stop_the_second_try(bucket: Bucket, folder: Path) -> None:
    target = bucket.target(folder)
    staged = stage(target, a=b"1")
    bucket.put("a", b"1")  # as it is when the store took the request and nobody heard of it

    target.commit(staged)

    assert target.stage("a", b"1") is None


def test_a_bucket_that_was_emptied_is_filled_again(bucket: Bucket, folder: Path) -> None:
    publish(bucket.target(folder), a=b"1")
    for path in bucket.list():
        bucket.delete(path)

    target = bucket.target(folder)

    assert not target.exists("a")
    publish(target, a=b"1")
    assert bucket.get("a").data == b"1"


def test_what_points_at_a_file_goes_up_only_when_that_is_there(
    bucket: Bucket, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = bucket.target(folder)
    staged = stage(target, a=b"1", b=b"1", z_index=b"1")
    put, went = S3Target._put, threading.Event()

    def refuse_b(self: S3Target, path: str, data: bytes, mode: Any) -> str | None:
        if path == "b":
            went.wait(0.5)
            raise TargetError("b: the store refuses")
        if path == "z/index":
            went.set()
        return put(self, path, data, mode)

    monkeypatch.setattr(S3Target, "_put", refuse_b)
    with pytest.raises(TargetError, match="the store refuses"):
        target.commit(staged)

    assert bucket.list() == ["a", STATE]
    assert not went.is_set()


def test_what_went_up_is_known_though_another_file_did_not(
    bucket: Bucket, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = bucket.target(folder)
    staged = stage(target, a=b"1", b=b"1")
    put, went = S3Target._put, threading.Event()

    def refuse_a(self: S3Target, path: str, data: bytes, mode: Any) -> str | None:
        if path == "a":
            went.wait(5)
            raise TargetError("a: the store refuses")
        etag = put(self, path, data, mode)
        if path == "b":
            went.set()
        return etag

    with monkeypatch.context() as patch:
        patch.setattr(S3Target, "_put", refuse_a)
        with pytest.raises(TargetError, match="the store refuses"):
            target.commit(staged)

    again = bucket.target(folder)
    assert again.stage("b", b"1") is None
    publish(again, a=b"1")
    assert bucket.list() == ["a", "b", STATE]


def test_an_upload_that_was_cut_off_is_made_again_whichever_bytes_are_there(
    bucket: Bucket, folder: Path
) -> None:
    publish(bucket.target(folder), a=b"1")
    target = bucket.target(folder)
    target._manifest.expect(["a", "b"])  # and then the power went
    bucket.put("b", b"half a run")

    again = bucket.target(folder)

    assert again.exists("a")
    assert not again.exists("b")
    publish(again, a=b"1", b=b"2")
    assert (bucket.get("a").data, bucket.get("b").data) == (b"1", b"2")


def test_a_deletion_that_was_cut_off_is_finished_by_the_next_sweep(
    bucket: Bucket, folder: Path
) -> None:
    target = bucket.target(folder)
    publish(target, a=b"1", b=b"1")
    target._manifest.let_go(["a"])  # and then the power went

    again = bucket.target(folder)
    assert not again.exists("a")
    again.sweep()

    assert bucket.list() == ["b", STATE]


def test_a_deleted_file_may_come_back(bucket: Bucket, folder: Path) -> None:
    target = bucket.target(folder)
    publish(target, a=b"1")
    target.delete(["a"])

    publish(target, a=b"1")

    assert bucket.get("a").data == b"1"


def test_what_waits_for_the_upload_nobody_else_may_read(bucket: Bucket, folder: Path) -> None:
    stage(bucket.target(folder), a=b"1")

    assert folder.stat().st_mode & 0o077 == 0


def test_another_process_may_stage_for_this_one(bucket: Bucket, folder: Path) -> None:
    target = bucket.target(folder)
    publish(target, a=b"1")
    copy = pickle.loads(pickle.dumps(bucket.target(folder)._manifest))  # as workers are given it
    assert copy.get("a") is not None
    reader, writer = os.pipe()

    if (child := os.fork()) == 0:
        staged = target.stage("b", b"2")
        os.write(writer, f"{staged and staged.ticket} {target.stage('a', b'1')}".encode())
        os._exit(0)
    os.waitpid(child, 0)
    ticket, other = os.read(reader, 100).decode().split()
    os.close(reader)
    os.close(writer)

    target.commit([Staged("b", ticket)])
    assert (bucket.get("b").data, other) == (b"2", "None")


def test_another_bucket_is_another_place(bucket: Bucket, folder: Path, object_store: str) -> None:
    from tests.support.bucket import make_bucket

    publish(bucket.target(folder), a=b"1")
    other = make_bucket(object_store)

    publish(other.target(folder), a=b"1")

    assert other.get("a").data == b"1"


# Errors


def test_a_bucket_that_is_not_there_is_an_error_with_a_remedy(bucket: Bucket, folder: Path) -> None:
    target = Bucket(bucket.endpoint, "no-such-bucket").target(folder)

    with pytest.raises(TargetError, match="make the bucket, or correct its name in target") as told:
        publish(target, a=b"1")

    assert "NoSuchBucket: The specified bucket does not exist; make" in str(told.value)
    assert "<" not in str(told.value)


def test_a_missing_library_is_an_error_with_a_remedy(
    bucket: Bucket, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "obstore", None)

    with pytest.raises(TargetError, match=r"type: pip install 'feedpub\[s3\]'"):
        bucket.target(folder).exists("a")


def test_a_store_that_does_not_answer_is_an_error_with_a_remedy(
    bucket: Bucket, folder: Path
) -> None:
    target = bucket.target(folder, endpoint="http://127.0.0.1:9", retry_s=0.2)

    with pytest.raises(TargetError, match=r"s3://.*; see that .* nothing that was published is"):
        publish(target, a=b"1")


def test_half_of_the_credentials_is_an_error_with_a_remedy(
    bucket: Bucket, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")

    with pytest.raises(TargetError, match="set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY"):
        publish(bucket.target(folder), a=b"1")


def test_a_manifest_that_is_damaged_is_an_error_with_a_remedy(bucket: Bucket, folder: Path) -> None:
    folder.mkdir()
    (folder / "manifest.db").write_bytes(b"no database, as long as it may be" * 100)

    with pytest.raises(TargetError, match="delete this file, and the next build looks through"):
        bucket.target(folder).exists("a")


def test_the_manifest_is_no_part_of_the_sites_database(bucket: Bucket, folder: Path) -> None:
    publish(bucket.target(folder), a=b"1")

    with sqlite3.connect(folder / "manifest.db") as connection:
        tables = {name for (name,) in connection.execute("SELECT name FROM sqlite_master")}
    connection.close()
    assert {"objects", "notes"} <= tables
