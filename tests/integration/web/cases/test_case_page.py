"""The page of a case says what the assessment says, and where each word comes from."""

import datetime
import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cases.models import Result, Study
from cases.services import facts, results, treatments
from tests.factories.boards import make_asking_case, make_board, make_item, make_meeting, sign
from tests.factories.cases import STAGING, SURVEILLANCE, make_case, make_study
from tests.integration.web.cases.reading import text_of
from tumorboard.audit.models import AuditEntry
from tumorboard.tenancy.scope import institution_scope

pytestmark = pytest.mark.usefixtures("kept_case")

DAY = datetime.timedelta(days=1)


@pytest.fixture
def page(browser, at, institution, coordinator):
    """The page of a case with the given facts."""

    def open_page(**given):
        with institution_scope(institution):
            case = make_case(by=coordinator, **given)
        return browser.get(at("case", case.pk))

    return open_page


def test_it_names_the_study_first_with_its_full_rating_and_radiation(browser, case, at):
    response = browser.get(at("case", case.pk))

    heading = re.search(r"<h2[^>]*>(.*?)</h2>", response.content.decode())[1]
    assert heading == "MRI abdomen and pelvis without and with IV contrast"
    words = text_of(response)
    assert "Recommended study: Initial staging for distant disease" in words
    assert "Usually Appropriate" in words
    assert "O 0 mSv" in words
    assert "Order text" in words
    assert "This answer" not in words


def test_it_shows_every_rated_study_in_its_place(browser, case, at):
    words = text_of(browser.get(at("case", case.pk)))

    alternatives = words.index("Alternatives")
    not_for = words.index("Not for this question")
    assert alternatives < words.index("DOTATATE PET/CT", alternatives) < not_for
    assert "1-10 mSv or higher (stated jointly for CT and PET/CT)" in words
    assert words.index("Endoscopic ultrasound", not_for) > not_for
    assert "Usually not appropriate" in words
    assert "not stated for this scenario" in words


def test_a_study_that_cannot_be_made_is_told_with_its_reason(page):
    words = text_of(page(**{**STAGING, "mri_contraindicated": True}))

    assert "CT abdomen and pelvis with IV contrast" in words
    assert "Not possible for this patient" in words
    assert "SUB-01" in words


def test_it_says_why_with_the_fact_behind_each_criterion(browser, case, at):
    words = text_of(browser.get(at("case", case.pk)))

    assert "What makes it: Initial staging for distant disease Met Adult" in words
    assert "Met Adult. Age: 58 years" in words


def test_every_citation_leads_to_its_source_in_the_library(browser, case, at):
    body = browser.get(at("case", case.pk)).content.decode()
    library = browser.get("/guidance/sources/").content.decode()

    tags = set(re.findall(r'href="/guidance/sources/#(source-\d+)"', body))
    assert tags
    assert all(f'id="{tag}"' in library for tag in tags)


def test_it_names_edition_and_hash(browser, case, at, scope):
    case.refresh_from_db()
    words = text_of(browser.get(at("case", case.pk)))

    assert f"edition {case.assessment.edition_version}" in words
    assert case.assessment.edition_hash[:12] in words


def test_reading_it_is_noted(browser, case, at, scope, coordinator):
    browser.get(at("case", case.pk))

    entry = AuditEntry.objects.get(action="case.read")
    assert (entry.subject_id, entry.person) == (case.pk, coordinator)


def test_after_a_result_the_study_is_the_answer_to_the_question_before(
    browser, case, at, institution, coordinator
):
    with institution_scope(institution):
        make_study(case=case, by=coordinator, outcome="positive")
    response = browser.get(at("case", case.pk))

    words = text_of(response)
    assert "Recommended study" not in words
    assert "Answer to the question before the result" in words
    assert "Not the next study" in words
    assert "After the result: Positive, MRI of 12 Jan 2026" in words
    heading = re.search(r"<h2[^>]*>(.*?)</h2>", response.content.decode())[1]
    assert heading == "Positive for distant disease."
    assert "Options for the board to weigh: Systemic therapy" in words
    assert "Tumor board: yes" in words
    assert at("agenda_put_on", case.pk) in response.content.decode()


