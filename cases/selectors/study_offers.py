"""What the DICOM files of a study offer for its columns; a person says which are taken over."""

import datetime
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from cases.models import Study, StudyFile
from cases.models.study import Contrast, Modality, Phase, Region, Sequence, Tracer
from cases.models.study_file import FileState
from cases.selectors.dicom_modalities import reading
from tumorboard.formats import day


@dataclass(frozen=True)
class Offer:
    """A value for one column of a study.

    Attributes:
        value: as the service takes it.
        words, current: the value, and what stands there now, for a reader; `current` is empty
            where nothing does.
        origin: where in the file it stands, as it stands there.
    """

    column: str
    label: str
    value: Any
    words: str
    current: str
    origin: str


#: Words in a header that mean one code. A word that could mean two means none.
Words = tuple[tuple[str, str], ...]
TRACERS: Words = (
    (r"dota.?tate|netspot|detectnet", Tracer.DOTATATE),
    (r"dota.?toc|edotreotide", Tracer.DOTATOC),
    (r"dota.?noc", Tracer.DOTANOC),
    (r"pentetreotide|octreoscan", Tracer.IN111_PENTETREOTIDE),
    (r"f-?dopa|fluoro-?dopa|fluorodihydroxyphenylalanine", Tracer.FDOPA),
    (r"\bfdg\b|fluoro-?deoxy-?glucose", Tracer.FDG),
)
MODALITY_OF = {
    Tracer.DOTATATE: Modality.PET_SSTR,
    Tracer.DOTATOC: Modality.PET_SSTR,
    Tracer.DOTANOC: Modality.PET_SSTR,
    Tracer.FDG: Modality.PET_FDG,
    Tracer.FDOPA: Modality.PET_FDOPA,
    Tracer.IN111_PENTETREOTIDE: Modality.SRS,
}
AGENTS: Words = (
    (r"gadoxet|primovist|eovist", Contrast.GADOLINIUM_HEPATOBILIARY),
    (r"gadobutrol|gadovist|gadavist|gadoter|dotarem|clariscan|gadoteridol|prohance|gadopiclenol"
     r"|gadopentetate|magnevist", Contrast.GADOLINIUM),
    (r"iohexol|omnipaque|iopamidol|isovue|iopamiro|iodixanol|visipaque|iomeprol|imeron|iomeron"
     r"|iopromid|ultravist|ioversol|optiray|iobitridol|xenetix", Contrast.IODINATED),
    (r"sonovue|lumason|sulphur hexafluoride|sulfur hexafluoride|definity|perflutren|sonazoid",
     Contrast.MICROBUBBLES),
)  # fmt: skip
PHASES: Words = (
    (r"unenhanced|non.?contrast|without contrast|\bnative?\b|pre.?contrast", Phase.UNENHANCED),
    (r"early arterial", Phase.EARLY_ARTERIAL),
    (r"late arterial", Phase.LATE_ARTERIAL),
    (r"pancreatic (phase|parenchym)", Phase.PANCREATIC),
    (r"portal|\bpv\b", Phase.PORTAL_VENOUS),
    (r"delayed|equilibrium", Phase.DELAYED),
    (r"hepatobiliary|\bhbp\b", Phase.HEPATOBILIARY),
)
SEQUENCES: Words = (
    (r"mrcp", Sequence.MRCP),
    (r"\bdwi|\bdiff|\badc\b|\bb ?\d{2,4}\b", Sequence.DWI),
    (r"in.?(and.?)?(out|opp).*phase|opp.*phase|dixon", Sequence.CHEMICAL_SHIFT),
    (r"\bdyn", Sequence.DYNAMIC),
    (r"\bt2", Sequence.T2),
    (r"\bt1", Sequence.T1),
)
#: Defined terms of Body Part Examined (PS3.16 annex L) are written as one word.
REGIONS: Words = (
    (r"head|brain|skull", Region.HEAD),
    (r"neck", Region.NECK),
    (r"chest|thorax|lung", Region.CHEST),
    (r"abd|liver|pancreas", Region.ABDOMEN),
    (r"pelv", Region.PELVIS),
    (r"extremit|arm\b|leg\b", Region.EXTREMITIES),
)


