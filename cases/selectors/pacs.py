"""The institution's picture archive and viewer."""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from django.conf import settings

from cases.dicom.pacs import Pacs
from cases.dicom.pacs_access import Access, Unreadable
from cases.dicom.pacs_faults import Fault, PacsError
from cases.dicom.pacs_viewer import filled
from cases.models import PacsConnection, Study
from tumorboard.tenancy.scope import current_institution


@dataclass(frozen=True)
class OnCasePage:
    """What the page of a case offers of archive and viewer."""

    #: Whether studies can be looked for in an archive.
    has_archive: bool
    #: Addresses in the viewer, by the study's id.
    viewer_links: dict[UUID, str]


def connection() -> PacsConnection | None:
    """The institution's archive and viewer; None where nobody named one."""
    return PacsConnection.objects.select_related("saved_by").first()


def access() -> Access:
    """What the operator allows this institution.

    Raises:
        PacsError: the operator's configuration cannot be read; `manage.py check` says why.
    """
    try:
        return Access.of(
            institution=current_institution().slug,
            hosts=settings.PACS_HOSTS,
            credentials=settings.PACS_CREDENTIALS,
        )
    except Unreadable:
        raise PacsError(Fault.OFF) from None


def archive(stored: PacsConnection | None) -> Pacs:
    """The archive that `stored` names, to be asked once.

    Raises:
        PacsError: there is none, or the operator does not allow it.
    """
    allowed = access()
    if not allowed.origins or stored is None or not stored.qido_url:
        raise PacsError(Fault.OFF if not allowed.origins else Fault.NOT_NAMED)
    return Pacs(
        access=allowed,
        qido_url=stored.qido_url,
        wado_url=stored.wado_url,
        credentials=stored.credentials,
        ca_file=settings.PACS_CA_FILE,
    )


def viewer_links(studies: Iterable[Study]) -> dict[UUID, str]:
    """Each study's address in the hospital's viewer, by id; without those that have none."""
    return on_case_page(studies).viewer_links


def viewer_link(study: Study) -> str:
    """The study's address in the hospital's viewer; empty where there is none."""
    return viewer_links([study]).get(study.pk, "")


def on_case_page(studies: Iterable[Study]) -> OnCasePage:
    """What the page of a case offers of archive and viewer, in one query."""
    stored = connection()
    if stored is None:
        return OnCasePage(has_archive=False, viewer_links={})
    links = {
        study.pk: filled(
            stored.viewer_template,
            study_uid=study.study_uid,
            accession_number=study.accession_number,
        )
        for study in studies
    }
    return OnCasePage(
        has_archive=bool(stored.qido_url),
        viewer_links={pk: link for pk, link in links.items() if link},
    )
