"""Tiny blogs of every generator, each with one post."""

from pathlib import Path

HEXO = """
# Site
title: 纸上谈兵
subtitle: ''
description: "一个博客"
author: 张三
language:
  - zh-CN
  - en
timezone: 'Asia/Shanghai'
url: https://blog.example.cn/child
permalink: :year/:month/:day/:title/
source_dir: source
regexp: !!js/regexp /a/
"""
JEKYLL = """
title: Notes
author: {name: Ann}
lang: en-GB
url: "https://ann.example.cn"
baseurl: /notes
timezone: Europe/London
permalink: pretty
tagline: >-
  two
  lines
"""
HUGO = """
baseURL = "https://hugo.example.cn/"
languageCode = "en-us"
title = "H"
timeZone = "Asia/Tokyo"
[permalinks]
posts = "/:section/:year/:slug/"
[params]
author = "B"
description = "D"
"""
ZOLA = """
base_url = "https://zola.example.cn"
title = "Z"
default_language = "de"
author = "C"
"""
ASTRO = """
import { defineConfig } from 'astro/config';
export default defineConfig({
  site: 'https://astro.example.cn',
  base: "/docs",
  integrations: [mdx()],
});
"""
CONSTS = """
export const SITE_TITLE = 'Astro\\'s blog';
export const SITE_DESCRIPTION = "about";
"""
METADATA = """
module.exports = {
  title: "Eleventy",
  url: "https://eleven.example.cn/",
  language: "en",
  author: { name: "E" },
};
"""
PELICAN = """
import os
AUTHOR = "P"
SITENAME = "Pel"
SITEURL = ""
TIMEZONE = "Europe/Rome"
DEFAULT_LANG = "it"
PATH = "content"
ARTICLE_URL = "posts/{date:%Y}/{date:%m}/{slug}/"
SLUGIFY_SOURCE = "basename"
PLUGIN_PATHS = [os.path.join("a", "b")]
"""
PUBLISH = """
from pelicanconf import *
SITEURL = "https://pelican.example.cn"
"""
NIKOLA = """
BLOG_AUTHOR = "N"
BLOG_TITLE = "Nik"
SITE_URL = "https://nikola.example.cn/"
DEFAULT_LANG = "zh_cn"
TIMEZONE = "Asia/Shanghai"
POSTS = (("blog/*.rst", "journal", "post.tmpl"), ("blog/*.md", "journal", "post.tmpl"))
"""

YAML_POST = """---
title: Hello
date: 2026-01-31 09:00:00
categories: [a]
---
Text.
"""
ASTRO_POST = YAML_POST.replace("date:", "pubDate:")
UNDATED_POST = YAML_POST.replace("date: 2026-01-31 09:00:00\n", "")
TOML_POST = """+++
title = "Hello"
date = 2026-01-31
+++
Text.
"""
PELICAN_POST = """Title: Hello
Date: 2026-01-31 09:00

Text.
"""
NIKOLA_POST = """<!--
.. title: Hello
.. slug: hello
.. date: 2026-01-31 09:00:00 UTC+08:00
-->

Text.
"""

BLOGS: dict[str, dict[str, str]] = {
    "hexo": {"_config.yml": HEXO, "source/_posts/hello.md": YAML_POST},
    "jekyll": {"_config.yml": JEKYLL, "_posts/2026-01-31-hello.md": UNDATED_POST},
    "hugo": {"hugo.toml": HUGO, "content/posts/hello.md": TOML_POST},
    "zola": {"config.toml": ZOLA, "content/blog/hello.md": TOML_POST},
    "astro": {
        "astro.config.mjs": ASTRO,
        "src/consts.ts": CONSTS,
        "src/content/blog/hello.md": ASTRO_POST,
    },
    "eleventy": {
        "eleventy.config.js": "",
        "_data/metadata.js": METADATA,
        "content/blog/hello.md": YAML_POST,
        "public/x": "",
    },
    "pelican": {
        "pelicanconf.py": PELICAN,
        "publishconf.py": PUBLISH,
        "content/hello.md": PELICAN_POST,
    },
    "nikola": {"conf.py": NIKOLA, "blog/hello.md": NIKOLA_POST},
}
"""Generator to file to text."""

ADDRESSES = {
    "hexo": "https://blog.example.cn/child/2026/01/31/hello/",
    "jekyll": "https://ann.example.cn/notes/a/2026/01/31/hello/",
    "hugo": "https://hugo.example.cn/posts/2026/hello/",
    "zola": "https://zola.example.cn/blog/hello/",
    "astro": "https://astro.example.cn/docs/blog/hello/",
    "eleventy": "https://eleven.example.cn/blog/hello/",
    "pelican": "https://pelican.example.cn/posts/2026/01/hello/",
    "nikola": "https://nikola.example.cn/journal/hello/",
}
"""Where each generator puts its post."""


def write_blog(root: Path, files: dict[str, str]) -> None:
    """Write files and the folders that they need."""
    for name, text in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text, "utf-8")