def offers(file: StudyFile, study: Study) -> list[Offer]:
    """What `file` says of `study` that does not stand there yet; nothing while it is held."""
    found = file.findings.get("study")
    if not found or file.state != FileState.STORED:
        return []
    all_of_them = [*_plain(found), *_codes(found, study), *_lists(found, study), *_numbers(found)]
    return [
        Offer(
            column=column,
            label=_label(column),
            value=value,
            words=words_of(column, value),
            current=words_of(column, getattr(study, column)),
            origin=origin,
        )
        for column, value, origin in all_of_them
        if value != getattr(study, column)
    ]


Found = tuple[str, Any, str]


def _plain(found: dict[str, Any]) -> Iterator[Found]:
    if found["date"]:
        yield "performed_on", datetime.date.fromisoformat(found["date"]), "Study date"
    texts = {
        "accession_number": ("Accession number", 60),
        "performing_site": ("Institution", 200),
        "study_uid": ("Study instance UID", 64),
    }
    for column, (name, most) in texts.items():
        if found[column]:
            yield column, found[column][:most], name


def _codes(found: dict[str, Any], study: Study) -> Iterator[Found]:
    tracer = _one(found["tracer"], TRACERS)
    modality = MODALITY_OF.get(Tracer(tracer)) if tracer else None
    meant = reading(found["modalities"])
    if modality not in meant.possible:
        modality = None
    offered = modality or meant.offered
    # What a person chose among those that fit is more than a header can say.
    if offered and (modality or study.modality not in meant.possible):
        yield "modality", str(offered), f"Modality {', '.join(found['modalities'])}"
    if tracer:
        yield "tracer", tracer, f"Radiopharmaceutical: {found['tracer']}"
    agents = ", ".join(found["contrast_agents"])
    agent = _one(agents, AGENTS)
    if agent:
        yield "contrast", agent, f"Contrast agent: {agents}"


def _lists(found: dict[str, Any], study: Study) -> Iterator[Found]:
    protocols = found["protocols"]
    if "MR" in found["modalities"]:
        yield from _list(study, "sequences", protocols, SEQUENCES, "Series")
    yield from _list(study, "phases", protocols, PHASES, "Series")
    yield from _list(study, "coverage", found["body_parts"], REGIONS, "Body part")


def _list(
    study: Study, column: str, texts: Iterable[str], words: Words, name: str
) -> Iterator[Found]:
    """Codes for what stands in `texts`, together with those that are noted already."""
    noted = list(getattr(study, column) or [])
    meant = {text: _all(text, words) for text in texts}
    codes = {code for found in meant.values() for code in found}
    if codes - set(noted):
        order = [code for _, code in words]
        together = sorted({*noted, *codes}, key=order.index)
        said = ", ".join(text for text, found in meant.items() if found)
        yield column, together, f"{name}: {said}"


def _numbers(found: dict[str, Any]) -> Iterator[Found]:
    count = found["ctdi_acquisitions"]
    names = {
        "activity_mbq": "Injected activity",
        "contrast_flow_ml_s": "Contrast flow rate",
        "dlp_mgy_cm": "Dose report: total",
        "ctdi_vol_mgy": "Dose report" + (f": highest of {count} acquisitions" if count > 1 else ""),
    }
    for column, name in names.items():
        if found[column]:
            places: int = Study._meta.get_field(column).decimal_places  # type: ignore[union-attr]
            yield column, round(Decimal(str(found[column])), places), name


def _one(text: str, words: Words) -> str:
    codes = set(_all(text, words))
    return codes.pop() if len(codes) == 1 else ""


def _all(text: str, words: Words) -> list[str]:
    said = text.replace("_", " ")
    return [str(code) for pattern, code in words if re.search(pattern, said, re.IGNORECASE)]


def _label(column: str) -> str:
    name = str(Study._meta.get_field(column).verbose_name)  # type: ignore[union-attr]
    # Only the first letter: units and abbreviations stay as they are.
    return name[0].upper() + name[1:]


def words_of(column: str, value: Any) -> str:
    """A value of a column for a reader; empty where there is none."""
    if value in (None, "", []):
        return ""
    if isinstance(value, datetime.date):
        return day(value)
    lists = {"phases": Phase, "sequences": Sequence, "coverage": Region}
    if column in lists:
        return ", ".join(str(lists[column](code).label) for code in value)
    choices = dict(Study._meta.get_field(column).choices or ())  # type: ignore[union-attr]
    return str(choices.get(value, value))
