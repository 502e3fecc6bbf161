"""Which types are written by FHIR, and what becomes of them."""

from cases.fhir.documents import WRITTEN
from cases.fhir.outcome import NotAllowed, UnknownType
from cases.fhir.registry import types


def check_writable(resource_type: str) -> None:
    """Refuse to write a type that only the pages and services make.

    Raises:
        UnknownType: there are no such resources here at all.
        NotAllowed: they are read here and not written.
    """
    if resource_type in WRITTEN:
        return
    if resource_type not in types():
        message = "There are no resources of this type here."
        raise UnknownType(message)
    if resource_type == "Subscription":
        message = "A Subscription is written by itself, not in a bundle or on a condition."
        raise NotAllowed(message)
    message = f"{resource_type} is read here and not written by FHIR: the board makes it."
    raise NotAllowed(message)
