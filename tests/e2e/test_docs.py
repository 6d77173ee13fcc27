"""Every command and snippet of the README and the documentation does what the page says."""

import re
from pathlib import Path
from urllib.parse import unquote

import pytest

from docs.generate import PAGES, REFERENCE
from tests.support.documents import Block, Scenario, read_blocks, read_commands

REPOSITORY = Path(__file__).resolve().parents[2]
DOCUMENTS = sorted(
    path.relative_to(REPOSITORY).as_posix()
    for path in (*REPOSITORY.glob("*.md"), *REPOSITORY.glob("docs/**/*.md"))
)
# test_web_servers.py runs these; text is for pictures of folders and for output.
ELSEWHERE = {"nginx", "caddy", "text"}
# The lines that install feedpub from the network are run by .ci/run, as they stand.
BY_CI = ("python3 -m venv ",)
# Work on the checkout itself, for contributors: run by hand or by the hooks they install.
NOT_SCENARIOS = {"CONTRIBUTING.md"}


def blocks_of(document: str) -> list[Block]:
    return read_blocks(REPOSITORY / document, name=document)


def is_install_line(block: Block) -> bool:
    return block.language == "console" and all(
        command.line.startswith(BY_CI) for command in read_commands(block)
    )


# These find an empty database "magazine" on the server that libpq knows from the environment.
WITH_A_SERVER = {"docs/how-to/postgresql.md", "docs/how-to/two-machines.md"}


@pytest.mark.parametrize("document", [name for name in DOCUMENTS if name not in NOT_SCENARIOS])
def test_a_page_does_what_it_shows(
    document: str,
    tmp_path: Path,
    request: pytest.FixtureRequest,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    if document in WITH_A_SERVER:
        cluster = request.getfixturevalue("cluster")
        cluster.execute("DROP DATABASE IF EXISTS magazine WITH (FORCE)")  # of the page before
        cluster.execute("CREATE DATABASE magazine")
        monkeypatch.setenv("PGHOST", str(cluster.folder))
        monkeypatch.setenv("PGUSER", "feedpub")
    with Scenario(tmp_path) as scenario:
        for block in blocks_of(document):
            if not is_install_line(block):
                scenario.play(block)


@pytest.mark.parametrize("document", DOCUMENTS)
def test_every_block_is_of_a_kind_that_is_run(document: str) -> None:
    kinds = {
        block.language
        for block in blocks_of(document)
        if not block.directive.startswith(("file:", "append:"))
    }

    assert kinds <= {"console", "python", "toml"} | ELSEWHERE


@pytest.mark.parametrize(
    "block",
    [b for document in DOCUMENTS for b in blocks_of(document) if b.language == "toml"],
    ids=str,
)
def test_every_configuration_is_accepted(block: Block, tmp_path: Path) -> None:
    from feedpub.config import load_config

    site_id = 'id = "5b0c9d3e-8f14-4c6a-9a27-3f4f0c6d2e11"\n'
    text = block.text
    if "[site]" not in text:
        text += f"\n[site]\n{site_id}"
    elif not re.search("^id *=", text, re.MULTILINE):
        text = text.replace("[site]\n", f"[site]\n{site_id}", 1)
    path = tmp_path / "feedpub.toml"
    path.write_text(text, encoding="utf-8")

    assert load_config(path, {}).site_id


@pytest.mark.parametrize("document", DOCUMENTS)
def test_every_link_within_the_repository_leads_somewhere(document: str) -> None:
    text = (REPOSITORY / document).read_text(encoding="utf-8")
    links = re.findall(r"(?:\]\(|src=\"|href=\")([^)\s\"]+)", text)
    folder = (REPOSITORY / document).parent

    broken = [
        link
        for link in links
        if not re.match("[a-z]+:", link) and not leads(folder, document, link)
    ]

    assert broken == []


def leads(folder: Path, document: str, link: str) -> bool:
    """Return whether a file is there, and in it the heading if the link names one."""
    name, _, anchor = link.partition("#")
    path = folder / unquote(name) if name else REPOSITORY / document
    return path.exists() and (not anchor or unquote(anchor) in anchors_of(path))


def anchors_of(path: Path) -> set[str]:
    """Return what GitHub calls the headings of a page: lower case, no punctuation, hyphens."""
    headings = re.findall(r"^#+ +(.+)$", path.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", text.lower()).replace(" ", "-") for text in headings}


@pytest.mark.parametrize("document", ["README.md", "README.zh-CN.md"])
def test_every_test_that_a_promise_names_is_there(document: str) -> None:
    text = (REPOSITORY / document).read_text(encoding="utf-8")
    named = re.findall(r"\[`(test_\w+)`\]\(([^)]+)\)", text)

    missing = [
        name for name, path in named if f"def {name}(" not in (REPOSITORY / path).read_text("utf-8")
    ]

    assert named
    assert missing == []


@pytest.mark.parametrize("page", PAGES)
def test_the_reference_is_what_the_program_says(page: str) -> None:
    written = (REFERENCE / page).read_text(encoding="utf-8")

    assert written == PAGES[page](), "run: python docs/generate.py"


def test_every_page_is_in_the_table_of_contents() -> None:
    contents = (REPOSITORY / "docs/README.md").read_text(encoding="utf-8")

    pages = {name.removeprefix("docs/") for name in DOCUMENTS if name.startswith("docs/")}

    assert {page for page in pages if f"({page})" not in contents} == {"README.md"}


@pytest.mark.parametrize(
    ("english", "chinese"),
    [
        ("README.md", "README.zh-CN.md"),
        ("docs/tutorial.md", "docs/zh-CN/tutorial.md"),
        ("docs/newsletter.md", "docs/zh-CN/newsletter.md"),
    ],
)
def test_both_languages_show_the_same_commands(english: str, chinese: str) -> None:
    assert list_commands(english) == list_commands(chinese)


def list_commands(document: str) -> list[str]:
    # Pages that are tested side by side need ports of their own.
    return [
        re.sub(r"\b80\d\d\b", "PORT", command.line)
        for block in blocks_of(document)
        if block.language == "console"
        for command in read_commands(block)
    ]