def test_a_surveillance_result_brings_the_interval_with_its_sources(
    browser, at, institution, coordinator
):
    with institution_scope(institution):
        case = make_case(by=coordinator, **SURVEILLANCE, stage_class="early")
        make_study(case=case, by=coordinator, modality="CT", outcome="negative")
    words = text_of(browser.get(at("case", case.pk)))

    assert "Next imaging" in words
    assert "Once a year" in words
    assert "001 L64" in words


def test_an_undetermined_case_says_between_what_and_what_to_answer(page):
    given = {name: value for name, value in SURVEILLANCE.items() if name != "new_symptoms"}
    response = page(**given)

    words = text_of(response)
    assert "Not enough is known to say which guidance applies" in words
    assert "Surveillance after complete resection or Suspected recurrence" in words
    assert "Unknown No new symptom of concern." in words
    assert "#fact-new_symptoms" in response.content.decode()


def test_a_provisional_answer_says_so_and_why(page):
    words = text_of(page(**{**STAGING, "differentiation": "unknown"}))

    assert "Provisional: this answer may change" in words
    assert "Recommended study" in words


def test_a_contradiction_shows_both_facts_and_where_to_correct_them(page):
    response = page(**{**SURVEILLANCE, "residual_disease_known": True})

    words = text_of(response)
    assert "The record contradicts itself" in words
    assert "Resection Complete resection Correct" in words
    assert "Residual disease known Yes Correct" in words
    assert "Recommended study" not in words
    assert "#fact-residual_disease_known" in response.content.decode()


def test_what_is_not_covered_is_refused_in_words(page):
    words = text_of(page(**{**STAGING, "pregnancy_status": "pregnant"}))

    assert "Pregnancy is not covered by the source documents." in words
    assert "Recommended study" not in words
    assert "Alternatives" not in words


def test_a_scenario_without_ratings_recommends_no_study(page):
    words = text_of(page(**{**STAGING, "clinical_question": "local_staging"}))

    assert "Scenario without ratings" in words
    assert "Recommended study" not in words


def test_unknown_stands_as_unknown_and_not_asked_does_not_stand(page):
    words = text_of(page(**{**STAGING, "bone_pain": "unknown"}))

    assert "Bone pain unknown Answered on" in words
    assert "Whipple triad" not in words


def test_each_open_question_leads_to_the_field_that_answers_it(page, browser, scope):
    response = page(clinical_question="distant_staging")

    links = re.findall(
        r'<ol class="questions">(.*?)</ol>', response.content.decode(), flags=re.DOTALL
    )
    urls = re.findall(r'href="(/i/[^"]*)"', links[0])
    assert urls
    for url in urls:
        address, _, anchor = url.partition("#")
        assert f'id="{anchor}"' in browser.get(address).content.decode()


def test_typed_text_is_shown_as_text(page):
    response = page(**STAGING, title="<script>alert(1)</script>", family_name="<b>Bold</b>")

    body = response.content.decode()
    assert "<script>alert(1)" not in body
    assert "<b>Bold" not in body
    assert "&lt;script&gt;alert(1)" in body


def test_the_source_of_an_answer_is_shown_as_text(browser, case, at, institution, coordinator):
    with institution_scope(institution):
        facts.answer(case=case, answers={"bone_pain": True}, source="<img src=x>", by=coordinator)
    for address in (at("case", case.pk), at("case_facts", case.pk, "C")):
        body = browser.get(address).content.decode()
        assert "<img src=x>" not in body
        assert "&lt;img src=x&gt;" in body


def test_imaging_is_listed_newest_first_with_what_each_showed(
    browser, case, at, institution, coordinator
):
    with institution_scope(institution):
        study = make_study(case=case, by=coordinator, modality="CT", outcome="indeterminate")
        make_study(
            case=case, by=coordinator, ordered_on=datetime.date(2026, 2, 1), performed_on=None
        )
    body = browser.get(at("case", case.pk)).content.decode()
    words = text_of(browser.get(at("case", case.pk)))

    assert words.index("ordered 1 Feb 2026, current") < words.index("12 Jan 2026 Indeterminate")
    assert at("study", study.pk) in body


