"""Which of the product's modalities a study of certain DICOM modalities may be."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from cases.models.study import Modality

#: DICOM modality (PS3.3 C.7.3.1.1.1) to what a study that has it may be. Which tracer a PET had,
#: what was looked for in nuclear medicine, and whether an ultrasound was done from inside, these
#: codes do not say.
MEANINGS: Mapping[str, tuple[Modality, ...]] = {
    "PT": (Modality.PET_SSTR, Modality.PET_FDG, Modality.PET_FDOPA),
    "NM": (Modality.SRS,),
    "MR": (Modality.MRI,),
    "CT": (Modality.CT,),
    "US": (Modality.US, Modality.CEUS, Modality.EUS),
}
#: A study with one of these is named by it: the CT of a PET/CT only locates.
LEADING = ("PT", "NM")
#: Codes that mean one thing well enough to be offered as chosen.
PLAIN = {"MR": Modality.MRI, "CT": Modality.CT, "US": Modality.US}


@dataclass(frozen=True)
class Reading:
    """What may be offered for DICOM codes."""

    #: Every modality that fits; empty where none of the codes is known.
    possible: tuple[Modality, ...]
    #: The one to offer as chosen; empty where a person must say.
    offered: str


def reading(codes: Collection[str]) -> Reading:
    """What a study with these DICOM modalities may be."""
    known = [code for code in MEANINGS if code in codes]
    known = [code for code in LEADING if code in codes] or known
    return Reading(
        possible=tuple(modality for code in known for modality in MEANINGS[code]),
        offered=PLAIN.get(known[0], "") if len(known) == 1 else "",
    )
