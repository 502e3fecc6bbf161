"""How recommendations stand to the guidance, on the worked cases of the specification."""

import datetime

import pytest

from cases.selectors.concordance import standing_of
from cases.selectors.due_dates import Follows
from cases.selectors.proposals import Proposed, proposal_from
from cases.selectors.recommended import codes_in
from guidance.engine.edition import load_edition
from tests.unit.guidance.cases import answer, read_data

CODES = codes_in(load_edition())
VIGNETTES = {entry["id"]: entry for entry in read_data("vignettes")}
DAY = datetime.date(2026, 10, 1)


def answer_of(vignette, **facts):
    return answer(read_data("d0"), VIGNETTES[vignette]["facts"], facts)


def standing(vignette, *asked, **facts):
    return standing_of(answer_of(vignette, **facts), asked, codes=CODES)


def image(code, text=""):
    return Proposed("imaging", code, text)


def treat(code):
    return Proposed("treatment", code)


def words(text, kind="other"):
    return Proposed(kind, "", text)


@pytest.mark.parametrize("vignette", VIGNETTES)
def test_what_the_guidance_proposes_is_as_it_says(vignette):
    said = answer_of(vignette)
    facts = {**read_data("d0"), **VIGNETTES[vignette]["facts"]}

    rows = proposal_from(said, facts, codes=CODES, follows=Follows(DAY)).rows

    found = standing_of(said, rows, codes=CODES)
    assert not found.departures
    assert not found.in_words
    if found.concordance == "no_guidance":
        assert not rows
        assert said["scenario"] not in ("SC-01", "SC-03", "SC-05")
    elif rows:
        assert found.concordance == "concordant"
    else:
        # One study is rated; nothing is recommended.
        assert said["scenario"] == "SC-06"
        assert found.concordance == ""


@pytest.mark.parametrize("vignette", ["V03", "V26", "V39"])
def test_an_option_that_was_picked_is_as_the_guidance_says_and_one_that_was_not_is_nothing(
    vignette,
):
    said = answer_of(vignette)
    facts = {**read_data("d0"), **VIGNETTES[vignette]["facts"]}
    options = proposal_from(said, facts, codes=CODES, follows=Follows(DAY)).options

    assert standing_of(said, [], codes=CODES).concordance == ""
    assert len(options) > 1
    for option in options:
        assert standing_of(said, [option], codes=CODES).concordance == "concordant"


@pytest.mark.parametrize(
    ("vignette", "asked", "name", "why"),
    [
        ("V01", image("EUS"), "Endoscopic ultrasound", "Usually not appropriate in this"),
        ("V01", image("PET_FDOPA"), "F-DOPA PET/CT", "does not rate this study"),
        ("V01", treat("OPT-PRRT"), "Evaluate for PRRT.", "only after a result"),
        ("V02", image("MRI_AP_WWO"), "MRI abdomen and pelvis", "SUB-01"),
        ("V30", treat("OPT-LDT"), "Liver-directed therapy", "not among what the guidance offers"),
        ("V32", image("CT_AP_W"), "CT abdomen and pelvis", "does not rate this study"),
        # A recorded course of PRRT takes the option away.
        ("V39", treat("OPT-PRRT"), "Evaluate for PRRT.", "not among what the guidance offers"),
    ],
)
def test_departs_and_says_from_what(vignette, asked, name, why):
    found = standing(vignette, words("Call."), asked)

    assert found.concordance == "deviates"
    (departure,) = found.departures
    assert (departure.place, departure.code) == (1, asked.code)
    assert departure.name.startswith(name)
    assert why in departure.why
    assert departure.words in found.refusal("concordant")
    assert found.in_words == (0,)


@pytest.mark.parametrize(
    ("vignette", "asked"),
    [
        ("V01", image("MRI_AP_WWO")),  # recommended
        ("V01", image("CT_AP_W", "in words besides")),  # an alternative
        ("V01", image("CT_CHEST_WO")),  # an add-on
        ("V03", image("PET_DOTATATE")),  # of the branch
        ("V03", treat("OPT-PRRT")),  # an option of the branch
        ("V22", words("Liver MRI (multiphasic)", "imaging")),  # in the words of the branch
        ("V32", image("MRI_AP_WWO")),  # the one rating that is known
    ],
)
def test_follows(vignette, asked):
    found = standing(vignette, asked)

    assert found.concordance == "concordant"
    assert not found.departures
    assert not found.refusal("concordant")
    assert not found.refusal("deviates")
    assert "covers this case" in found.refusal("no_guidance")


def test_what_a_check_takes_away_departs_even_where_the_branch_names_it():
    found = standing("V03", image("PET_DOTATATE"), sstr_pet_available=False)

    assert found.concordance == "deviates"
    assert found.departures[0].why.startswith("SUB-")


def test_words_are_for_a_person_to_judge():
    found = standing("V01", words("See you in spring."), words("Tell the family doctor."))

    assert found.concordance == ""
    assert found.in_words == (0, 1)
    assert not found.refusal("concordant")
    assert not found.refusal("no_guidance")


@pytest.mark.parametrize("vignette", ["V10", "V15", "V17", "V34", "V36"])
def test_no_guidance_is_nothing_to_follow(vignette):
    found = standing(vignette, image("MRI_AP_WWO"))

    assert found.concordance == "no_guidance"
    assert not found.departures
    assert "says nothing of this case" in found.refusal("concordant")
    assert not found.refusal("no_guidance")
    assert not found.refusal("deviates")


def test_words_of_the_guidance_are_told_from_what_is_coded():
    said = answer_of("V30")
    text = next(
        action["text"] for action in said["branch_detail"]["actions"] if action["kind"] == "action"
    )
    assert not standing("V30", words(text)).is_coded
    assert standing("V01", words("x"), image("EUS")).is_coded
