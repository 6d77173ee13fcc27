"""The workflow of GitHub Actions that ``feedpub schedule --github-actions`` prints."""

import json
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from feedpub.config import Config

_HEAD = """\
name: feeds
on:
  push:
  schedule:
    - cron: "{when}"
  workflow_dispatch:
# One run at a time: each goes on from what the one before it kept.
concurrency: feeds
permissions:
  contents: read
"""
_PAGES_RIGHTS = """\
  pages: write
  id-token: write
"""
_JOB = """\
jobs:
  build:
    runs-on: ubuntu-latest
"""
_START = """\
    steps:
      - uses: actions/checkout@v4
      - uses: actions/setup-python@v5
        with:
          python-version: "3.12"
      - run: pip install {package}
"""
_CACHE = """\
      # {why} Each run saves it under a key of its own and the next one takes the newest.
      - uses: actions/cache@v4
        with:
          path: |
            {paths}
          key: feedpub-${{{{ github.run_id }}}}-${{{{ github.run_attempt }}}}
          restore-keys: feedpub-
"""
_KEY = """\
      # The links in mails are made with this secret, wherever the site is built.
      - run: umask 077 && printf '%s\\n' "$FEEDPUB_KEY" > feedpub.key
        env:
          FEEDPUB_KEY: ${{ secrets.FEEDPUB_KEY }}
"""
_DEPLOY = """\
      - uses: actions/upload-pages-artifact@v3
        with:
          path: {output}
      - uses: actions/deploy-pages@v4
"""
# Code 75: another machine is at it, or the mail server is not to be reached.
_SEND = """\
      - run: feedpub send --yes || [ $? -eq 75 ]
"""
_DEPLOY_ISSUE = """\
      # The page of an issue that was sent.
      - uses: actions/upload-pages-artifact@v3
        with:
          name: issue
          path: {output}
      - uses: actions/deploy-pages@v4
        with:
          artifact_name: issue
"""


def choose_minute(config: "Config") -> int:
    """Return the minute at which a site is built: the same each time, and not 0 for all."""
    return int(config.site_id[:8], 16) % 60


def compose_actions(config: "Config", every: str) -> str:
    """Return a workflow that builds, keeps what the next run needs and publishes the output.

    It sends only where the database is on a server: who was mailed must not depend on a cache.

    Args:
        config: Of the site.
        every: ``quarter``, ``hour`` or ``day``.
    """
    minute = choose_minute(config)
    when = {
        "quarter": f"{minute % 15}-59/15 * * * *",
        "hour": f"{minute} * * * *",
        "day": f"{minute} 6 * * *",
    }[every]
    to_pages = config.bucket is None
    parts = [_HEAD.format(when=when), _PAGES_RIGHTS if to_pages else "", _JOB]
    if to_pages:
        parts.append("    environment: github-pages\n")
    if variables := _list_secrets(config):
        parts.append("    env:\n")
        parts += (f"      {name}: ${{{{ secrets.{name} }}}}\n" for name in variables)
    return "".join([*parts, *_list_steps(config)])


def _list_secrets(config: "Config") -> list[str]:
    """Return the variables that every step is given from the secrets of the repository."""
    names = ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"] if config.bucket else []
    if config.has_server:
        names.append("FEEDPUB_DATABASE_PASSWORD")
    if _sends(config) and config.mail is not None and config.mail.user:
        names.append("FEEDPUB_MAIL_PASSWORD")
    return names


def _sends(config: "Config") -> bool:
    return config.has_server and config.sends


def _list_steps(config: "Config") -> Iterator[str]:
    has_feeds = any(source.type == "feed" for source in config.sources)
    chosen = {"remote": has_feeds, "s3": config.bucket is not None, "postgres": config.has_server}
    extras = ",".join(name for name, wanted in chosen.items() if wanted)
    yield _START.format(package=f"'feedpub[{extras}]'" if extras else "feedpub")
    yield from _keep(config)
    output = json.dumps(_within(config, config.feeds.folder))
    to_pages, sends = config.bucket is None, _sends(config)
    if to_pages or not sends:
        yield "      - run: feedpub build\n"
    if to_pages:
        yield _DEPLOY.format(output=output)
    if sends:
        # After the deployment: nothing is mailed that leads nowhere. A bucket has it at once.
        yield _SEND
    if sends and to_pages:
        yield _DEPLOY_ISSUE.format(output=output)


def _keep(config: "Config") -> Iterator[str]:
    """Yield the steps that bring back what the run before left."""
    from feedpub.config import UPLOAD

    # Of a bucket, what that is known to hold; it is looked through where nobody remembers.
    output = config.feeds.folder if config.bucket is None else config.root / UPLOAD
    # What feeds of others brought is fetched once, and lost with the machine that fetched it.
    spools = sorted({_within(config, one.path) for one in config.sources if one.type == "feed"})
    database = _within(config, config.database_path)
    own = [] if config.has_server else [database, "feedpub.key"]
    yield _CACHE.format(
        why="What was published last."
        if config.has_server
        else "The catalog remembers what every article is.",
        paths="\n            ".join([*own, _within(config, output), *spools]),
    )
    if config.has_server:
        yield _KEY
    else:
        yield f"      - run: test -e {shlex.quote(database)} || feedpub init --database\n"


def _within(config: "Config", path: Path) -> str:
    return (
        path.relative_to(config.root).as_posix() if path.is_relative_to(config.root) else str(path)
    )
