"""Make strangers' HTML harmless: an allowlist, no script, no form, no style sheet, nothing fetched.

This is the first of three layers; the page that shows it is a sandboxed frame under its own content policy.
It needs no framework, so that it can run where untrusted bytes are read.
"""

import nh3

LONGEST = 2_000_000

_TAGS = {
    *(
        "a",
        "abbr",
        "acronym",
        "b",
        "bdi",
        "bdo",
        "big",
        "blockquote",
        "br",
        "caption",
        "center",
        "cite",
        "code",
    ),
    *(
        "col",
        "colgroup",
        "dd",
        "del",
        "dfn",
        "div",
        "dl",
        "dt",
        "em",
        "font",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
    ),
    *("hr", "i", "img", "ins", "kbd", "li", "mark", "ol", "p", "pre", "q", "s", "samp", "small", "span"),
    *(
        "strike",
        "strong",
        "sub",
        "sup",
        "table",
        "tbody",
        "td",
        "tfoot",
        "th",
        "thead",
        "time",
        "tr",
        "tt",
        "u",
    ),
    *("ul", "var"),
}
_NEVER_SHOWN = {"script", "style", "title", "head", "noscript", "template", "iframe", "object", "svg", "math"}
_ATTRIBUTES = {
    "*": {"dir", "lang", "title"},
    "a": {"href"},
    "font": {"color"},
    # `src` only for what came with the mail: an image that is fetched tells its sender who reads and when.
    "img": {"alt", "width", "height", "src"},
    "li": {"value"},
    "ol": {"start", "type", "reversed"},
    "table": {"border", "cellpadding", "cellspacing", "align"},
    "td": {"colspan", "rowspan", "align", "valign"},
    "th": {"colspan", "rowspan", "align", "valign", "scope"},
    "time": {"datetime"},
}


def _keep_attribute(tag: str, name: str, value: str) -> str | None:
    """Let `cid:` be the source of a picture and nothing else, and let nothing else be one."""
    own = value.strip().lower().startswith("cid:")
    if name == "src":
        return value if own and tag == "img" else None
    return None if own and name == "href" else value


_CLEANER = nh3.Cleaner(
    tags=_TAGS,
    clean_content_tags=_NEVER_SHOWN - _TAGS,
    attributes=_ATTRIBUTES,
    url_schemes={"http", "https", "mailto", "tel", "cid"},
    attribute_filter=_keep_attribute,
    url_relative="deny",
    link_rel="noopener noreferrer nofollow",
    strip_comments=True,
)


def sanitise(html: str) -> str:
    """Return the HTML with nothing in it that runs, fetches, posts or covers; twice is the same as once."""
    return _CLEANER.clean(html[:LONGEST].replace("\0", "\ufffd"))
