"""Publish articles as feeds, a newsletter and an embed."""

__version__ = "0.1.0"
