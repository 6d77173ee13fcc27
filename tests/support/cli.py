"""A command line whose site is made of what a test says."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

from click.testing import CliRunner, Result

from feedpub.cli.main import cli
from feedpub.cli.session import Session
from feedpub.config import Config
from feedpub.model import BuildReport, EmbedForm, EmbedLook, Problem, SiteStatus, Snippet
from tests.support.newsletters import FakeNewsletter
from tests.support.settings import SITE


@dataclass
class FakeSite:
    """Stands for wiring and publisher in one; remembers what it was asked for.

    Attributes:
        report: What a build returns.
        problems: What a check returns.
        site_status: What a status returns.
        error: Raised by whatever is called, if set.
        newsletter: What opening the newsletter gives.
        calls: Name and arguments, in order.
    """

    report: BuildReport = field(default_factory=BuildReport)
    problems: list[Problem] = field(default_factory=list)
    site_status: SiteStatus | None = None
    error: BaseException | None = None
    newsletter: FakeNewsletter = field(default_factory=FakeNewsletter)
    calls: list[tuple[str, Any]] = field(default_factory=list)

    def open_newsletter(self, config: Config) -> FakeNewsletter:
        self._note("open_newsletter", config)
        return self.newsletter

    def _note(self, name: str, *arguments: Any) -> None:
        self.calls.append((name, arguments))
        if self.error is not None:
            raise self.error

    def open_site(self, config: Config) -> Self:
        self._note("open_site", config)
        return self

    def create_site(self, config: Config) -> None:
        self._note("create_site", config)
        config.database_path.touch()

    def restore_site(self, config: Config, archive: Path) -> None:
        self._note("restore_site", config, archive)

    def name_database(self, config: Config) -> str:
        return config.database

    def has_database(self, config: Config) -> bool:
        return config.database_path.exists()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.calls.append(("close", ()))

    def build(self, **options: Any) -> BuildReport:
        self._note("build", options)
        return self.report

    def embed(self, category: str, form: EmbedForm, look: EmbedLook) -> Snippet:
        self._note("embed", category, form, look)
        return Snippet("<script>", "<feedpub-feed", "", "></feedpub-feed>", "https://a.example/")

    def check(self, paths: tuple[Path, ...], *, links: bool) -> list[Problem]:
        self._note("check", paths, links)
        return self.problems

    def status(self) -> SiteStatus:
        self._note("status")
        assert self.site_status is not None
        return self.site_status

    def opml(self) -> bytes:
        self._note("opml")
        return "<opml>中文</opml>".encode()

    def hide(self, article: str) -> str:
        self._note("hide", article)
        return "A title"

    def unhide(self, article: str) -> str:
        self._note("unhide", article)
        return "A title"

    def backup(self, path: Path) -> None:
        self._note("backup", path)
        path.write_bytes(b"1234")

    def asked(self, name: str) -> Any:
        """Return the arguments of the only call of a name."""
        (found,) = (arguments for called, arguments in self.calls if called == name)
        return found


def run(*words: str | Path, site: FakeSite | None = None, **options: Any) -> Result:
    """Run the command line in this process.

    Args:
        words: After ``feedpub``.
        site: Instead of the real adapters.
        options: For click's runner; ``env`` is all of the environment that feedpub sees.
    """
    environ = dict(options.pop("env", {}))
    session = Session(environ=environ, _wiring=site or FakeSite())
    return CliRunner(env=environ).invoke(cli, [str(word) for word in words], obj=session, **options)


def write_site(folder: Path, text: str = "") -> Path:
    """Write valid settings and return their path."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "feedpub.toml"
    path.write_text(SITE + text, "utf-8")
    return path
