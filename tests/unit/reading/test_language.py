"""The language of a new site is guessed from what is written there, and from nothing else."""

import pytest

from feedpub.reading.language import guess_language

CHINESE = "今天下午的课上，老师带我们一起把旧收音机拆开，看看里面的线圈和电容是怎样工作的。"
ENGLISH = (
    "In the afternoon we took the old radio apart to see how it works, and it was a joy for all."
)
FRENCH = "Cet après-midi nous avons démonté la vieille radio pour voir comment elle marche. " * 2
GERMAN = "Am Nachmittag haben wir das alte Radio zerlegt, um zu sehen, wie es in ihm aussieht. " * 2
JAPANESE = "今日の午後は、みんなで古いラジオを分解して、中のコイルがどう動くのかを見ました。"
KOREAN = "오늘 오후에 우리는 낡은 라디오를 분해해서 안에 있는 코일이 어떻게 작동하는지 보았다."


@pytest.mark.parametrize(
    ("text", "language"),
    [(CHINESE, "zh-CN"), (ENGLISH, "en"), (JAPANESE, "ja"), (KOREAN, "ko"),
     (FRENCH, ""), (GERMAN, ""), ("", ""), ("你好", ""), ("to be", "")],
)  # fmt: skip
def test_a_language_is_told_by_script_and_common_words_or_not_at_all(
    text: str, language: str
) -> None:
    assert guess_language([text]) == language


@pytest.mark.parametrize(
    "around",
    [
        f"---\ntitle: {ENGLISH}\n---\n{{}}",
        f"\ufeff+++\ntitle = '{ENGLISH}'\n+++\n{{}}",
        f"{{}}\n```\n{ENGLISH * 3}\n```\n",
        f"{{}} `{ENGLISH * 3}`",
        f"<p class='{ENGLISH * 3}'>{{}}</p>",
        "{}" + " https://a.example/the/of/and/to" * 30,
    ],
    ids=["yaml", "toml", "code", "word of code", "markup", "addresses"],
)
def test_what_is_no_running_text_does_not_count(around: str) -> None:
    assert guess_language([around.format(CHINESE)]) == "zh-CN"


def test_a_chinese_text_may_be_full_of_english_words() -> None:
    assert (
        guess_language([CHINESE + " class HashMap extends AbstractMap implements Map"]) == "zh-CN"
    )


def test_most_articles_decide_and_those_that_tell_nothing_do_not() -> None:
    assert guess_language([ENGLISH, ENGLISH, CHINESE, "", FRENCH, FRENCH, FRENCH]) == "en"
    assert guess_language([]) == ""
