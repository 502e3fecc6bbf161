"""ImagingStudies: what was examined, when and how."""

from cases.readings.answer import Coded
from cases.readings.fhir.datatypes import coded, codes_in, coding, day
from cases.readings.fhir.part import Part
from cases.readings.fhir.resource import Resource
from cases.readings.fhir.statuses import is_said
from cases.readings.reading import Kind
from cases.readings.studies import examination

DICOM_UID, UID_PREFIX = "urn:dicom:uid", "urn:oid:"
ACCESSION = "ACSN"
NO_MODALITY = "Which kind of study it was cannot be told, so no study is entered."
NO_DAY = "The day of the study is not given."
UID_LETTERS, ACCESSION_LETTERS, SITE_LETTERS = 64, 60, 200
#: "registered" says that the pictures have not come, not that there was no study.
SPEAKS = frozenset({"registered"})


def read(resource: Resource) -> None:
    """Write down the study that an ImagingStudy is."""
    root = resource.root
    if not is_said(resource, unless=SPEAKS):
        return
    performed = day(root.at("started"))
    kind = codes_in(root.each("procedureCode"), root.at("procedureCode").path)
    modalities = _modalities(root)
    known = examination(kind, local=resource.local)
    by_modality = examination(modalities, local=resource.local)
    if not known and kind.codes:
        resource.tell_codes(kind)
    if not known and not by_modality:
        resource.tell_codes(modalities)
        root.at("modality").tell(NO_MODALITY)
        return
    if performed is None:
        root.at("started").tell(NO_DAY)
        return
    values = {
        **by_modality,
        **known,
        "performed_on": performed,
        **identifiers(root),
        "performing_site": _short(root.at("location").text("display"), SITE_LETTERS, root),
    }
    resource.say(Kind.STUDY, values, on=performed)


def _modalities(root: Part) -> Coded:
    """Every modality that the study or one of its series has."""
    own = [coding(part) for part in root.each("modality")]
    series = [coding(one.at("modality")) for one in root.each("series")]
    return Coded(root.at("modality").path, tuple(c for c in (*own, *series) if c.code))


def identifiers(root: Part) -> dict[str, str]:
    """`study_uid` and `accession_number`, as far as they are given; others are told."""
    found = {}
    for part in root.each("identifier"):
        part.at("use")
        value, system = part.text("value"), part.text("system")
        kinds = {code.code for code in coded(part.at("type")).codes}
        uid = value.removeprefix(UID_PREFIX)
        if system == DICOM_UID and uid:
            found["study_uid"] = _short(uid, UID_LETTERS, part)
        elif ACCESSION in kinds and value:
            found["accession_number"] = _short(value, ACCESSION_LETTERS, part)
        else:
            part.tell("This identifier is neither a study's UID nor an accession number.")
    return found


def _short(text: str, letters: int, part: Part) -> str:
    """The text where it fits; too long a one is told."""
    if len(text) <= letters:
        return text
    part.tell(f"It has more than {letters} letters.")
    return ""
