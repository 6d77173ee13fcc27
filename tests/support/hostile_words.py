"""Words that somebody might put into a title, a name or a form to break out of a page."""

HOSTILE = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "' onmouseover='alert(1)",
    "</title><script>alert(1)</script>",
    "--><svg onload=alert(1)>",
    "{{ 7 * 7 }}{% raw %}{{ cycler.__init__.__globals__ }}",
    "%(title)s %s 100% %",
    "&lt;b&gt; &amp;amp; &#60;i&#62;",
    "]]><!--<![CDATA[",
    "javascript:alert(1)",
    "`${alert(1)}`",
    "\u202egnp.exe \u200b\u2028",
]
