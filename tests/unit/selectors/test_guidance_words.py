"""Steps after a result: what is done in turn, and what is one or the other."""

from cases.selectors.guidance_words import steps_of


def action(text, *, group="", kind="act"):
    return {"text": text, "group": group, "kind": kind}


def test_one_after_the_other():
    first, second = steps_of([action("CT."), action("PET.")])
    assert (first.lead, first.texts, second.texts) == ("", ("CT.",), ("PET.",))


def test_either_or():
    (step,) = steps_of([action("CT.", group="a"), action("MRI.", group="a")])
    assert (step.lead, step.texts) == ("Either", ("CT.", "or: MRI."))


def test_options_are_for_the_board_to_weigh():
    (step,) = steps_of([action(each, group="a", kind="option") for each in ("PRRT", "SSA")])
    assert (step.lead, step.texts) == ("Options for the board to weigh", ("PRRT", "SSA"))
    (alone,) = steps_of([action("PRRT", kind="option")])
    assert alone.lead == "Option for the board"
