"""Trying the guidance: facts are assessed, shown, and left nowhere."""

import html
import json
import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from guidance.engine.assess import assess
from guidance.engine.examples import examples
from guidance.engine.facts import parse_facts
from tests.integration.web.cases.reading import (
    checked_of,
    error_at,
    summary_of,
    text_of,
    value_of,
)
from tests.integration.web.guidance.library import EDITION

pytestmark = pytest.mark.django_db

TRY = "/guidance/try/"
KI67 = "ki67_percent"


def post(browser, typed=None, *, known=None, shown=None, address=TRY, **more):
    """Post facts as the page does: what is typed is shown there, the rest is carried along."""
    typed = typed or {}
    names = shown if shown is not None else [name for name in typed if "-" not in name]
    data = {
        "known": json.dumps(known or {}),
        "shown": " ".join(names),
        "group": "",
        **typed,
        **more,
    }
    return browser.post(address, data)


def carried(response):
    """The facts that the page would carry along."""
    return json.loads(html.unescape(value_of(response, "known") or "{}"))


def shared(response):
    """The link to share."""
    found = re.search(r'aria-label="Link to share" value="([^"]*)"', response.content.decode())
    return html.unescape(found[1]) if found else ""


def test_it_begins_with_a_few_questions_and_every_group(browser):
    response = browser.get(TRY)
    words = text_of(response)

    assert "What should imaging answer?" in words
    assert "How old is the patient?" in words
    assert "Tumor board:" not in words
    for fact in EDITION.dictionary.values():
        assert fact.group_label in words
    assert len(re.findall(r'class="field[ "]', response.content.decode())) < 15


def test_every_fact_is_reachable_by_its_group(browser):
    for group in dict.fromkeys(fact.group for fact in EDITION.dictionary.values()):
        words = text_of(post(browser, go=group))
        for fact in EDITION.dictionary.values():
            if fact.group == group:
                is_typed = fact.kind not in ("string", "map")
                assert (fact.question if is_typed else f"{fact.label}: {fact.help}") in words


@pytest.mark.parametrize("example", examples().values(), ids=lambda each: each.id)
def test_an_example_is_answered_as_the_engine_answers(browser, example):
    response = browser.get(TRY, {"example": example.id})
    words = text_of(response)
    answer = assess(parse_facts(example.facts), EDITION)

    assert response.status_code == 200
    for study in answer["studies"]:
        assert study["name"] in words
    for check in answer["checks"]:
        assert check["text"] in words
    for reason in answer["board_reasons"]:
        assert reason["text"] in words
    for question in answer["questions"]:
        assert question["question"] in words
    if answer["branch_detail"]:
        assert answer["branch_detail"]["trigger"] in words
        for action in answer["branch_detail"]["actions"]:
            assert action["text"] in words
    if answer["scenario_name"]:
        assert answer["scenario_name"] in words
    for candidate in answer["candidates"]:
        assert EDITION.catalogue.scenarios[candidate].name in words
    assert f"Tumor board: {answer['board']['level']}" in words


@pytest.mark.parametrize("group", dict.fromkeys(f.group for f in EDITION.dictionary.values()))
def test_every_group_of_an_example_can_be_opened(browser, group):
    # As the example has it: a treatment by its name alone.
    response = post(browser, known=dict(examples()["V24"].facts), go=group)

    assert response.status_code == 200
    if group == "E":
        assert checked_of(response, "treatments-0-type") == ["TACE"]
        assert "Treatments TACE Change" in text_of(response)


def test_an_example_is_chosen_by_a_form_and_opened_by_its_address(browser):
    response = browser.post(TRY, {"start": "yes", "example": "V03"})
    assert response["Location"] == f"{TRY}?example=V03"
    empty = browser.post(TRY, {"start": "yes", "example": ""})
    assert empty["Location"] == TRY
    invented = browser.post(TRY, {"start": "yes", "example": "//evil.example"})
    assert invented["Location"] == TRY


def test_an_example_can_be_shared_by_its_id(browser):
    link = shared(browser.get(TRY, {"example": "V03"}))

    assert link == f"http://testserver/guidance/{EDITION.version}/try/?example=V03"
    assert "shows multiple hepatic deposits" in text_of(
        browser.get(link.removeprefix("http://testserver"))
    )


