"""Deterministic posts in the shape of a Hexo blog that was generated from RSS feeds."""

import itertools
import json
import random
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

from tests.bench import words

VERSION = 1
SEED = 20_260_131
LEAVES = 200
NODES = 1 + len(words.FIRST_LEVEL) + 69 + LEAVES
FIRST_DATE = datetime(2016, 1, 1, tzinfo=UTC)
LAST_DATE = datetime(2025, 12, 31, tzinfo=UTC)
NEW_DATE = datetime(2026, 1, 2, tzinfo=UTC)

_PARAGRAPHS = 3000
# Begins the titles of the posts that are added later, and of no other.
_NEW = "新到："
# How many blocks the body of a post has: mostly a few, sometimes many; 5.4 KB a post on average.
_BODY_SIZES = (1, 2, 3, 4, 5, 6, 6, 7, 8, 9, 10, 11, 12, 14, 17, 21, 30)


@dataclass(frozen=True, slots=True)
class Post:
    """One generated file, before it is written."""

    title: str
    category: tuple[str, str, str]
    published: datetime
    body: str
    thumbnail: str


def leaf_categories() -> list[tuple[str, str, str]]:
    """Return the 200 leaf categories, each with its two ancestors, all names unique."""
    seconds = [
        (words.FIRST_LEVEL[number % len(words.FIRST_LEVEL)], stem + kind)
        for number, (kind, stem) in enumerate(
            itertools.product(words.SECOND_LEVEL_KINDS, words.SECOND_LEVEL_STEMS)
        )
    ]
    leaves = (
        (first, second, f"{second} - {kind}")
        for kind in words.LEAF_KINDS
        for first, second in seconds
    )
    return list(itertools.islice(leaves, LEAVES))


def make_posts(root: Path, count: int) -> Path:
    """Return the folder with that many posts, written now unless it is there already.

    Args:
        root: Where the folders of all sizes lie.
        count: Posts to write, in one folder a leaf category.
    """
    folder = root / f"posts-{count}"
    stamp = folder / "stamp.json"
    expected = json.dumps({"version": VERSION, "seed": SEED, "count": count})
    posts = folder / "posts"
    if stamp.is_file() and stamp.read_text() == expected:
        return posts
    if folder.exists():
        raise FileExistsError(f"{folder}: not made by this generator; remove it first")
    for category in leaf_categories():
        _folder_of(posts, category).mkdir(parents=True)
    for post in _posts(count):
        _write_post(posts, post)
    stamp.write_text(expected)
    return posts


def write_new_post(posts: Path, number: int) -> Path:
    """Write one more post, newer than all others, and return its path.

    Args:
        posts: A folder from make_posts.
        number: Tells one new post from another; at least 0.
    """
    chooser = random.Random(f"{SEED} new {number}")
    category = leaf_categories()[number % LEAVES]
    published = NEW_DATE + timedelta(minutes=number)
    post = _make_post(number, category, published, chooser, _texts(chooser, 30))
    return _write_post(posts, replace(post, title=f"{_NEW}{post.title}"))


def remove_new_posts(posts: Path) -> None:
    """Make the folder what make_posts left."""
    for path in posts.rglob(f"{_NEW}*.md"):
        path.unlink()


def _posts(count: int) -> Iterator[Post]:
    chooser = random.Random(SEED)
    texts = _texts(chooser, _PARAGRAPHS)
    leaves = leaf_categories()
    ranks = list(range(count))
    chooser.shuffle(ranks)
    step = (LAST_DATE - FIRST_DATE) // count
    for number, rank in enumerate(ranks):
        published = (FIRST_DATE + rank * step).replace(microsecond=0)
        yield _make_post(number, leaves[number % LEAVES], published, chooser, texts)


def _make_post(
    number: int,
    category: tuple[str, str, str],
    published: datetime,
    chooser: random.Random,
    texts: list[str],
) -> Post:
    picture = f"https://img.bench.example/{published:%Y%m}/{number:08d}"
    body = _make_body(number, picture, chooser, texts)
    pick = chooser.choice
    title = pick(words.TITLE_HEADS) + pick(words.TITLE_TOPICS) + pick(words.TITLE_ENDS)
    return Post(
        title=f"{title}（{number}）",
        category=category,
        published=published,
        body=body,
        # Like the model, about half of the posts carry only a random placeholder.
        thumbnail=(
            f"{picture}-0.jpg"
            if number % 2
            else f"https://picsum.photos/400/300?random={number % 9973}"
        ),
    )


def _make_body(number: int, picture: str, chooser: random.Random, texts: list[str]) -> str:
    count = chooser.choice(_BODY_SIZES)
    blocks = chooser.choices(texts, k=count)
    blocks[0] = f"<p>第{number}篇。{blocks[0][3:]}"
    for at in range(1, count, 4):
        blocks[at] += f'<p><img src="{picture}-{at // 4}.jpg" referrerpolicy="no-referrer"></p> '
    inner = "\n".join(blocks)
    if number % 3 == 0:
        inner = f'<div class="content">\n{inner}\n</div>'
    return f"<div>   \n{inner}  \n</div>\n            "


def _texts(chooser: random.Random, count: int) -> list[str]:
    return [_make_paragraph(number, chooser) for number in range(count)]


def _make_paragraph(number: int, chooser: random.Random) -> str:
    sentences = [_make_sentence(chooser) for _ in range(chooser.randint(2, 6))]
    if number % 3 == 0:
        link = f"https://www.bench.example/read?id={number}&amp;from=feed"
        sentences[0] = f'<a href="{link}" target="_blank">{sentences[0]}</a>'
    if number % 5 == 0:
        sentences[-1] = f"<strong>{sentences[-1]}</strong>"
    if number % 7 == 0:
        sentences[1] = f'<span style="color: #333; font-size: 15px">{sentences[1]}</span>'
    joined = "<br>".join(sentences) if number % 11 == 0 else "".join(sentences)
    return f"<p>{joined}</p> "


def _make_sentence(chooser: random.Random) -> str:
    pick = chooser.choice
    start = f"{pick(words.SUBJECTS)}{pick(words.ADVERBS)}{pick(words.PREDICATES)}"
    return f"{start}，{pick(words.TAILS)}。"


def _folder_of(posts: Path, category: tuple[str, str, str]) -> Path:
    return posts.joinpath(*category)


def _write_post(posts: Path, post: Post) -> Path:
    path = _folder_of(posts, post.category) / f"{post.title}.md"
    categories = "".join(f" - {name}\n" for name in post.category)
    date = format_datetime(post.published, usegmt=True)
    path.write_text(
        f"\n---\ntitle: '{post.title}'\ncategories: \n{categories}"
        f"headimg: '{post.thumbnail}'\nauthor: {post.category[1]}\ncomments: false\n"
        f"date: {date}\nthumbnail: '{post.thumbnail}'\n---\n\n{post.body}",
        encoding="utf-8",
    )
    return path
