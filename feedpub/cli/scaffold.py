"""The files of a new site: a commented ``feedpub.toml`` and the lines for ``.gitignore``."""

from pathlib import Path
from typing import TYPE_CHECKING

from feedpub.cli.answers import Answers
from feedpub.cli.files import replace_file
from feedpub.config.show import to_toml

if TYPE_CHECKING:
    from feedpub.sources.generators import Blog

IGNORED = (
    ".feedpub/",
    "feedpub.db*",
    "feedpub.key",
    "feedpub.upload/",
    "outbox/",
    "backups/",
    "remote/",
)


def compose_settings(
    answers: Answers, *, site_id: str, blog: "Blog | None", description: str = "", author: str = ""
) -> str:
    """Return the text of a ``feedpub.toml``.

    Args:
        answers: Checked.
        site_id: UUID.
        blog: Whose articles are read; those of a folder ``articles`` if None.
        description: Empty if there is none.
        author: Empty if there is none.
    """
    return "\n".join(
        [
            *_site(answers, site_id, description, author),
            "",
            *_source(blog),
            "",
            *_feeds(answers, blog),
            "",
        ]
    )


def _site(answers: Answers, site_id: str, description: str, author: str) -> list[str]:
    url = f"url = {to_toml(answers.url)}"
    return [
        "# Settings of feedpub. All keys, with their defaults: feedpub config show",
        "",
        "[site]",
        f"title = {to_toml(answers.title)}",
        "# Where the blog or portal itself is. Links in the feeds need it.",
        url if answers.url else '# url = "https://blog.example.org/"',
        "# The ids of all articles are made from this one: never change it, even if you move.",
        f"id = {to_toml(site_id)}",
        f"language = {to_toml(answers.language)}",
        "# Of dates that are written without a zone.",
        f"timezone = {to_toml(answers.timezone)}",
        _optional("description", description, "One line about the site."),
        _optional("author", author, "Name"),
    ]


def _optional(key: str, value: str, example: str) -> str:
    return f"{key} = {to_toml(value)}" if value else f"# {key} = {to_toml(example)}"


def _source(blog: "Blog | None") -> list[str]:
    if blog is None:
        return [
            "# Where articles are read from. There may be several [[sources]].",
            "[[sources]]",
            'path = "articles"',
            "# Or hexo, jekyll, hugo, eleventy, zola, astro, pelican, nikola, rsshub.",
            'generator = "auto"',
        ]
    lines = [
        f"# Where articles are read from, as {blog.config} has it. There may be several.",
        "[[sources]]",
        f"path = {to_toml(blog.articles)}",
        f"generator = {to_toml(blog.generator)}",
    ]
    if blog.permalink:
        lines.append("# Addresses of the articles on the site; check one in a built feed.")
        lines.append(f"permalink = {to_toml(blog.permalink)}")
    if blog.exclude:
        lines.append(f"exclude = {to_toml(blog.exclude)}")
    return lines


def _feeds(answers: Answers, blog: "Blog | None") -> list[str]:
    where = f"{answers.url or 'https://blog.example.org/'}feeds/"
    folder = f"{blog.public}/feeds" if blog and blog.public else "feeds"
    note = []
    if blog and blog.public:
        note = [f"# {blog.generator} copies {blog.public}/ to the site as it is."]
    return [
        "[feeds]",
        *note,
        f"folder = {to_toml(folder)}",
        "# Where that folder is served, if it is not there:",
        f"# url = {to_toml(where)}",
        "# The newest articles that a feed holds.",
        "entries = 20",
        "# full or summary",
        'content = "full"',
        "",
        "[thumbnails]",
        "# copy: pictures are fetched, made small and served with the feeds. link, none",
        'mode = "copy"',
        "",
        "# A digest by e-mail; look at it with: feedpub preview",
        "# [newsletter]",
        '# weekly = "Fri 09:00"',
        '# from = "Name <news@example.org>"',
        "# Law wants to know in every mail who sends it.",
        '# postal_address = "Street 1, City"',
        "#",
        "# Without a mail server sending is a rehearsal; the password is FEEDPUB_MAIL_PASSWORD.",
        "# [mail]",
        '# host = "smtp.example.org"',
        "# port = 587",
        '# security = "starttls"',
        '# user = "news@example.org"',
    ]


def add_ignored(folder: Path) -> bool:
    """Add what must not be committed to ``.gitignore``; return whether anything was missing."""
    path = folder / ".gitignore"
    # Whatever its encoding is: what is there stays as it is, to the byte.
    before = path.read_bytes().decode("utf-8", "surrogateescape") if path.is_file() else ""
    there = {line.strip().lstrip("/") for line in before.splitlines()}
    missing = [line for line in IGNORED if line not in there]
    if missing:
        gap = "" if not before or before.endswith("\n") else "\n"
        note = "# feedpub: what it remembers, its secret, rehearsals"
        text = f"{before}{gap}{note}\n" + "\n".join(missing) + "\n"
        replace_file(path, text.encode("utf-8", "surrogateescape"))
    return bool(missing)