@pytest.mark.parametrize("example", ["", "V99", "../../etc", "\x00", "V" * 5000])
def test_an_example_that_there_is_not_is_an_empty_form(browser, example):
    response = browser.get(TRY, {"example": example})

    assert response.status_code == 200
    assert "First questions" in text_of(response)


def test_facts_in_the_address_are_not_read(browser):
    response = browser.get(TRY, {"clinical_question": "local_staging", "known": '{"sex": "male"}'})

    assert "First questions" in text_of(response)
    assert carried(response) == {}


def test_an_answer_asks_for_what_it_needs_next(browser):
    response = post(browser, {"clinical_question": "distant_staging", "age_years": "60"})
    words = text_of(response)

    assert "Not enough is known to say which guidance applies" in words
    assert "It may be: Initial staging for distant disease" in words
    assert "Has definitive treatment been given?" in words
    assert "If No: Scenario" in words or "If No:" in words
    assert "Age 60 years Change" in words
    assert checked_of(response, "clinical_question") == ["distant_staging"]
    assert carried(response)["age_years"] == 60


def test_what_is_known_is_carried_from_page_to_page(browser):
    known = dict(examples()["V01"].facts)
    first = post(browser, {"ordered_procedure": "EUS"}, known=known)
    assert "W-EUS-FOR-METS" in first.content.decode() or "Endoscopic ultrasound answers" in text_of(
        first
    )

    second = post(
        browser,
        {KI67: "12"},
        known=carried(first),
        go="B",
    )

    words = text_of(second)
    assert "Ki-67 index 12 % positive nuclei Change" in words
    assert "Endoscopic ultrasound answers local questions" not in words
    assert value_of(second, KI67) == "12"


def test_what_is_emptied_is_unknown_again(browser):
    known = dict(examples()["V14"].facts)

    response = post(browser, {KI67: ""}, known=known)

    assert KI67 not in carried(response)
    assert "<dt>Mitotic count</dt>" in response.content.decode()
    assert "<dt>Ki-67 index</dt>" not in response.content.decode()


def test_a_known_day_reads_as_on_every_page(browser):
    response = post(browser, known={"resection_date": "2026-02-03"}, go="E")

    assert value_of(response, "resection_date") == "3 Feb 2026"
    assert "Date of resection 3 Feb 2026 Change" in text_of(response)


def test_a_day_is_typed_in_any_way_that_cannot_be_misread(browser):
    for typed in ("2026-02-03", "3 Feb 2026", "3 February 2026"):
        response = post(browser, {"resection_date": typed, "evaluated_on": "2026-08-03"})
        assert "Date of resection 3 Feb 2026 Change" in text_of(response)


def test_a_yes_stays_a_yes(browser):
    response = post(browser, known={"bone_pain": True, "alp_elevated": False}, go="C")

    assert checked_of(response, "bone_pain") == ["true"]
    assert checked_of(response, "alp_elevated") == ["false"]


def focused(response):
    """The name of the field that takes the focus."""
    tags = re.findall(r"<(?:input|select)[^>]*\bautofocus\b[^>]*>", response.content.decode())
    return re.findall(r'name="([^"]+)"', tags[0])[0] if tags else ""


def test_what_a_person_asks_to_see_has_the_focus(browser):
    assert focused(post(browser, go="D")) == "metastases_known"
    assert focused(post(browser, known={KI67: 12}, go=f"B/{KI67}")) == KI67
    assert focused(post(browser, go="E/treatments")) == "treatments-0-type"
    assert focused(post(browser, go="J/target_lesions")) == "target_lesions-0-organ"
    assert focused(post(browser, {"sex": "male"})) == ""
    assert focused(post(browser, {KI67: "abc"}, go="D")) == ""


def test_unknown_is_offered_and_chosen_wherever_nothing_is_known(browser):
    response = post(browser, go="G")
    body = response.content.decode()

    for fact in EDITION.dictionary.values():
        if fact.group == "G" and fact.kind in ("bool3", "enum"):
            assert re.search(rf'name="{fact.name}"', body)
            assert checked_of(response, fact.name) == [""]
    assert "Empty means unknown." in text_of(post(browser, go="D"))
    assert "Nothing ticked means unknown." in text_of(post(browser, go="C"))


