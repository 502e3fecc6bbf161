"""PDF."""

from collections.abc import Iterable, Iterator
from typing import Any, BinaryIO

import pypdf
from pypdf.errors import LimitReachedError, PyPdfError
from pypdf.generic import ArrayObject, DictionaryObject, IndirectObject

from cases.dicom.limits import PDF_PAGES
from cases.dicom.reasons import Reason, Unfit

#: Actions that run or open something; going to a page or to an address is none of them.
ACTIVE = ("/JavaScript", "/Launch", "/ImportData", "/SubmitForm", "/RichMediaExecute", "/Rendition")
#: Actions one after the other.
CHAIN = 50


def check(file: BinaryIO) -> dict[str, Any]:
    """Open a PDF and look at its pages and actions; nothing of it is offered.

    Raises:
        Unfit: encrypted, damaged, too many pages, or with a script or a program to start.
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
        root = reader.trailer["/Root"].get_object()
        if _names_scripts(root) or any(map(_is_active, _actions(root, reader.pages))):
            raise Unfit(Reason.ACTIVE)
    except RecursionError:
        raise Unfit(Reason.NESTED) from None
    except LimitReachedError:
        raise Unfit(Reason.BOMB) from None
    except (PyPdfError, ValueError, TypeError, KeyError, AttributeError, IndexError, OSError):
        raise Unfit(Reason.DAMAGED) from None
    return {}


def _names_scripts(root: DictionaryObject) -> bool:
    names = _whole(root.get("/Names"))
    return isinstance(names, DictionaryObject) and "/JavaScript" in names


def _actions(root: DictionaryObject, pages: Iterable[DictionaryObject]) -> Iterator[Any]:
    """What happens by itself or on a click: of the document, its pages and their notes."""
    yield root.get("/OpenAction")
    yield from _values(root.get("/AA"))
    for page in pages:
        yield from _values(page.get("/AA"))
        for note in _whole(page.get("/Annots")) or ():
            annotation = _whole(note)
            if isinstance(annotation, DictionaryObject):
                yield annotation.get("/A")
                yield from _values(annotation.get("/AA"))


def _is_active(action: Any) -> bool:
    for _ in range(CHAIN):
        action = _whole(action)
        if isinstance(action, ArrayObject):
            # A destination, or several actions that follow.
            return any(_is_active(part) for part in action if _is_action(part))
        if not isinstance(action, DictionaryObject):
            return False
        if action.get("/S") in ACTIVE:
            return True
        action = action.get("/Next")
    return True


def _is_action(part: Any) -> bool:
    whole = _whole(part)
    return isinstance(whole, DictionaryObject) and "/S" in whole


def _values(actions: Any) -> Iterator[Any]:
    whole = _whole(actions)
    if isinstance(whole, DictionaryObject):
        yield from whole.values()


def _whole(value: Any) -> Any:
    return value.get_object() if isinstance(value, IndirectObject) else value
