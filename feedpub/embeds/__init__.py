"""The embed: what pages of others include, as static files; values in, UTF-8 bytes out.

Nothing is imported here: who only names files or snippets needs no template engine.
"""
