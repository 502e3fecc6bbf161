"""PDF."""

import re
from collections.abc import Iterator
from typing import Any, BinaryIO

import pypdf
from pypdf.errors import LimitReachedError, PyPdfError
from pypdf.generic import (
    ArrayObject,
    ByteStringObject,
    DictionaryObject,
    IndirectObject,
    TextStringObject,
)

from cases.dicom.limits import PDF_OBJECTS, PDF_PAGES
from cases.dicom.reasons import Reason, Unfit

#: Actions that run or open something; going to a page of the same file is none of them.
ACTIVE = {
    "/JavaScript",
    "/Launch",
    "/ImportData",
    "/SubmitForm",
    "/GoToR",
    "/GoToE",
    "/RichMediaExecute",
    "/Rendition",
    "/Thread",
    "/Movie",
}
#: Entries that hold a script, a form with scripts, or a file, wherever they stand.
ACTIVE_ENTRIES = {"/JS", "/JavaScript", "/XFA", "/EmbeddedFiles", "/EF", "/AA"}
#: Where a file outside is named: a viewer that opens one on a share gives away who reads.
OUTSIDE_ENTRIES = ("/F", "/UF", "/DOS", "/Unix", "/Mac")
#: Actions that nobody clicks on, at the opening and after another one; they may go to a page.
BY_THEMSELVES = ("/OpenAction", "/Next")
PAGE = "/GoTo"
ACTIVE_NOTES = {"/FileAttachment", "/RichMedia"}
#: What a link may lead to.
ADDRESS = re.compile(r"\s*(?:https?://|mailto:)", re.IGNORECASE)
TEXTS = (TextStringObject, ByteStringObject)
FAULTS = (PyPdfError, ValueError, TypeError, KeyError, AttributeError, IndexError, OSError)


def check(file: BinaryIO) -> dict[str, Any]:
    """Open a PDF and look at its pages and at every object of it; nothing of it is offered.

    Raises:
        Unfit: encrypted, damaged, too large, or with a script, a file, or a program to start.
    """
    try:
        reader = pypdf.PdfReader(file)
        if reader.is_encrypted:
            raise Unfit(Reason.ENCRYPTED)
        pages = len(reader.pages)
        if not pages:
            raise Unfit(Reason.DAMAGED)
        if pages > PDF_PAGES:
            raise Unfit(Reason.TOO_LARGE)
        if any(map(_is_active, _dictionaries(reader))):
            raise Unfit(Reason.ACTIVE)
    except RecursionError:
        raise Unfit(Reason.NESTED) from None
    except LimitReachedError:
        raise Unfit(Reason.BOMB) from None
    except FAULTS:
        raise Unfit(Reason.DAMAGED) from None
    return {}


def _dictionaries(reader: pypdf.PdfReader) -> Iterator[DictionaryObject]:
    """Every dictionary that the trailer leads to, each once; streams are not inflated.

    Raises:
        Unfit: there are too many objects.
    """
    waiting: list[Any] = [reader.trailer]
    seen: set[tuple[int, int]] = set()
    count = 0
    while waiting:
        value = waiting.pop()
        count += 1
        if count > PDF_OBJECTS:
            raise Unfit(Reason.TOO_LARGE)
        if isinstance(value, IndirectObject):
            place = (value.idnum, value.generation)
            if place not in seen:
                seen.add(place)
                waiting.append(value.get_object())
        elif isinstance(value, DictionaryObject):
            yield value
            waiting += value.values()
        elif isinstance(value, ArrayObject):
            waiting += value


def _is_active(found: DictionaryObject) -> bool:
    if not ACTIVE_ENTRIES.isdisjoint(found):
        return True
    if _whole(found.get("/S")) in ACTIVE or _whole(found.get("/Subtype")) in ACTIVE_NOTES:
        return True
    if any(isinstance(_whole(found.get(entry)), TEXTS) for entry in OUTSIDE_ENTRIES):
        return True
    if any(_goes_elsewhere(_whole(found.get(entry))) for entry in BY_THEMSELVES):
        return True
    return "/URI" in found and not _is_address(_whole(found["/URI"]))


def _goes_elsewhere(action: Any) -> bool:
    """Whether this does more than going to a page; bookmarks have a next one too, and no kind."""
    several = action if isinstance(action, ArrayObject) else [action]
    whole = [_whole(each) for each in several]
    return any(
        isinstance(each, DictionaryObject) and _whole(each.get("/S", PAGE)) != PAGE
        for each in whole
    )


def _is_address(value: Any) -> bool:
    """Whether a link may lead there; the base of all links of a document is in a dictionary."""
    if isinstance(value, DictionaryObject):
        return "/Base" not in value or _is_address(_whole(value["/Base"]))
    text = value.decode("latin-1") if isinstance(value, bytes) else str(value)
    return ADDRESS.match(text) is not None


def _whole(value: Any) -> Any:
    return value.get_object() if isinstance(value, IndirectObject) else value