def test_a_result_leads_to_its_branch_and_a_link_to_that_branch(browser):
    known = {**examples()["V05"].facts}
    known.pop("study_outcome")

    response = post(browser, {"study_outcome": "indeterminate"}, known=known)

    words = text_of(response)
    assert "Small lesions that cannot be characterized. B-01-IND" in words
    assert "Either: Repeat MRI after a short interval." in words
    assert "Recommended for the question before the result" in words
    link = shared(response)
    assert link == (f"http://testserver/guidance/{EDITION.version}/scenarios/SC-01/#B-01-IND")
    assert browser.get(link.partition("testserver")[2]).status_code == 200


@pytest.mark.parametrize(
    ("typed", "place"),
    [
        ({"pregnancy_status": "pregnant"}, "scenarios/#NOT_COVERED-PREGNANCY"),
        ({"clinical_question": "local_staging"}, "scenarios/SC-02/"),
        ({"sex": "male"}, "scenarios/"),
        (
            {"clinical_question": "routine_surveillance", "resection_status": "complete",
             "residual_disease_known": "true"},
            "scenarios/#C-01",
        ),
    ],
)  # fmt: skip
def test_the_link_names_the_place_and_no_fact(browser, typed, place):
    link = shared(post(browser, typed))

    assert link == f"http://testserver/guidance/{EDITION.version}/{place}"


def test_nothing_typed_stands_in_an_address_and_nothing_is_kept(browser):
    session = dict(browser.session)

    response = post(
        browser,
        {
            KI67: "61.25",
            "treatments-0-type": "TACE",
            "treatments-0-target": "Quetzalcoatl",
        },
        shown=[KI67, "treatments"],
    )

    body = response.content.decode()
    assert "61.25" in body
    for address in re.findall(r'(?:href|action|formaction)="([^"]*)"', body):
        assert "61.25" not in address
        assert "Quetzalcoatl" not in address
    for value in response.headers.values():
        assert "Quetzalcoatl" not in value
    assert "Quetzalcoatl" not in shared(response)
    assert dict(browser.session) == session
    assert "61.25" not in browser.get(TRY).content.decode()
    assert response["Cache-Control"] == "no-store"


def test_a_post_writes_nothing(browser):
    with CaptureQueriesContext(connection) as queries:
        post(browser, {"clinical_question": "distant_staging"})
    assert not [q for q in queries if not q["sql"].lstrip().upper().startswith("SELECT")]


@pytest.mark.parametrize(
    ("name", "typed", "message"),
    [
        (KI67, "abc", "Enter a number, like 12 or 2.5."),
        (KI67, "140", "Must be at most 100"),
        (KI67, "-1", "Must be at least 0"),
        (KI67, "nan", "Must be a number"),
        (KI67, "1e999", "Must be a number"),
        ("age_years", "12.5", "Enter a whole number, like 12."),
        ("age_years", "900", "Must be at most 120"),
        ("age_years", "9" * 5000, "Enter a whole number, like 12."),
        ("resection_date", "03/04/2026", "could be 3 Apr 2026 or 4 Mar 2026"),
        ("resection_date", "31 Feb 2026", "Enter a date like 21 Nov 2026."),
        ("sex", "robot", "Select a valid choice"),
        ("bone_pain", "perhaps", "Select a valid choice"),
        ("recist_sum_mm_t0", "0", "Must be above 0"),
    ],
)
def test_what_cannot_be_is_told_beside_its_field_and_kept(browser, name, typed, message):
    response = post(browser, {name: typed}, known={"whipple_triad": True})

    assert response.status_code == 422
    assert message in error_at(response, name)
    assert message.rstrip(".") in summary_of(response)
    assert "<title>Error:" in " ".join(response.content.decode().split())
    if name not in ("sex", "bone_pain"):
        assert value_of(response, name) == typed
    assert "Tumor board:" not in text_of(response)
    assert carried(response) == {"whipple_triad": True}


