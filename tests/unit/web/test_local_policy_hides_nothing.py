"""Nothing that an institution chooses or says takes a critical check off an answer or a page.

The one exception is the specification's own: by WHO 2017 and later, liver-directed therapy in a
well-differentiated NET G3 is a matter of caution (A-44). It is shown all the same.
"""

import html
import itertools
import re
import uuid
from types import SimpleNamespace
from typing import Any

import pytest
from django.template.loader import render_to_string
from hypothesis import given
from hypothesis import strategies as st

from cases.documents.build_lines import check_lines
from cases.models import Assessment
from cases.models.acknowledgment import SEVERITIES
from cases.selectors.acknowledgments import Acknowledged, CheckState
from cases.selectors.annotated import AnnotatedAnswer
from cases.selectors.annotations import Annotations
from cases.selectors.guidance_words import Guidance
from cases.selectors.local_words import LocalWord, beside
from guidance.editions import shelf
from guidance.editions.local_studies import AVAILABILITY
from guidance.editions.models import FollowupPolicy, NoteSubject, TnmSystem, WhoVersion
from guidance.engine.assess import assess
from guidance.engine.edition import load_edition
from guidance.engine.facts import parse_facts
from tests.unit.guidance.cases import read_data

VIGNETTES = {v["id"]: {**read_data("d0"), **v["facts"]} for v in read_data("vignettes")}
#: The only check that a WHO edition may make less severe.
BY_WHO_EDITION = "W-LDT-GRADE"

#: Facts that decide on critical checks, each with values that a record may hold.
TURNS = {
    "ordered_procedure": st.sampled_from(
        ["none", "CT_AP_WO", "MRI_AP_WO", "CT_AP_W", "MRI_AP_WWO", "PET_FDG", "PET_DOTATATE", "EUS"]
    ),
    "ordered_multiphasic": st.booleans(),
    "gbca_permitted": st.booleans(),
    "mri_contraindicated": st.booleans(),
    "iodinated_contrast_severe_allergy": st.booleans(),
    "renal_impairment_significant": st.booleans(),
    "sstr_result": st.sampled_from(["positive", "negative"]),
    "ki67_percent": st.sampled_from([1, 2, 2.5, 3, 8, 20, 25, 60]),
    "mitoses_per_10hpf": st.sampled_from([0, 1, 2, 12, 25]),
    "differentiation": st.sampled_from(["well", "poor", "unknown"]),
    "proposed_treatment": st.sampled_from(["TACE", "TAE", "TARE", "ablation"]),
    "bilioenteric_anastomosis_or_biliary_device": st.booleans(),
    "study_outcome": st.sampled_from(["positive", "negative", "stable", "progression"]),
}
records = st.builds(
    lambda name, turned: {**VIGNETTES[name], **turned},
    st.sampled_from(sorted(VIGNETTES)),
    st.fixed_dictionaries({}, optional=TURNS),
)

#: Everything that local policy can make of the facts that it may set.
POLICIES = [
    {**dict.fromkeys(missing, False), **({"followup_policy": rule} if rule else {})}
    for count in range(len(AVAILABILITY) + 1)
    for missing in itertools.combinations(AVAILABILITY.values(), count)
    for rule in ("", *FollowupPolicy.values)
]


def without_policy(record: dict[str, Any]) -> dict[str, Any]:
    """The record with nothing answered that local policy could say."""
    open_to_policy = {*AVAILABILITY.values(), "followup_policy"}
    return {name: value for name, value in record.items() if name not in open_to_policy}


def answered(record: dict[str, Any]) -> dict[str, Any]:
    return assess(parse_facts(record), load_edition())


def critical(answer: dict[str, Any]) -> set[tuple[str, str]]:
    """The critical checks of an answer by code and text."""
    return {(c["code"], c["text"]) for c in answer["checks"] if c["severity"] == "CRITICAL"}


@pytest.mark.parametrize("name", VIGNETTES)
def test_no_vignette_loses_a_critical_check_by_any_policy(name):
    record = without_policy(VIGNETTES[name])
    before = critical(answered(record))
    for policy in POLICIES:
        assert before <= critical(answered({**record, **policy})), policy


@given(records, st.sampled_from(POLICIES))
def test_no_record_loses_a_critical_check_by_any_policy(record, policy):
    record = without_policy(record)
    assert critical(answered(record)) <= critical(answered({**record, **policy}))


