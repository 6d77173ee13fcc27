"""Where passwords come from, and that nobody sees them."""

from pathlib import Path

import pytest

from feedpub.config import (
    Config,
    MailConfig,
    read_password,
    resolve_settings,
    settings_as_data,
    show_settings,
)
from feedpub.errors import ConfigError
from tests.support.settings import LETTER, SITE, Complain, Load


@pytest.mark.parametrize("section", ["mail", "bounces"])
def test_a_password_in_a_known_section_is_refused_and_not_repeated(
    complain: Complain, section: str
) -> None:
    (found,) = complain(f"{SITE}[{section}]\npassword = 'hunter2'\n")

    assert found.startswith("feedpub.toml:5:1: 'password' is a secret")
    assert f"FEEDPUB_{section.upper()}_PASSWORD" in found
    assert "hunter2" not in found


def with_password(load: Load, environ: dict[str, str] | None = None) -> Config:
    return load(f"{LETTER}[mail]\nuser = 'me'\npassword_file = 'secret'\n", environ)


def mail_of(config: Config) -> MailConfig:
    assert config.mail is not None
    return config.mail


def write_secret(tmp_path: Path, text: str = "hunter2\n", mode: int = 0o600) -> None:
    (tmp_path / "secret").write_text(text)
    (tmp_path / "secret").chmod(mode)


def test_a_password_comes_from_its_file(load: Load, tmp_path: Path) -> None:
    write_secret(tmp_path)

    assert read_password(mail_of(with_password(load))) == "hunter2"


def test_the_environment_goes_before_the_file(load: Load, tmp_path: Path) -> None:
    write_secret(tmp_path)
    config = with_password(load, {"FEEDPUB_MAIL_PASSWORD": "other"})

    assert read_password(mail_of(config)) == "other"
    assert "other" not in repr(config)


@pytest.mark.parametrize("mode", [0o604, 0o606, 0o644])
def test_a_password_that_others_can_read_is_refused(load: Load, tmp_path: Path, mode: int) -> None:
    write_secret(tmp_path, mode=mode)

    with pytest.raises(ConfigError, match=r":9:17: password_file: others can .* chmod 600 secret"):
        with_password(load)


def test_a_password_that_became_readable_is_refused_when_it_is_used(
    load: Load, tmp_path: Path
) -> None:
    config = with_password(load)
    write_secret(tmp_path, mode=0o644)

    with pytest.raises(ConfigError, match="others can read it; type: chmod 600"):
        read_password(mail_of(config))


def test_a_missing_password_is_missed_only_when_it_is_used(load: Load, tmp_path: Path) -> None:
    config = with_password(load)

    with pytest.raises(ConfigError, match="secret: cannot be read: no such file"):
        read_password(mail_of(config))


def test_an_empty_password_file_is_refused(load: Load, tmp_path: Path) -> None:
    write_secret(tmp_path, "\n")

    with pytest.raises(ConfigError, match="empty; write the secret into it"):
        read_password(mail_of(with_password(load)))


def test_no_password_at_all_names_both_ways(load: Load) -> None:
    with pytest.raises(ConfigError, match=r"set FEEDPUB_BOUNCES_PASSWORD, or add password_file"):
        read_password(load().bounces)


@pytest.mark.parametrize("name", ["FEEDPUB_MAIL_PASSWORD", "FEEDPUB_BOUNCES_PASSWORD"])
def test_a_password_for_nothing_is_odd(load: Load, name: str) -> None:
    (warning,) = load(LETTER, {name: "hunter2"}).warnings

    assert warning.startswith(f"{name}: there is no ")
    assert "hunter2" not in warning


@pytest.mark.parametrize(
    "name", ["FEEDPUB_MAIL_PORT", "FEEDPUB_MAIL_RATE", "FEEDPUB_MAIL_USER", "FEEDPUB_MAIL_FOLDER"]
)
def test_a_variable_alone_does_not_have_anything_mailed(
    load: Load, tmp_path: Path, name: str
) -> None:
    config = load(LETTER, {name: "25"})
    shown = show_settings(resolve_settings(tmp_path / "feedpub.toml", {name: "25"}))

    (warning,) = config.warnings
    assert warning.startswith(f"{name}: there is no [mail], so it does nothing; name the mail ")
    assert config.mail is None
    assert "[mail]" not in shown


@pytest.mark.parametrize(
    "environ", [{"FEEDPUB_MAIL_HOST": "mx.example.org"}, {"FEEDPUB_MAIL_TYPE": "sendmail"}]
)
def test_a_variable_that_names_the_way_stands_for_the_section(
    load: Load, tmp_path: Path, environ: dict[str, str]
) -> None:
    config = load(LETTER, environ)
    shown = show_settings(resolve_settings(tmp_path / "feedpub.toml", environ))

    assert config.mail is not None
    assert "[mail]" in shown


def test_a_password_is_never_shown(tmp_path: Path) -> None:
    path = tmp_path / "feedpub.toml"
    path.write_text(f"{SITE}{LETTER}[mail]\nuser = 'me'\n")
    environ = {"FEEDPUB_MAIL_PASSWORD": "hunter2"}
    resolved = resolve_settings(path, environ)

    shown = show_settings(resolved, origin=True)
    data = settings_as_data(resolved)

    assert '# password = "***", from FEEDPUB_MAIL_PASSWORD' in shown
    assert data["mail.password"] == {"value": "***", "origin": "FEEDPUB_MAIL_PASSWORD"}
    assert "hunter2" not in shown + str(data)
