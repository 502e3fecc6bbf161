"""A patient's access report on paper."""

from dataclasses import asdict, dataclass
from datetime import datetime

from cases.documents.typesetting import PageSize, typeset


@dataclass(frozen=True)
class AccessPerson:
    """Somebody who saw or changed the data; `lines` are day, what, how often, by way of, why."""

    name: str
    role: str
    lines: tuple[tuple[str, str, str, str, str], ...]


@dataclass(frozen=True)
class AccessDocument:
    """What the patient is told."""

    institution: str
    patient_name: str
    record_number: str
    period: str
    printed_on: str
    people: tuple[AccessPerson, ...]


def render_access_report(
    document: AccessDocument, *, created_at: datetime, page_size: PageSize = "a4"
) -> bytes:
    """Return the report as a PDF; the same arguments give the same bytes.

    Raises `ValueError` when `created_at` has no time zone.
    """
    return typeset("access_report", asdict(document), page_size=page_size, created_at=created_at)
