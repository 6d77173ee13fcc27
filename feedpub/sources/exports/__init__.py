"""Exports of WordPress, Ghost, Substack and Medium: each article of one becomes a file."""
