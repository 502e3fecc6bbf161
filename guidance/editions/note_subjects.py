"""What in an edition a local note can stand beside."""

from collections.abc import Iterator
from dataclasses import dataclass

from guidance.editions.models import NoteSubject
from guidance.engine.edition import Edition


@dataclass(frozen=True)
class Subject:
    """One scenario, study in a scenario, branch, check or interval rule of an edition.

    `scenario` and `code` are as in `LocalNote`; `name` is what a reader knows it by.
    """

    kind: NoteSubject
    scenario: str
    code: str
    name: str

    @property
    def key(self) -> str:
        """The subject as one word, for a form's value."""
        return key_of(self.kind, self.scenario, self.code)


def key_of(kind: str, scenario: str, code: str) -> str:
    """A subject as one word: "study:SC-01:CT_AP_W"."""
    return f"{kind}:{scenario}:{code}"


def subjects_of(edition: Edition) -> dict[str, Subject]:
    """Everything in an edition that a note can stand beside, by its key, in the edition's order."""
    return {subject.key: subject for subject in _subjects(edition)}


def _subjects(edition: Edition) -> Iterator[Subject]:
    scenarios = edition.catalogue.scenarios
    for scenario in scenarios.values():
        yield Subject(NoteSubject.SCENARIO, scenario.id, "", f"{scenario.id} {scenario.name}")
    for scenario_id, ratings in edition.ratings.by_scenario.items():
        for rating in ratings:
            name = f"{rating.procedure.name}, in {scenario_id} {scenarios[scenario_id].name}"
            yield Subject(NoteSubject.STUDY, scenario_id, rating.procedure.code, name)
    for branch in edition.branches.branches.values():
        yield Subject(NoteSubject.BRANCH, "", branch.id, f"{branch.id} {branch.trigger}")
    seen = set()
    for check in (check for checks in edition.checks.values() for check in checks):
        if check.code not in seen:
            seen.add(check.code)
            yield Subject(NoteSubject.CHECK, "", check.code, f"{check.code} {check.text}")
    for rule in edition.intervals.rules.values():
        yield Subject(NoteSubject.INTERVAL, "", rule.id, f"{rule.id} {rule.text}")
