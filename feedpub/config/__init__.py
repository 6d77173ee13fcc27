"""What ``feedpub.toml`` and the environment say, checked and frozen.

``SETTINGS`` is the one table of every key; the reference documentation, ``config show`` and the
checks all come from it.
"""

from feedpub.config.environment import variable_of
from feedpub.config.find import CONFIG_NAME, find_config
from feedpub.config.load import load_config
from feedpub.config.load_mail import require_newsletter
from feedpub.config.private import BACKUPS, KEY_NAME, OUTBOX, UPLOAD
from feedpub.config.resolve import Resolved, resolve_settings
from feedpub.config.schema import SETTINGS
from feedpub.config.secrets import read_password, read_secret
from feedpub.config.setting import Setting
from feedpub.config.show import settings_as_data, show_settings
from feedpub.config.source_values import SourceConfig
from feedpub.config.values import (
    BouncesConfig,
    BucketConfig,
    Config,
    DkimConfig,
    EmbedConfig,
    FeedsConfig,
    Mailbox,
    MailConfig,
    NewsletterConfig,
    PagesConfig,
    ThumbnailsConfig,
    WebConfig,
)

__all__ = [
    "BACKUPS",
    "CONFIG_NAME",
    "KEY_NAME",
    "OUTBOX",
    "SETTINGS",
    "UPLOAD",
    "BouncesConfig",
    "BucketConfig",
    "Config",
    "DkimConfig",
    "EmbedConfig",
    "FeedsConfig",
    "MailConfig",
    "Mailbox",
    "NewsletterConfig",
    "PagesConfig",
    "Resolved",
    "Setting",
    "SourceConfig",
    "ThumbnailsConfig",
    "WebConfig",
    "find_config",
    "load_config",
    "read_password",
    "read_secret",
    "require_newsletter",
    "resolve_settings",
    "settings_as_data",
    "show_settings",
    "variable_of",
]
