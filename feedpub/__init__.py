"""Publish articles as feeds, a newsletter and an embed."""

from importlib.metadata import PackageNotFoundError, version

try:
    __version__ = version("feedpub")
except PackageNotFoundError:  # a checkout that was never installed
    __version__ = "0+unknown"