def test_a_corrected_result_changes_what_follows(browser, case, at, institution, coordinator):
    with institution_scope(institution):
        study = make_study(case=case, by=coordinator, outcome="positive")
        results.change(result=study.results.get(), by=coordinator, outcome="negative")
    words = text_of(browser.get(at("case", case.pk)))

    assert "Negative, MRI of 12 Jan 2026" in words
    assert "Positive for distant disease" not in words


def test_a_reader_is_offered_nothing_to_write(sign_in_as, case, at):
    body = sign_in_as("RADIOLOGIST").get(at("case", case.pk)).content.decode()

    assert at("case_edit", case.pk) not in body
    assert at("treatment_new", case.pk) not in body
    assert at("study_new", case.pk) in body


def add_studies(case, person, days):
    """Performed studies with results, one each day, written at once."""
    studies = [
        Study(case=case, modality="CT", performed_on=datetime.date(2020, 1, 1) + day * DAY)
        for day in days
    ]
    Study.objects.bulk_create(studies)
    Result.objects.bulk_create(
        Result(case=case, study=study, outcome="stable", entered_by=person) for study in studies
    )


def test_the_page_takes_the_same_queries_with_5_studies_and_with_500(
    browser, case, at, institution, coordinator
):
    counted = []
    browser.get(at("case", case.pk))  # The first page reads which edition there is.
    for days in (range(5), range(5, 500)):
        with institution_scope(institution):
            add_studies(case, coordinator, days)
        with CaptureQueriesContext(connection) as queries:
            assert browser.get(at("case", case.pk)).status_code == 200
        counted.append(len(queries))
    assert counted[0] == counted[1]
    assert counted[1] <= 63


def test_the_grade_names_its_who_edition_wherever_it_stands(page):
    words = text_of(page(**{**STAGING, "ki67_percent": 8, "pathologist_grade": "G2"}))

    assert "Grade G2 (WHO 2022)" in words
    assert "Grade given by pathology G2 (WHO 2022)" in words
    assert not re.search(r"(?<!gives )(?<!gave )\bG2\b(?! \(WHO 2022\)| by WHO 2022)", words)


def test_why_this_scenario_comes_before_why_not_another(browser, case, at):
    words = text_of(browser.get(at("case", case.pk)))

    own = words.index("What makes it: Initial staging for distant disease")
    others = words.index("Why not another scenario")
    assert own < others
    assert "Excluded" not in words[own:others]
    assert "Excluded Surveillance after complete resection: Initial staging" in words[others:]


def test_what_is_confirmed_before_ordering_is_no_open_question(page):
    response = page(**{name: value for name, value in STAGING.items() if "mri" not in name})

    words = text_of(response)
    assert "Open questions No question is open. Before ordering" in words
    assert "<details" not in aside_of(response)


def test_after_a_result_nothing_is_ordered(browser, at, institution, coordinator):
    given = {name: value for name, value in STAGING.items() if "mri" not in name}
    with institution_scope(institution):
        case = make_case(by=coordinator, **given)
        make_study(case=case, by=coordinator, outcome="negative")
    response = browser.get(at("case", case.pk))

    assert re.search(r'<details class="details"><summary>Before ordering', aside_of(response))


def aside_of(response):
    """What stands beside the page."""
    return re.search(r"(?s)<aside.*</aside>", response.content.decode())[0]


def test_actions_of_one_group_are_alternatives(browser, case, at, institution, coordinator):
    with institution_scope(institution):
        make_study(case=case, by=coordinator, outcome="indeterminate")
        case.refresh_from_db()
        branch = case.assessment.answer["branch_detail"]
    first, second = (action["text"] for action in branch["actions"][:2])

    words = text_of(browser.get(at("case", case.pk)))

    assert re.search(rf"Either: {re.escape(first)} .{{0,60}} or: {re.escape(second)}", words)


