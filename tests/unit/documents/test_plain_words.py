"""One recommendation in plain words: what has words of its own, and what is left to the doctor."""

import pytest

from cases.documents.plain_words import FOR_THE_TALK, HELD_BACK, action_words, in_plain_words
from cases.models import Recommendation
from guidance.editions.plain_language import plain_language
from guidance.engine.edition import load_edition

EDITION = load_edition()
ACTIONS = {a["code"]: a["text"] for a in EDITION.content["actions"]["actions"]}
WORDS = plain_language()


def plain(kind, code="", text="", intent=""):
    # Of no institution: nothing is read or written.
    asked = Recommendation(institution_id=None, kind=kind, code=code, text=text, intent=intent)
    return in_plain_words(asked, action_words(EDITION))


@pytest.mark.parametrize("code", ACTIONS)
def test_the_text_of_an_action_has_its_plain_words(code):
    said = plain("other", text=ACTIONS[code])
    known = WORDS.actions.get(code) or WORDS.options[code]
    assert (said.name, said.typed, said.what, said.more) == (known.name, "", known.what, ())


def test_a_part_of_an_action_has_them_too():
    assert plain("imaging", text="Liver MRI (multiphasic)").name == "A closer scan"


def test_the_text_of_an_action_with_words_added_is_typed_by_a_person():
    said = plain("other", text=ACTIONS["ACT-CONFIRM-RESTAGE"] + " Soon.")
    assert (said.name, said.typed, said.what) == ("Something else", "", "")
    assert said.more == (HELD_BACK,)


def test_what_was_typed_of_a_place_or_a_person_is_shown():
    said = plain("referral", text="Surgery")
    assert (said.typed, said.more) == ("Surgery", ())
    assert said.what == WORDS.kinds["referral"].what


def test_what_was_typed_beside_a_code_is_left_to_the_doctor():
    said = plain("treatment", "OPT-LDT", "Radioembolization", "disease_control")
    assert (said.name, said.typed) == ("A treatment inside the liver", "")
    assert said.more == (
        WORDS.kinds["treatment"].what,
        HELD_BACK,
        WORDS.intents["disease_control"].name,
    )
    assert HELD_BACK not in plain("treatment", "OPT-LDT").more


def test_nothing_typed_is_nothing_held_back():
    said = plain("rediscussion")
    assert (said.typed, said.more) == ("", ())


@pytest.mark.parametrize(
    "text",
    [
        "Rule out recurrence",
        "Restage",
        "Re-staging",
        "Search for micrometastases",
        "Metastasectomy",
        "A possible complication",
        "If progressive",
        "No malignancy",
        "Poor survival",
        "Terminal care",
        "He may die",
        "Palliative care",
        "In 40 %",
    ],
)
def test_what_frightens_is_held_back(text):
    assert FOR_THE_TALK.search(text)
    assert plain("other", text=text).more == (HELD_BACK,)


@pytest.mark.parametrize("text", ["Dietician", "Diet and exercise", "Tell the family doctor"])
def test_what_only_looks_like_it_is_not(text):
    assert plain("other", text=text).typed == text
