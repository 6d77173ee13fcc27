from pathlib import Path

import pytest

from feedpub.errors import MailerError
from feedpub.mailers.outbox import FolderOutbox


def test_a_mail_that_is_put_twice_is_one_file_that_only_its_owner_reads(tmp_path: Path) -> None:
    outbox = FolderOutbox(tmp_path / "outbox")
    outbox.put("weekly-001.eml", b"a longer mail")

    place = Path(outbox.put("weekly-001.eml", b"a mail"))

    assert place.read_bytes() == b"a mail"
    assert list((tmp_path / "outbox").iterdir()) == [place]
    assert (place.stat().st_mode & 0o777, place.parent.stat().st_mode & 0o777) == (0o600, 0o700)


@pytest.mark.parametrize("name", ["outbox", "outbox/weekly-001.eml"], ids=["folder", "file"])
def test_an_outbox_that_cannot_be_written_is_an_error_with_its_name(
    tmp_path: Path, name: str
) -> None:
    in_the_way = tmp_path / name
    in_the_way.parent.mkdir(exist_ok=True)
    if name == "outbox":
        in_the_way.write_bytes(b"a file where the folder should be")
    else:
        in_the_way.mkdir()

    with pytest.raises(MailerError, match=f"{name}: .*; make room"):
        FolderOutbox(tmp_path / "outbox").put("weekly-001.eml", b"a mail")
