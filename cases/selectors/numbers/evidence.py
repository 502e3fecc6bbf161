"""What accreditation schemes ask of a tumor board, and the numbers that show it."""

from collections.abc import Sequence
from dataclasses import dataclass

from cases.selectors.numbers.figures import Figure
from cases.selectors.numbers.numbers import Numbers

#: Said on every pack: a scheme's own text binds, not a short reading of it.
CAVEAT = (
    "The left column is a short reading of what the scheme asks for; the scheme's own text in "
    "the edition that binds you goes before it. What is marked “from elsewhere” this software "
    "does not hold."
)


@dataclass(frozen=True)
class Asked:
    """One thing that a scheme asks for, and the codes of the numbers that answer it.

    `elsewhere` says what has to come from another system; empty where nothing has to.
    """

    text: str
    figures: tuple[str, ...] = ()
    elsewhere: str = ""


@dataclass(frozen=True)
class Pack:
    """One scheme: its name, who publishes it, and what it asks for."""

    code: str
    name: str
    source: str
    asked: tuple[Asked, ...]


@dataclass(frozen=True)
class Shown:
    """One line of a pack with its numbers."""

    asked: Asked
    figures: tuple[Figure, ...]


COC = Pack(
    code="coc-2-5",
    name="CoC Standard 2.5, multidisciplinary cancer case conference",
    source="Commission on Cancer, Optimal Resources for Cancer Care (2020 Standards), Standard 2.5",
    asked=(
        Asked("How often the conference meets, and in what format", ("meetings",)),
        Asked(
            "How many cases are presented, as a share of the year's analytic caseload",
            ("cases", "decided"),
            "the analytic caseload of the cancer registry",
        ),
        Asked("The share of cases presented prospectively", ("prospective",)),
        Asked("Attendance of the specialties that the program requires", ("quorum", "attendance")),
        Asked("Clinical or pathologic stage is discussed", ("stage",)),
        Asked(
            "Treatment is planned by nationally recognized evidence-based guidelines",
            ("guideline", "concordance", "deviations"),
        ),
        Asked(
            "Options for trials, genetic testing and supportive care are discussed",
            elsewhere="what was said of these stands in the rationale of each record",
        ),
    ),
)

UK_MDT = Pack(
    code="uk-mdt",
    name="UK cancer multidisciplinary team meeting",
    source=(
        "National Cancer Action Team, The Characteristics of an Effective MDT (2010); NHS "
        "England, Streamlining Multi-Disciplinary Team Meetings (2020)"
    ),
    asked=(
        Asked("Core specialties attend", ("quorum", "attendance")),
        Asked(
            "Cases are listed by a cut-off, with the agreed minimum data set",
            ("ready_at_cutoff", "late"),
        ),
        Asked(
            "All patients are listed; those that a standard of care settles are not discussed",
            ("cases", "protocol"),
        ),
        Asked("Time is given to the cases that need it", ("minutes_per_case",)),
        Asked(
            "Postponed cases and their causes are known", ("postponed", "postponed_by_department")
        ),
        Asked(
            "A clear recommendation is recorded, or why there is none",
            ("decided", "no_recommendation"),
        ),
        Asked(
            "Recommendations that were not carried out are known, with the reason",
            ("carried_out", "not_done", "reason_known"),
        ),
        Asked(
            "Waiting is watched",
            ("referral_to_discussion", "decision_to_action"),
            "the national waiting-time clocks",
        ),
    ),
)

ENETS = Pack(
    code="enets",
    name="ENETS center: neuroendocrine tumor board",
    source=(
        "European Neuroendocrine Tumor Society, Centers of Excellence program, public description"
    ),
    asked=(
        Asked("A dedicated, regular tumor board", ("meetings", "minutes_per_case")),
        Asked("The specialties of neuroendocrine care sit on it", ("quorum", "attendance")),
        Asked(
            "Enough patients are seen",
            ("cases", "decided"),
            "new patients a year, counted by person",
        ),
        Asked(
            "Guidelines are followed, and departures explained",
            ("guideline", "concordance", "deviations"),
        ),
        Asked(
            "Treatments that a trial offers are used", ("deviations",), "the trials that are open"
        ),
        Asked("Results are followed up", ("carried_out", "reason_known", "decision_to_action")),
    ),
)

PACKS = {pack.code: pack for pack in (COC, UK_MDT, ENETS)}


def shown(pack: Pack, numbers: Numbers) -> Sequence[Shown]:
    """The lines of a pack, each with its numbers of the period."""
    return [Shown(asked, tuple(numbers[code] for code in asked.figures)) for asked in pack.asked]
