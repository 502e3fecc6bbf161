"""Which side stands where record and direct answer disagree, and what is kept of the other."""

import datetime

from cases.models import FactAnswer
from cases.selectors.known import Known

ENTERED = datetime.datetime(2026, 3, 1, 12, tzinfo=datetime.UTC)
HOUR = datetime.timedelta(hours=1)


def answer(value, *, at=ENTERED):
    return FactAnswer(
        institution_id=None, fact="cga_trend", value=value, source="letter", answered_at=at
    )


def trend(*, entered_at=ENTERED):
    return Known("rising", "lab.cga_trend", "Computed", entered_at=entered_at)


def test_what_the_record_says_outright_stands_before_any_answer():
    assert not trend(entered_at=None).yields_to(answer("stable", at=ENTERED + HOUR))


def test_a_reading_of_the_record_yields_to_an_answer_that_came_after_it():
    assert trend().yields_to(answer("stable", at=ENTERED + HOUR))
    assert not trend().yields_to(answer("stable", at=ENTERED - HOUR))
    assert not trend().yields_to(answer("stable"))
    assert not trend().yields_to(None)


def test_the_origin_says_whether_an_answer_would_stand_before_it():
    assert trend().as_origin(None)["until_answered"] is True
    assert "until_answered" not in trend(entered_at=None).as_origin(None)


def test_the_record_keeps_the_answer_that_it_stands_against():
    origin = trend().as_origin(answer("stable"))
    assert (origin["rule"], origin["answer"]["value"]) == ("lab.cga_trend", "stable")
    assert "answer" not in trend().as_origin(answer("rising"))
    assert "answer" not in trend().as_origin(None)


def test_an_answer_keeps_what_the_record_says():
    assert trend().beside(answer("stable")) == {
        "record": {
            "value": "rising",
            "rule": "lab.cga_trend",
            "text": "Computed",
            "until_answered": True,
        }
    }
    assert trend().beside(answer("rising")) == {}


def measured(value, rule="lesions.size_change"):
    return Known(value, rule, "From the lesions")


def test_what_the_lesions_say_otherwise_is_kept_beside_the_result():
    result = Known("stable", "result.size_change", "From the result").before(measured("increase"))
    assert result.as_origin(None)["record"] == {
        "value": "increase",
        "rule": "lesions.size_change",
        "text": "From the lesions",
    }


def test_what_was_answered_otherwise_is_the_other_side_where_both_are():
    result = Known("stable", "result.size_change", "From the result").before(measured("increase"))
    assert "record" not in result.as_origin(answer("decrease"))
    assert "record" in result.as_origin(answer("stable"))


def test_nothing_is_kept_of_what_agrees_or_is_no_measurement():
    result = Known("stable", "result.size_change", "From the result")
    for other in (None, measured("stable"), measured("increase", rule="study.size_change")):
        assert result.before(other) is result
