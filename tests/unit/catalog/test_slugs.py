import re
import subprocess
import sys
import threading
import time
import unicodedata
from itertools import count

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedpub.catalog.slugs import RESERVED, mint_slug, release_tables, transliterate

SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


@pytest.mark.parametrize(
    ("name", "slug"),
    [
        ("新媒体", "xin-mei-ti"),
        ("重庆", "chong-qing"),
        ("AI时代", "ai-shi-dai"),
        ("Work type", "work-type"),
        ("bilibili - 话题 (频道 / 标签)", "bilibili-hua-ti-pin-dao-biao-qian"),
        ("Ünïcode", "unicode"),
        ("Привет", "privet"),
        ("../../x", "x"),
        (".NET", "net"),
        ("rss.xml", "rss-xml"),
        ("&amp;", "amp"),
        ("1970", "1970"),
    ],
)
def test_a_name_is_transcribed_to_words(name: str, slug: str) -> None:
    assert mint_slug(name) == slug


@pytest.mark.parametrize("name", ["🎉", "", "...", "___", "\ud800"])
def test_a_name_without_letters_is_called_category_with_its_hash(name: str) -> None:
    assert re.fullmatch(r"category-[0-9a-f]{4}", mint_slug(name))


@pytest.mark.parametrize("name", ["all", "Archive", "MEDIA", "index", "con", "NUL", "Com1", "lpt9"])
def test_a_reserved_name_gets_four_digits_of_its_hash(name: str) -> None:
    assert re.fullmatch(rf"{name.lower()}-[0-9a-f]{{4}}", mint_slug(name))


def test_a_name_taken_by_a_sibling_gets_four_digits_of_its_hash() -> None:
    slug = mint_slug("C#", {"c"}.__contains__)

    assert re.fullmatch(r"c-[0-9a-f]{4}", slug)


def test_a_hash_that_is_taken_too_gets_one_digit_more() -> None:
    short = mint_slug("C#", {"c"}.__contains__)

    longer = mint_slug("C#", {"c", short}.__contains__)

    assert longer.startswith(short)
    assert len(longer) == len(short) + 1


def test_names_that_sound_alike_have_different_hashes() -> None:
    taken = {"shi-shi"}.__contains__

    assert len({mint_slug(name, taken) for name in ("时事", "实事", "史诗", "逝世")}) == 4


def test_a_slug_has_eighty_bytes_at_most_and_ends_at_a_word() -> None:
    assert mint_slug("x" * 500) == "x" * 80
    assert mint_slug("中" * 500) == "-".join(["zhong"] * 13)


def test_a_slug_with_every_candidate_taken_is_refused() -> None:
    with pytest.raises(ValueError, match="every slug of 'a' is taken"):
        mint_slug("a", lambda _: True)


@given(name=st.text(), taken=st.sets(st.sampled_from(["a", "b", "0", "aa", "category"])))
def test_every_name_mints_a_legal_free_slug(name: str, taken: set[str]) -> None:
    slug = mint_slug(name, taken.__contains__)

    assert SLUG.fullmatch(slug)
    assert len(slug.encode()) <= 80
    assert slug not in RESERVED | taken


@given(st.text(alphabet=st.characters(codec="utf-8")))
def test_composed_and_decomposed_names_mint_the_same(name: str) -> None:
    assert mint_slug(unicodedata.normalize("NFD", name)) == mint_slug(name)


def test_the_pinyin_tables_are_loaded_for_chinese_only() -> None:
    script = (
        "import sys; from feedpub.catalog.slugs import mint_slug; mint_slug('News');"
        "assert 'pypinyin' not in sys.modules; mint_slug('新闻'); assert 'pypinyin' in sys.modules"
    )

    subprocess.run([sys.executable, "-c", script], check=True)


def test_tables_are_let_go_of_while_another_thread_imports(monkeypatch: pytest.MonkeyPatch) -> None:
    transliterate("猫")
    modules = sys.modules.copy()
    monkeypatch.setattr(sys, "modules", modules)
    done = threading.Event()

    def import_others() -> None:
        for number in count():
            modules[f"another{number}"] = sys
            time.sleep(0)
            if done.is_set():
                return

    thread = threading.Thread(target=import_others)
    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    thread.start()
    try:
        for _ in range(200):
            release_tables()
    finally:
        sys.setswitchinterval(interval)
        done.set()
        thread.join()

    assert not [name for name in modules if name.startswith("pypinyin")]
