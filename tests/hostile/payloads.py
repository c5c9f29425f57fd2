"""Payloads by what they are after.

Markup calls its element, its attribute or its header ``hostile``, so that what came through can be told from what the
page itself says; sums in templates have a result that nobody writes.
"""

from __future__ import annotations

#: 913 · 907, which a template engine would make of the sums below.
SUM = "828091"
ELSEWHERE = "hostile.example"

SQL = [
    "' OR '1'='1",
    "1; DROP TABLE friendship_place; --",
    "' UNION SELECT password FROM auth_user --",
    "1)) OR 1=1 --",
    "'; SELECT pg_sleep(5); --",
    "1 AND 1=randomblob(500000000)",
    "1' ORDER BY 99 --",
    '" OR ""="',
    "%' ESCAPE '",
    "\\",
    "%",
    "%%%%%%%%%%",
    "_" * 200,
    "id); --",
    "-founded; DELETE FROM auth_user",
    "founded__password",
    "home__country__pk",
]
MARKUP = [
    "<hostile>",
    "<script hostile>alert(1)</script>",
    '"><hostile a="',
    "'><hostile a='",
    '" hostile="1',
    "' hostile='1",
    " hostile=1 ",
    "</title><hostile>",
    "</textarea><hostile>",
    "</script><hostile>",
    "--><hostile>",
    "]]><hostile/>",
    "<svg/hostile/onload=alert(1)>",
    "javascript:hostile()",
    "data:text/html,<hostile>",
    "&lt;hostile&gt;",
    "&#60;hostile&#62;",
    "\\u003chostile\\u003e",
    "\uff1chostile\uff1e",  # full width: a normalisation after the escaping would make markup of it
    "<\0hostile>",
    "+ADw-hostile+AD4-",
]
TEMPLATES = [
    "{{913*907}}",
    "${913*907}",
    "#{913*907}",
    "<%= 913*907 %>",
    "{% print 913*907 %}",
    "{{ ''.__class__.__mro__ }}",
    "{{ config }}",
    "{0.__class__.__init__.__globals__}",
    "%(SECRET_KEY)s",
    "%s%s%s%s%n",
    "%d" * 50,
]
PATHS = [
    "../../../../../../etc/passwd",
    "..%2f..%2f..%2fetc%2fpasswd",
    "..\\..\\..\\windows\\win.ini",
    "....//....//etc/passwd",
    "/etc/passwd",
    "file:///etc/passwd",
    ".git/config",
    "../config/settings.py",
    "%2e%2e%2f",
    "static/../../manage.py",
]
LINES = [
    "x\r\nSet-Cookie: hostile=1",
    "x\r\nHostile: 1",
    "\r\n\r\n<hostile>",
    "%0d%0aHostile: 1",
    "x\nHostile: 1",
    "\u560d\u560aHostile: 1",  # whose last bytes are CR and LF
    "\u2028\u2029\x85\x0b\x0c",
]
NUL = ["\0", "a\0b", "1\0", "%00", "mianyang\0.html"]
LONG = ["a" * 201, "绵" * 400, "a b " * 400, "&" * 1_200, "/" * 1_200, "1," * 900, "a" * 5_000]
UNICODE = [
    "\u202e\u2066gnp.elif",
    "\ufeff",
    "İıſK",
    "ﷺ" * 60,
    "e" + "\u0301" * 500,
    "\U000e0001\U000e0041",
    "𠮷野家",
    "\ud800",
    "\udfff\ud800",
    "\uffff",
    "👨‍👩‍👧‍👦" * 20,
    "\u0085\u00a0\u3000",
    "ß" * 200,
]
NUMBERS = [
    "-1",
    "0",
    "9" * 20,
    "9" * 400,
    "9" * 3_500,
    "18446744073709551616",
    "-9223372036854775809",
    "2147483648",
    "1e999",
    "NaN",
    "Infinity",
    "1.5",
    "0x10",
    "1_0",
    "²",
    "٣",
    "１９８２",
    "+1",
    "--1",
]
#: What regular expressions, comparisons of texts and sorting could burn time on.
BOMBS = [
    "a" * 199 + "!",
    "-" * 200,
    " " * 1_200 + "x",
    "(" * 200,
    "(a+)+$" * 30,
    ".*" * 100,
    "[" * 200,
    "—" * 199 + "x",
    "ni hao " * 28,
    "xi an " * 33,
    "1-" * 900,
    "、" * 200,
    "市" * 200,
    ";q=0.1," * 200,
    '"' * 1_200,
    'W/"' * 300,
]
REDIRECTS = [
    f"https://{ELSEWHERE}/",
    f"//{ELSEWHERE}/",
    f"/\\{ELSEWHERE}/",
    f"\\\\{ELSEWHERE}",
    f"https:{ELSEWHERE}",
    f"https://127.0.0.1@{ELSEWHERE}/",
    f"https://127.0.0.1.{ELSEWHERE}/",
    "http://169.254.169.254/latest/meta-data/",
    f"javascript://{ELSEWHERE}/%0aalert(1)",
]
KINDS: dict[str, list[str]] = {
    "SQL": SQL,
    "markup": MARKUP,
    "templates": TEMPLATES,
    "paths": PATHS,
    "lines": LINES,
    "NUL": NUL,
    "overlong": LONG,
    "Unicode": UNICODE,
    "numbers": NUMBERS,
    "bombs": BOMBS,
    "other hosts": REDIRECTS,
}
ALL = [payload for payloads in KINDS.values() for payload in payloads]
