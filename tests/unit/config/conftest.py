from collections.abc import Mapping
from pathlib import Path

import pytest

from feedpub.config import Config, load_config
from feedpub.errors import ConfigError, ConfigErrors
from tests.support.settings import SITE, Complain, Load


@pytest.fixture
def load(tmp_path: Path) -> Load:
    """Read settings from text, put after a valid ``[site]`` unless it is to be bare."""

    def load(
        text: str = "", environ: Mapping[str, str] | None = None, *, bare: bool = False
    ) -> Config:
        path = tmp_path / "feedpub.toml"
        path.write_text(text if bare else SITE + text, "utf-8")
        return load_config(path, environ or {})

    return load


@pytest.fixture
def complain(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Complain:
    """Return the lines of the errors that a settings file leads to."""

    def complain(text: str | bytes, environ: Mapping[str, str] | None = None) -> list[str]:
        monkeypatch.chdir(tmp_path)
        data = text if isinstance(text, bytes) else text.encode()
        Path("feedpub.toml").write_bytes(data)
        try:
            load_config(Path("feedpub.toml"), environ or {})
        except ConfigErrors as errors:
            return str(errors).splitlines()
        except ConfigError as error:
            return [str(error)]
        return []

    return complain
