"""A category of a site, and where its feeds are."""

from feedpub.model import Category

BASE = "https://blog.example/feeds/"
NEWS = Category(1, ("News", "中国"), ("news", "zhong-guo"))
