"""Tags of templates in a body, and what they become."""

import pytest

from tests.support.markup import BASE, REL, Render

TEMPLATES = {
    "hexo picture": (
        "hexo",
        '{% asset_img a.png "一 图" %}',
        'post/a.png" alt="一 图">',
    ),
    "hexo video": (
        "hexo",
        "{% youtube abc-1 %}",
        f'<a href="https://www.youtube.com/watch?v=abc-1"{REL}>▶ www.youtube.com/watch?v=',
    ),
    "hexo code": (
        "hexo",
        "{% codeblock js %}\na < {% b %}\n{% endcodeblock %}",
        "a &lt; {% b %}",
    ),
    "hexo link": (
        "hexo",
        "{% link 官网 https://h.example/ %}",
        f'"https://h.example/"{REL}>官网</a>',
    ),
    "hexo asset": ("hexo", "{% asset_link a.pdf 文件 %}", f'"{BASE}a.pdf"{REL}>文件</a>'),
    "hexo post": ("hexo", "{% post_link a-post 那一篇 %}", "<p>那一篇</p>"),
    "hexo video of nothing": ("hexo", 'a{% youtube "><script> %}b', "<p>ab</p>"),
    "hexo picture of nothing": ("hexo", "a{% asset_img %}b", "<p>ab</p>"),
    "hugo reference": ("hugo", '[a]({{< ref "/b.md" >}})', 'href="https://blog.example/b"'),
    "hexo raw": ("hexo", "{% raw %}{{ a }}{% endraw %}", "{{ a }}"),
    "hexo unknown": ("hexo", "{% note info %}text{% endnote %}", "<p>text</p>"),
    "hexo expression is text": ("hexo", "{{ a }}", "<p>{{ a }}</p>"),
    "fenced code is left alone": ("hexo", "```\n{% note %}\n```", "{% note %}"),
    "jekyll code": (
        "jekyll",
        "{% highlight c %}\na\n{% endhighlight %}",
        "<pre><code>a</code>",
    ),
    "jekyll address": ("jekyll", "[a]({{ '/x' | relative_url }})", 'href="https://blog.example/x"'),
    "jekyll expression": ("jekyll", "a{{ page.date }}b", "<p>ab</p>"),
    "jekyll comment": ("jekyll", "a{% comment %}hidden{% endcomment %}b", "<p>ab</p>"),
    "hugo figure": (
        "hugo",
        '{{< figure src="/a.png" title="T" >}}',
        '<img src="https://blog.example/a.png" alt="T"><figcaption>T</figcaption>',
    ),
    "hugo shortcode": ("hugo", "{{% note %}}text{{% /note %}}", "<p>text</p>"),
    "hugo code": (
        "hugo",
        "{{< highlight go >}}\na\n{{< /highlight >}}",
        "<pre><code>a</code></pre>",
    ),
    "zola": ("zola", '{{ youtube(id="abc") }}', "watch?v=abc"),
    "rsshub has none": ("rsshub", "<div>{% a %}</div>", "<div>{% a %}</div>"),
}


@pytest.mark.parametrize(("generator", "body", "part"), TEMPLATES.values(), ids=TEMPLATES)
def test_tags_of_templates_become_what_they_show(
    render: Render, generator: str, body: str, part: str
) -> None:
    assert part in render(body, generator).html


def test_more_marks_vanish(render: Render) -> None:
    assert render("a\n\n<!-- more -->\n\nb<!--more-->").html == "<p>a</p>\n\n<p>b</p>"
