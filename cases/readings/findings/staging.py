"""TNM categories and stage groups, as far as the record has a place for them."""

import re
from collections.abc import Mapping

from cases.readings.answer import Answer, Coded, Words
from cases.readings.findings import facts
from cases.readings.findings.finding import Finding
from cases.readings.naming import Named
from cases.readings.notebook import Notebook

#: A category as it is written everywhere, whatever stands before it: "cM0", "ypN1a", "T2".
_CATEGORY = re.compile(r"(?<![A-Za-z])[cpyrau]{0,3}(?P<axis>[TNM])(?P<degree>[0-4X])", re.ASCII)
#: Axis -> the fact that it answers, and the degrees by what they say.
_FACTS: Mapping[str, str] = {"N": "regional_ln_metastasis", "M": "distant_metastasis"}
_DEGREES: Mapping[str, bool] = {"0": False, "1": True, "2": True, "3": True}

NOT_ASSESSED = "It could not be assessed."
NO_CATEGORY = "No TNM category can be told from it."
NO_T = "A T category has no place here: size and invasion are facts of their own."
NO_GROUP = "A stage group has no place here: it is reckoned from T, N and M."


def read(named: Named, finding: Finding, *, notebook: Notebook) -> None:
    """Write down whether nodes or distant metastases are there, as N and M say."""
    if named.name in ("T", "stage_group"):
        notebook.tell(finding.path, NO_T if named.name == "T" else NO_GROUP)
        return
    path = finding.answer.path if finding.answer is not None else finding.path
    found = _categories(finding.answer)
    degrees = {degree for axis, degree in found if axis == named.name}
    if len(degrees) != 1:
        notebook.tell(path, NO_CATEGORY)
        return
    holds = _DEGREES.get(degrees.pop())
    if holds is None:
        notebook.tell(path, NOT_ASSESSED)
        return
    facts.answer(
        _FACTS[named.name],
        holds,
        origin=finding.origin,
        path=path,
        subject=finding.subject,
        on=finding.on,
        notebook=notebook,
    )


def read_stage(stage: Coded, *, origin: str, subject: str, notebook: Notebook) -> None:
    """Write down what a stage says that stands with a diagnosis: "cT2 cN1 cM0", or a group."""
    found = _categories(stage)
    for axis, fact in _FACTS.items():
        degrees = {degree for one, degree in found if one == axis}
        holds = _DEGREES.get(degrees.pop()) if len(degrees) == 1 else None
        if holds is not None:
            facts.answer(
                fact, holds, origin=origin, path=stage.path, subject=subject, notebook=notebook
            )
    if not found:
        notebook.tell(stage.path, NO_GROUP)


def _categories(answer: Answer | None) -> set[tuple[str, str]]:
    """Axis and degree of every category that codes, their names or words have."""
    if isinstance(answer, Coded):
        texts = [answer.text, *(text for c in answer.codes for text in (c.code, c.display))]
    else:
        texts = [answer.text] if isinstance(answer, Words) else []
    found = (one for text in texts for one in _CATEGORY.finditer(text))
    return {(one["axis"], one["degree"]) for one in found}