def test_a_list_is_what_applies_or_none_of_it(browser):
    none = post(browser, {"new_symptoms": ["[]"]})
    assert carried_or_shown(none, "new_symptoms") == []
    some = post(browser, {"new_symptoms": ["flushing", "jaundice"]})
    assert carried_or_shown(some, "new_symptoms") == ["flushing", "jaundice"]
    both = post(browser, {"new_symptoms": ["[]", "flushing"]})
    assert both.status_code == 422
    assert "not both" in error_at(both, "new_symptoms")
    assert "New symptoms none Change" in text_of(none)
    again = post(browser, known={"new_symptoms": []}, go="C")
    assert checked_of(again, "new_symptoms") == ["[]"]


def carried_or_shown(response, name):
    found = carried(response)
    if name in found:
        return found[name]
    ticked = checked_of(response, name)
    return [] if ticked == ["[]"] else ticked


def test_records_are_rows_with_dates_and_numbers(browser):
    rows = {
        "treatments-0-type": "TACE",
        "treatments-0-start": "3 Feb 2026",
        "treatments-0-ongoing": "true",
        "treatments-3-type": "everolimus",
        "target_lesions-0-organ": "liver",
        "target_lesions-0-longest_diameter_mm": "12.5",
        "studies-0-modality": "MRI",
        "studies-0-phases": "late_arterial, portal_venous",
    }
    response = post(browser, rows, shown=["treatments", "target_lesions", "studies"])

    assert response.status_code == 200
    assert carried(response)["treatments"] == [
        {"type": "TACE", "start": "2026-02-03", "ongoing": True},
        {"type": "everolimus"},
    ]
    assert carried(response)["target_lesions"] == [{"organ": "liver", "longest_diameter_mm": 12.5}]
    assert carried(response)["studies"][0]["phases"] == ["late_arterial", "portal_venous"]
    again = post(browser, known=carried(response), go="E")
    assert value_of(again, "treatments-0-start") == "3 Feb 2026"
    assert checked_of(again, "treatments-1-type") == ["everolimus"]
    assert checked_of(again, "treatments-0-ongoing") == ["true"]
    imaging = post(browser, known=carried(response), go="I")
    assert value_of(imaging, "studies-0-phases") == "late_arterial, portal_venous"


@pytest.mark.parametrize(
    ("rows", "name", "message"),
    [
        ({"treatments-0-start": "3 Feb 2026"}, "treatments", "Needs the field type"),
        ({"treatments-0-type": "voodoo"}, "treatments", "must be one of"),
        ({"treatments-0-type": "TACE", "treatments-0-start": "soon"}, "treatments", "Enter dates"),
        (
            {"treatments-0-type": "TACE", "treatments-0-ongoing": "maybe"},
            "treatments",
            "true, false",
        ),
        (
            {"target_lesions-0-organ": "liver", "target_lesions-0-longest_diameter_mm": "big"},
            "target_lesions",
            "Enter a number",
        ),
    ],
)
def test_a_row_that_cannot_be_is_told_and_kept(browser, rows, name, message):
    response = post(browser, rows, shown=[name])

    assert response.status_code == 422
    assert message in error_at(response, name)
    for field, typed in rows.items():
        assert typed in (value_of(response, field), *checked_of(response, field)) or (
            typed in ("voodoo", "maybe")
        )


@pytest.mark.parametrize(
    "known",
    ["{", "[]", "7", '"x"', '{"no_such_fact": 1}', '{"age_years": "old"}', "[" * 100_000,
     '{"bone_pain": {"a": 1}}', "1" * 10_000],
)  # fmt: skip
def test_what_the_page_had_kept_is_checked_too(browser, known):
    response = browser.post(TRY, {"known": known, "shown": "sex", "group": "", "sex": "male"})

    assert response.status_code == 422
    assert "Load the page again" in text_of(response)


@pytest.mark.parametrize(
    "known",
    [
        '{"ruleset_version": "\\ud800"}',
        f'{{"fact_provenance": {{"sex": {"[" * 600}{"]" * 600}}}}}',
    ],
    ids=["text", "deep"],
)
def test_only_what_can_be_typed_is_carried_along(browser, known):
    response = browser.post(TRY, {"known": known, "shown": "sex", "group": "", "sex": "male"})

    assert response.status_code == 200
    assert set(carried(response)) == {"sex"}


