"""Imaging examinations by the codes of the guidance."""

import functools
from collections.abc import Mapping

from cases.readings import naming
from cases.readings.answer import Coded
from cases.terminology.codes import LocalCodes
from guidance.engine import content


@functools.cache
def modalities() -> Mapping[str, str]:
    """Procedure code of the newest edition -> its modality (fact 87)."""
    procedures = content.read(content.DEFAULT_VERSION, "procedures")["procedures"]
    return {procedure["code"]: procedure["modality"] for procedure in procedures}


def examination(coded: Coded, *, local: LocalCodes) -> dict[str, str]:
    """`procedure` and `modality` of a study as its codes name them; empty where none does."""
    known = naming.find(coded, "procedure", local=local)
    if known is not None and known.last in modalities():
        return {"procedure": known.last, "modality": modalities()[known.last]}
    named = naming.find_all(coded, "fact/study_modality", local=local)
    return {"modality": named[0].last} if len(named) == 1 else {}
