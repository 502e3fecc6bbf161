"""Which checks of an assessment are acknowledged, by whom and why, and what has lapsed since."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from cases.models import Acknowledgment, Assessment
from cases.models.acknowledgment import SEVERITIES, AcknowledgmentReason
from cases.models.case import Case
from guidance.editions import shelf
from guidance.engine.check_basis import SCENARIO, Basis, check_basis
from guidance.engine.edition import Edition
from tumorboard.formats import moment

#: Stands in a basis for the studies that its facts about order and result come from, so that the
#: same question about another study is another one.
STUDY = "@study"
#: What in a basis is not a fact of the dictionary, in words.
BESIDE_FACTS: Mapping[str, str] = {
    SCENARIO: "the scenario",
    STUDY: "the study",
}
TEXT = "what the check says"
SEVERITY = "how severe it is"


@dataclass(frozen=True)
class Acknowledged:
    """One acknowledgment in words, as it is shown and as a signed decision keeps it."""

    id: str
    reason_code: str
    reason: str
    text: str
    by: str
    at: str

    @property
    def words(self) -> str:
        """Why, by whom and when, in one line."""
        reason = f"{self.reason}: {self.text}" if self.text else self.reason
        return f"{reason} ({self.by}, {self.at})"


@dataclass(frozen=True)
class CheckState:
    """What was said of one raised check: `standing` holds, `lapsed` did before something changed.

    `lapsed_because` names what has changed.
    """

    code: str
    standing: Acknowledged | None = None
    lapsed: Acknowledged | None = None
    lapsed_because: str = ""


def acknowledgments_of_each(case_ids: Sequence[UUID]) -> dict[UUID, list[Acknowledgment]]:
    """The acknowledgments of many cases that nobody withdrew, newest first, in one query."""
    found: dict[UUID, list[Acknowledgment]] = {case_id: [] for case_id in case_ids}
    rows = Acknowledgment.objects.filter(case__in=case_ids, withdraws=None, withdrawals=None)
    for row in rows.select_related("by").order_by("-at", "-id"):
        found[row.case_id].append(row)
    return found


def history_of(case: Case, *, code: str) -> list[Acknowledgment]:
    """Everything that was said of the check `code` in `case`, withdrawals too, newest first."""
    rows = Acknowledgment.objects.filter(case=case, check_code=code)
    return list(rows.select_related("by", "withdraws").order_by("-at", "-id"))


def basis_of(assessment: Assessment, code: str, *, edition: Edition | None = None) -> Basis:
    """What the check `code` rests on in `assessment`; see `guidance.engine.check_basis`."""
    edition = edition or shelf.edition(assessment.edition_version)
    basis = check_basis(code, assessment.facts, assessment.answer, edition)
    origins = (assessment.origins.get(name, {}) for name in basis)
    studies = {origin["study"] for origin in origins if "study" in origin}
    return {**basis, STUDY: sorted(studies)} if studies else basis


def states_of(assessment: Assessment, given: Sequence[Acknowledgment]) -> tuple[CheckState, ...]:
    """What holds of each check that `assessment` raises, in the order of its checks.

    Args:
        given: the acknowledgments of the case that nobody withdrew, newest first.
    """
    return tuple(_state(check, assessment, given) for check in assessment.answer["checks"])


def stands(row: Acknowledgment, assessment: Assessment) -> bool:
    """Whether the check that `row` acknowledges is raised in `assessment` just as it was then."""
    return any(
        check["code"] == row.check_code and not _changes(check, row, assessment)
        for check in assessment.answer["checks"]
    )


def _state(
    check: Mapping[str, Any], assessment: Assessment, given: Iterable[Acknowledgment]
) -> CheckState:
    code = check["code"]
    about = [row for row in given if row.check_code == code]
    if not about or check["severity"] not in SEVERITIES:
        return CheckState(code)
    changes = [_changes(check, row, assessment) for row in about]
    for row, changed in zip(about, changes, strict=True):
        if not changed:
            return CheckState(code, standing=in_words(row))
    return CheckState(code, lapsed=in_words(about[0]), lapsed_because=", ".join(changes[0]))


def _changes(check: Mapping[str, Any], row: Acknowledgment, assessment: Assessment) -> list[str]:
    """What is no longer as it was when `row` was written, in words; nothing where it stands."""
    edition = shelf.edition(assessment.edition_version)
    now = basis_of(assessment, row.check_code, edition=edition)
    names = [name for name in {**now, **row.basis} if now.get(name) != row.basis.get(name)]
    changed = [_label(name, edition) for name in names]
    if check["severity"] != row.severity:
        changed.append(SEVERITY)
    if check["text"] != row.check_text:
        changed.append(TEXT)
    return changed


def _label(name: str, edition: Edition) -> str:
    if name in edition.dictionary:
        return edition.dictionary[name].label
    return BESIDE_FACTS.get(name, name)


def in_words(row: Acknowledgment) -> Acknowledged:
    """One acknowledgment in words."""
    return Acknowledged(
        id=str(row.id),
        reason_code=row.reason,
        reason=str(AcknowledgmentReason(row.reason).label),
        text=row.text,
        by=row.by.name,
        at=moment(row.at),
    )