@pytest.mark.parametrize("letter", ["\x00", "\ud800"])
@pytest.mark.parametrize(
    ("name", "record"),
    [
        ("treatments", {"type": "TACE", "target": "a{}"}),
        ("studies", {"modality": "MRI", "phases": ["b", "a{}"]}),
    ],
)
def test_a_text_that_cannot_be_kept_is_refused(browser, letter, name, record):
    known = json.loads(json.dumps({name: [record]}).replace("{}", json.dumps(letter)[1:-1]))

    response = post(browser, known=known, go="E")

    assert response.status_code == 422
    wanted = f"{EDITION.dictionary[name].label}: A text holds a character that cannot be kept."
    assert wanted in summary_of(response)


def test_records_as_deep_as_nothing_is_are_refused(browser):
    known = f'{{"studies": {"[" * 600}{"]" * 600}}}'

    response = browser.post(TRY, {"known": known, "shown": "", "group": ""})

    assert response.status_code == 422
    assert "Load the page again" in text_of(response)


@pytest.mark.parametrize(
    ("name", "records_of"),
    [
        ("treatments", lambda count: [{"type": "TACE"}] * count),
        ("studies", lambda count: [{"modality": "MRI", "phases": ["arterial"] * count}]),
    ],
)
def test_there_are_no_more_entries_than_rows(browser, name, records_of):
    response = post(browser, known={name: records_of(21)}, go="E")

    assert response.status_code == 422
    label = EDITION.dictionary[name].label
    assert f"{label}: use at most 20 entries." in summary_of(response)
    assert post(browser, known={name: records_of(20)}, go="E").status_code == 200


def test_what_is_carried_along_has_an_end(browser):
    record = {"type": "TACE", "target": ""}
    room = 100_000 - len(json.dumps({"treatments": [record]}))
    at_most, too_much = (
        {"treatments": [{**record, "target": "x" * length}]} for length in (room, room + 1)
    )

    response = post(browser, known=too_much)

    assert response.status_code == 422
    assert "too long to be carried along: use at most 100,000 characters" in summary_of(response)
    assert post(browser, known=at_most).status_code == 200


@pytest.mark.parametrize(
    "name",
    [
        fact.name
        for fact in EDITION.dictionary.values()
        if fact.kind in ("integer", "decimal") and fact.high is None
    ],
)
def test_a_whole_number_without_a_largest_is_shown_in_short(browser, name):
    known = {**examples()["V24"].facts, name: int("1234567890" * 40)}

    response = post(browser, known=known, go=EDITION.dictionary[name].group)

    assert response.status_code == 200
    assert "12345678901234567890… (400 digits)" in text_of(response)
    assert value_of(response, name) == "1234567890" * 40


def test_names_and_groups_that_there_are_not_are_passed_over(browser):
    response = post(browser, shown=["no_such_fact", "sex", "sex", "ruleset_version"], go="ZZ")

    assert response.status_code == 200


def test_a_form_without_anything_is_answered(browser):
    assert browser.post(TRY, {}).status_code == 200
    assert browser.post(TRY, {"sex": "male"}).status_code == 200


def test_it_takes_only_what_a_form_sends(browser, client):
    assert browser.put(TRY).status_code == 405
    client.logout()
    assert client.get(TRY).status_code == 302
    assert client.post(TRY, {"sex": "male"}).status_code == 302


def test_it_stays_in_its_edition(browser):
    root = f"/guidance/{EDITION.version}/"
    response = post(browser, {"clinical_question": "local_staging"}, address=f"{root}try/")

    assert f'action="{root}try/"' in response.content.decode()
    assert f"{root}scenarios/SC-02/" in response.content.decode()
    assert browser.get("/guidance/2099.1/try/").status_code == 404


def test_the_answer_stands_with_its_reasons_and_background(browser):
    words = text_of(browser.get(TRY, {"example": "V37"}))

    assert "Ki-67 2.5 % lies in no class" in words
    assert "Resection: complete resection" in words
    assert "(here: 58 years)" in words
    assert "The way to it, step by step" in words
    assert "If G2:" in words
    assert "Every interval policy FU-01" in words
    assert "Sources differ" in words
    assert "ENETS: T not known, N not known" in words
    progress = text_of(browser.get(TRY, {"example": "V39"}))
    assert "Treatment options" in progress
    assert "They disagree; a person chooses." in text_of(browser.get(TRY, {"example": "V14"}))
