"""Texts that mean harm to whatever reads more into them than letters."""

# `evil.test` is in every one, so that it can be found wherever it comes out.
NAMES = (
    "![x](http://evil.test/a.png) :smile: www.evil.test",
    "<img src=http://evil.test/x onerror=alert(1)>",
    "[x](javascript:alert(1)) `evil.test` $a$ a@evil.test",
    '=HYPERLINK("http://evil.test";"x")',
    ":red[evil.test] :material/home: <!-- -->",
    "%{x} {club} %s <b>evil.test</b><br>&lt;",
    "| # evil.test | **bold** ~~x~~ [^1]",
    "W" * 60,
)
TITLES = (
    "![x](http://evil.test/a.png) [y](http://evil.test) www.evil.test",
    "<script src=http://evil.test></script><a href=javascript:alert(1)>x</a>",
    "=cmd|' /C calc'!A0 @evil.test;BEGIN:VEVENT,\\n\\N;",
    "# $\\frac{evil.test}{2}$ :smile: :material/home: :red[x] ~~y~~ -> x <- y -- z",
    "%{x} {club} {0} %s %n %(name)s <b>evil.test</b><br>&lt;&amp;",
    "'; DROP TABLE movies; -- ../../evil.test C:\\evil.test con .hidden",
    "é" + "\u0300\u0301" * 90 + " evil.test",
    "+1 \u200b\u200d\ufeff evil.test 👩\u200d🚀 \u05d0\u05d1 1. - * > |a|b|",
)
LONG_TITLE = "M" * 200
WORDS = ("**evil.test**", "![w](http://evil.test)", "<u>evil.test</u>", ":x: www.evil.test")
NOTES = "1. evil.test ![n](http://evil.test/n.png)\n\n# two <script>\nhttp://evil.test a@evil.test"
