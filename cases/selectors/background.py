"""What the sources say of a case beyond its stored assessment, in a reader's words."""

from dataclasses import dataclass
from typing import Any

from cases.models import Assessment
from guidance.editions import shelf
from guidance.engine.background import read_background
from guidance.engine.facts import parse_facts
from guidance.engine.wording import window_words

#: Parts of a stage in the order in which it is read.
PARTS = ("t", "n", "m")


@dataclass(frozen=True)
class Background:
    """The background of one assessment, by the edition that made it.

    `read` is what `guidance.engine.background.read_background` returns; `stage` is the stage in
    one line with its system, `common` the months that all interval rules share, both empty where
    there are none; `labels` are the names of all facts for a reader.
    """

    read: dict[str, Any]
    stage: str
    common: str
    labels: dict[str, str]

    @property
    def shown_options(self) -> list[dict[str, Any]]:
        """The treatment options with how the case stands to each; hidden ones are left out."""
        return [option for option in self.read["options"] if not option["hidden"]]


def background_of(assessment: Assessment) -> Background:
    """The background of a stored assessment: computed from its facts and its edition."""
    edition = shelf.edition(assessment.edition_version)
    read = read_background(parse_facts(assessment.facts, edition.dictionary), edition)
    labels = {name: fact.label for name, fact in edition.dictionary.items()}
    common = read["intervals"]["common"]
    return Background(
        read, stage_words(read["stage"]), window_words(common) if common else "", labels
    )


def stage_words(stage: dict[str, Any]) -> str:
    """A stage in one line, such as "at least T2 N1 M0, stage not given (ENETS)"; empty if unknown.

    Args:
        stage: as `guidance.engine.staging.explain_stage` returns it.
    """
    known = [_category(stage[part]) for part in PARTS]
    if not any(known):
        return ""
    words = " ".join(found or f"{part.upper()}?" for part, found in zip(PARTS, known, strict=True))
    group = stage["stage"]["category"]
    grouped = f", stage {group}" if group else ""
    return f"{words}{grouped} ({stage['system_name']})"


def _category(finding: dict[str, Any]) -> str:
    if finding["category"]:
        return str(finding["category"])
    # That a category is at least the lowest there is says nothing.
    lowest = finding["at_least"]
    return f"at least {lowest}" if lowest and not lowest.endswith(("0", "T1")) else ""