def test_a_case_that_asks_is_put_on_an_agenda_from_its_board_section(
    browser, at, institution, coordinator, sign_in_as
):
    with institution_scope(institution):
        case = make_asking_case(by=coordinator)

    address = at("agenda_put_on", case.pk)
    assert address in board_section(browser.get(at("case", case.pk)))
    reader = sign_in_as("RADIOLOGIST").get(at("case", case.pk))
    assert address not in board_section(reader)


def test_a_case_that_does_not_ask_is_not_offered_there(browser, case, at):
    assert at("agenda_put_on", case.pk) not in board_section(browser.get(at("case", case.pk)))


def test_a_case_on_a_coming_list_says_on_which(browser, at, institution, coordinator, chair):
    with institution_scope(institution):
        board = make_board(by=coordinator, name="Pancreas board")
        item = make_item(by=coordinator, meeting=make_meeting(by=coordinator, board=board))
    response = browser.get(at("case", item.case_id))

    assert at("meeting", item.meeting_id) in board_section(response)
    assert "On the list of Pancreas board" in text_of(response)
    assert at("agenda_put_on", item.case_id) not in response.content.decode()

    with institution_scope(institution):
        sign(item, by=chair)
    assert "On the list of" not in text_of(browser.get(at("case", item.case_id)))


def board_section(response):
    """The section on the board."""
    found = re.search(
        r'(?s)<section[^>]*aria-labelledby="board".*?</section>', response.content.decode()
    )
    return found[0]


@pytest.mark.parametrize(
    ("given", "title", "next_step"),
    [
        (
            {**STAGING, "pregnancy_status": "pregnant"},
            "Not covered by this edition",
            "The board decides on this case without guidance from this edition.",
        ),
        (
            {**SURVEILLANCE, "residual_disease_known": True},
            "The record contradicts itself",
            "Correct the record.",
        ),
        (
            {name: value for name, value in SURVEILLANCE.items() if name != "new_symptoms"},
            "Not enough is known to say which guidance applies",
            "Answer the open questions.",
        ),
    ],
)
def test_without_guidance_it_says_so_first_and_what_to_do(page, given, title, next_step):
    response = page(**given)

    heading = re.search(r"<h2[^>]*>(.*?)</h2>", response.content.decode())[1]
    assert heading == title
    words = text_of(response)
    assert "no guidance" in words[: words.index(title)]
    assert next_step in words


def test_only_what_the_reader_may_answer_is_linked(page, sign_in_as, at, institution, coordinator):
    with institution_scope(institution):
        case = make_case(by=coordinator, clinical_question="distant_staging")
    links = re.findall(
        r'href="(/i/[^"#]*)', aside_of(sign_in_as("RADIOLOGIST").get(at("case", case.pk)))
    )

    assert not [link for link in links if "/facts/" in link]


def test_a_treatment_without_dates_says_so(browser, case, at, institution, coordinator):
    with institution_scope(institution):
        treatments.add(case=case, type="PRRT", target="liver", by=coordinator)

    words = text_of(browser.get(at("case", case.pk)))
    assert "(PRRT)" in words[words.index("All treatments") - 400 :]
    assert "dates unknown" in words


def test_it_says_what_to_look_for_and_what_the_order_lacks(page):
    words = text_of(
        page(**SURVEILLANCE, functional_status="functioning", functional_subtype="insulinoma")
    )

    assert "Where recurrence shows, most frequent first liver, surgical bed" in words
    assert "Markers not measured" in words
    assert "insulin" in words


def test_it_says_that_the_source_goes_no_further_from_a_result(
    browser, at, institution, coordinator
):
    with institution_scope(institution):
        case = make_case(by=coordinator, **SURVEILLANCE)
        make_study(case=case, by=coordinator, modality="CT", outcome="progression")
    words = text_of(browser.get(at("case", case.pk)))

    assert "No path from this result: The surveillance article goes on from" in words