@given(records, st.sampled_from(TnmSystem.values), st.sampled_from(TnmSystem.values))
def test_the_tnm_system_says_nothing_to_checks(record, first, second):
    one, other = (answered({**record, "tnm_system": system}) for system in (first, second))
    assert one["checks"] == other["checks"]


@given(records, st.sampled_from(WhoVersion.values), st.sampled_from(WhoVersion.values))
def test_a_who_edition_makes_one_check_less_severe_and_hides_none(record, first, second):
    one, other = (answered({**record, "who_version": version}) for version in (first, second))
    lost = {code for code, _ in critical(one) - critical(other)}
    assert lost <= {BY_WHO_EDITION}
    assert lost <= set(other["warnings"])


words = st.text(
    st.characters(blacklist_categories=("Cs", "Cc")) | st.sampled_from("<>&\"'{}%"), max_size=80
)


@st.composite
def annotated(draw: st.DrawFn) -> tuple[dict[str, Any], Annotations]:
    """A vignette's answer, with local words on anything and its checks in any state."""
    answer = answered(VIGNETTES[draw(st.sampled_from(sorted(VIGNETTES)))])
    branch = answer["branch_detail"]
    targets = [(NoteSubject.SCENARIO, "")]
    targets += [(NoteSubject.STUDY, study["procedure"]) for study in answer["studies"]]
    targets += [(NoteSubject.CHECK, check["code"]) for check in answer["checks"]]
    if branch:
        targets += [(NoteSubject.BRANCH, branch["id"])]
        targets += [(NoteSubject.INTERVAL, rule["rule"]) for rule in branch["interval"]]
    said = draw(st.lists(st.tuples(st.sampled_from(targets), words, st.booleans()), max_size=6))
    local = [
        LocalWord(kind, "", code, "Local policy of North", text, text, "By Ada.", overdue)
        for (kind, code), text, overdue in said
    ]
    states = tuple(_state(draw, check) for check in answer["checks"])
    return answer, Annotations(beside(local, answer), states)


def _state(draw: st.DrawFn, check: dict[str, Any]) -> CheckState:
    if check["severity"] not in SEVERITIES or draw(st.booleans()):
        return CheckState(check["code"])
    said = Acknowledged("1", "accepted", "Reviewed and accepted", draw(words), "Ann", "now")
    if draw(st.booleans()):
        return CheckState(check["code"], standing=said)
    return CheckState(check["code"], lapsed=said, lapsed_because=draw(words))


@pytest.fixture(scope="module", autouse=True)
def _editions_from_disk():
    patch = pytest.MonkeyPatch()
    patch.setattr(shelf, "edition", lambda _: load_edition())
    yield
    patch.undo()


LOCAL = re.compile(r'(?s)<div class="local-word">.*?</div>')


@given(annotated())
def test_every_critical_check_stands_on_every_page_and_paper(given_answer):
    answer, annotations = given_answer
    facts = parse_facts({})
    edition = load_edition()
    assessment = Assessment(
        institution_id=uuid.uuid4(),
        edition_version=edition.version,
        answer=answer,
        facts=facts.as_json(),
        origins={},
    )
    guidance = Guidance(assessment, annotations)
    row = SimpleNamespace(pk=uuid.uuid4(), case_id=uuid.uuid4())
    context = {
        "guidance": guidance,
        "heading": "What the guidance says",
        "institution": SimpleNamespace(slug="north", name="North"),
        "case": row,
        "item": row,
        "may": {},
    }
    pages = [
        render_to_string(template, context)
        for template in (
            "cases/parts/checks.html",
            "boards/guidance.html",
            "boards/agenda_annotations.html",
        )
    ]
    printed = {line.text for line in check_lines(guidance) if line.severity == "Critical"}
    for _, text in critical(answer):
        assert text in printed
        for page in pages:
            sources_words = LOCAL.sub("", page)
            assert html.escape(text) in sources_words
            assert "severity-critical" in sources_words
    expected = len([c for c in answer["checks"] if c["severity"] == "CRITICAL"])
    for page in pages:
        assert page.count("severity-critical") == expected


@given(annotated())
def test_only_who_acknowledged_opens_the_way_to_a_signature(given_answer):
    answer, annotations = given_answer
    shown = AnnotatedAnswer(answer, annotations)
    standing = [state.standing is not None for state in annotations.states]
    open_critical = [
        check["code"]
        for check, stands in zip(answer["checks"], standing, strict=True)
        if check["severity"] == "CRITICAL" and not stands
    ]
    assert [check.code for check in shown.blocking] == open_critical
