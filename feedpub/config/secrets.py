"""Secrets that lie in files of their own."""

from pathlib import Path

from feedpub.config.values import BouncesConfig, Config, MailConfig
from feedpub.errors import ConfigError

_MAX_BYTES = 64 * 1024


def read_password(config: MailConfig | BouncesConfig) -> str:
    """Return the password to log in with; that of the environment comes first.

    Raises:
        ConfigError: The file cannot be read, is empty, or others can read it; or there is neither.
    """
    if config.password:
        return config.password
    if config.password_file is not None:
        return read_secret(config.password_file).strip("\r\n")
    section = "mail" if isinstance(config, MailConfig) else "bounces"
    raise ConfigError(
        f'no password; set FEEDPUB_{section.upper()}_PASSWORD, or add password_file = "path"'
        f" to [{section}]"
    )


def read_database_password(config: Config) -> str:
    """Return the password of the database's server; empty where libpq finds one, or needs none.

    Raises:
        ConfigError: The file cannot be read, is empty, or others can read it.
    """
    if config.database_password or config.database_password_file is None:
        return config.database_password
    return read_secret(config.database_password_file).strip("\r\n")


def read_secret(path: Path) -> str:
    """Return the text of a file that only its owner may read.

    Raises:
        ConfigError: It cannot be read, is empty, or others can read it.
    """
    if is_exposed(path):
        raise ConfigError(f"others can read it; type: chmod 600 {path}", path=str(path))
    try:
        with path.open(encoding="utf-8") as file:
            text = file.read(_MAX_BYTES)
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise ConfigError(f"cannot be read: {reason}", path=str(path)) from error
    except UnicodeDecodeError as error:
        raise ConfigError("not text in UTF-8; save it again", path=str(path)) from error
    if not text.strip():
        raise ConfigError("empty; write the secret into it", path=str(path))
    return text


def is_exposed(path: Path) -> bool:
    """Return whether everybody on this machine may read or change a file that exists."""
    try:
        return bool(path.stat().st_mode & 0o006)
    except OSError:
        return False
