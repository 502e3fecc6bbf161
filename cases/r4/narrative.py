"""Whether a narrative is XHTML that does nothing: text, tables and pictures, no scripts."""

from functools import cache
from html.entities import entitydefs
from typing import Any

from lxml import etree

SPACE = "http://www.w3.org/1999/xhtml"
#: narrative.html: the basic elements of HTML 4 (chapters 7 to 11 and 15), links and images.
ALLOWED = frozenset(
    (
        *("a", "abbr", "acronym", "address", "b", "bdo", "big", "blockquote", "br", "caption"),
        *("center", "cite", "code", "col", "colgroup", "dd", "del", "dfn", "div", "dl", "dt"),
        *("em", "font", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "i", "img", "ins", "kbd", "li"),
        *("ol", "p", "pre", "q", "samp", "small", "span", "strong", "sub", "sup", "table"),
        *("tbody", "td", "tfoot", "th", "thead", "tr", "tt", "u", "ul", "var"),
    )
)
ADDRESSES = frozenset({"href", "src", "cite", "longdesc", "background"})
#: What an address must not begin with.
ACTIVE = ("javascript:", "vbscript:", "data:text/html")


@cache
def _entities() -> str:
    """HTML's own entities, which XML does not know."""
    known = {"lt", "gt", "amp", "quot"}
    lines = (
        f'<!ENTITY {name} "&#{ord(each)};">'
        for name, each in entitydefs.items()
        if name not in known
    )
    return f"<!DOCTYPE div [{''.join(lines)}]>"


def fault(div: str) -> str:
    """Why the text of a narrative cannot be taken; empty where it can."""
    if "<!DOCTYPE" in div or "<!ENTITY" in div or "<?" in div:
        return "A narrative has no declarations."
    parser = etree.XMLParser(no_network=True, load_dtd=False, huge_tree=False)
    try:
        root = etree.fromstring(f"{_entities()}{div}".encode(), parser)
    except etree.XMLSyntaxError:
        return "This is not well-formed XHTML."
    if root.tag != f"{{{SPACE}}}div":
        return f'A narrative is one <div xmlns="{SPACE}">.'
    for element in root.iter():
        reason = _element_fault(element)
        if reason:
            return reason
    return ""


def _element_fault(element: Any) -> str:
    if not isinstance(element.tag, str):
        return ""  # A comment.
    space, _, name = element.tag.rpartition("}")
    if space != f"{{{SPACE}" or name not in ALLOWED:
        return "A narrative holds text, tables, lists, links and images alone."
    for key, value in element.attrib.items():
        if key.startswith("on"):
            return "A narrative has no scripts."
        plain = "".join(value.split()).casefold()
        if key in ADDRESSES and plain.startswith(ACTIVE):
            return "A narrative has no scripts."
    return ""
