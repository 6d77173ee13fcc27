"""The only place that picks adapters: settings in, ready APIs out.

An API is wired when it is asked for, so that a build does not load what only mails need.
"""

from feedpub.wiring.publishing import (
    KEY_NAME,
    SCHEMA,
    create_site,
    digest_settings,
    make_setup,
    make_sources,
    open_site,
    restore_site,
)

__all__ = [
    "KEY_NAME",
    "SCHEMA",
    "create_site",
    "digest_settings",
    "make_setup",
    "make_sources",
    "open_site",
    "restore_site",
]
