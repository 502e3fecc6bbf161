"""Reading XML that a stranger may have written."""

from lxml import etree

#: [INT] Characters and depth of a document. A federation's metadata of thousands of providers are
#: larger; an institution gives those of its own alone.
LONGEST, DEEPEST = 200_000, 40


class BadXml(ValueError):
    """It is not XML, or XML of a kind that is not read here."""


def read(text: bytes) -> etree._Element:
    """The root of a document: no document type, so no entities that grow; nothing is fetched.

    Raises:
        BadXml: too long, too deep, with a document type, or no XML.
    """
    if len(text) > LONGEST or b"<!DOCTYPE" in text or b"<!ENTITY" in text:
        raise BadXml
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False
    )
    try:
        root = etree.fromstring(text, parser)
    except (etree.XMLSyntaxError, ValueError):
        raise BadXml from None
    # In another encoding the words above look different.
    if root.getroottree().docinfo.doctype or _depth(root) > DEEPEST:
        raise BadXml
    return root


def _depth(root: etree._Element) -> int:
    deepest = depth = 0
    for event, _ in etree.iterwalk(root, events=("start", "end")):
        depth += 1 if event == "start" else -1
        deepest = max(deepest, depth)
    return deepest
