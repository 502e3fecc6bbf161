"""The answer of the guidance with what stands beside each part of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from cases.models.acknowledgment import CRITICAL, SEVERITIES, AcknowledgmentReason
from cases.selectors.acknowledgments import Acknowledged, CheckState
from cases.selectors.annotations import Annotations
from cases.selectors.local_words import LocalWord

#: Reasons that acknowledge a check and accept nothing: the data behind it are still to change.
NO_ACCEPTANCE = (AcknowledgmentReason.DATA,)


@dataclass(frozen=True)
class ShownCheck:
    """A raised check with what was said of it; `local` are the words of the institution beside it.

    `state` is None where nobody can have acknowledged it, or where that was not kept.
    """

    code: str
    severity: str
    text: str
    source: str
    state: CheckState | None
    local: tuple[LocalWord, ...]

    @property
    def is_open(self) -> bool:
        """Whether it can be acknowledged and is not."""
        return self.state is not None and self.state.standing is None

    @property
    def is_blocking(self) -> bool:
        """Whether no decision can be signed before it is acknowledged (specification 6)."""
        return self.severity == CRITICAL and self.is_open

    @property
    def acceptance(self) -> Acknowledged | None:
        """The acknowledgment, where it accepts what the check is about."""
        standing = self.state.standing if self.state else None
        return standing if standing and standing.reason_code not in NO_ACCEPTANCE else None

    @property
    def status(self) -> str:
        """Whether it is acknowledged, in one line for paper; empty where it need not be."""
        if self.state is None:
            return ""
        if self.state.standing:
            return f"Acknowledged: {self.state.standing.words}"
        if self.state.lapsed:
            return f"Not acknowledged. Lapsed, as {self.because}: {self.state.lapsed.words}"
        return "Not acknowledged"

    @property
    def because(self) -> str:
        """Why an earlier acknowledgment lapsed."""
        return f"this has changed since ({self.state.lapsed_because})" if self.state else ""


@dataclass(frozen=True)
class Acceptance:
    """Whether somebody accepted by name a study that may not be diagnostic (X-09).

    Until every check that asks for it is acknowledged, the interval waits.
    """

    text: str
    source: str
    checks: tuple[ShownCheck, ...]

    @property
    def waiting_for(self) -> tuple[ShownCheck, ...]:
        """The checks that nobody has accepted yet."""
        return tuple(check for check in self.checks if check.acceptance is None)

    @property
    def words(self) -> str:
        """What is waited for, or who accepted, in one line for paper."""
        if self.waiting_for:
            return f"waits for acceptance of {', '.join(c.code for c in self.waiting_for)}"
        return f"accepted by {', '.join(f'{who.by} ({who.at})' for who in self.accepted)}"

    @property
    def accepted(self) -> tuple[Acknowledged, ...]:
        """Who accepted, and when."""
        return tuple(check.acceptance for check in self.checks if check.acceptance)


@dataclass(frozen=True)
class ShownInterval:
    """When to look again by one rule of the edition, with what the institution says beside it."""

    words: str
    text: str
    rule: str
    source: str
    local: tuple[LocalWord, ...]


class AnnotatedAnswer:
    """An answer, every part of it as it was stored, beside which the annotations stand."""

    def __init__(self, answer: Mapping[str, Any], annotations: Annotations) -> None:
        self.answer = answer
        self.annotations = annotations

    @property
    def checks(self) -> list[ShownCheck]:
        """Every check of the answer, with who acknowledged it and what is said of it locally."""
        checks = self.answer["checks"]
        states = self.annotations.states or (None,) * len(checks)
        return [
            ShownCheck(
                code=check["code"],
                severity=check["severity"],
                text=check["text"],
                source=check["source"],
                state=state if check["severity"] in SEVERITIES else None,
                local=self.annotations.on("check", check["code"]),
            )
            for check, state in zip(checks, states, strict=True)
        ]

    @property
    def pressing(self) -> list[ShownCheck]:
        """The checks that are more than information."""
        return [check for check in self.checks if check.severity in SEVERITIES]

    @property
    def blocking(self) -> list[ShownCheck]:
        """The critical checks that are to be acknowledged before a decision is signed."""
        return [check for check in self.checks if check.is_blocking]

    @property
    def intervals(self) -> list[ShownInterval]:
        """When to look again, by each rule that says so."""
        branch = self.answer["branch_detail"]
        return [
            ShownInterval(
                words=rule["words"],
                text=rule["text"],
                rule=rule["rule"],
                source=rule["source"],
                local=self.annotations.on("interval", rule["rule"]),
            )
            for rule in (branch["interval"] if branch else ())
        ]

    @property
    def interval(self) -> str:
        """The intervals in one line, with what they wait for or who accepted the study."""
        words = "; ".join(f"{rule.words} ({rule.source})" for rule in self.intervals)
        return f"{words}; {self.acceptance.words}" if words and self.acceptance else words

    @property
    def acceptance(self) -> Acceptance | None:
        """What the interval waits or waited for; None where it waits for nobody."""
        asked = self.answer.get("acceptance")
        if not asked or not asked["needed"]:
            return None
        checks = tuple(check for check in self.checks if check.code in asked["because"])
        return Acceptance(asked["text"], asked["source"], checks)

    @property
    def local_on_scenario(self) -> tuple[LocalWord, ...]:
        """What the institution says of the scenario."""
        return self.annotations.on("scenario")

    @property
    def local_on_branch(self) -> tuple[LocalWord, ...]:
        """What the institution says of what follows the result."""
        branch = self.answer["branch_detail"]
        return self.annotations.on("branch", branch["id"]) if branch else ()

    @property
    def local_on_headline(self) -> tuple[LocalWord, ...]:
        """What the institution says of the one study whose rating is known."""
        headline = self.answer["headline"]
        return self.annotations.on("study", headline["procedure"]) if headline else ()

    @property
    def local(self) -> list[tuple[str, LocalWord]]:
        """Every local word, each with the name of what it stands beside."""
        return [(self._beside(word), word) for word in self.annotations.words]

    def _beside(self, word: LocalWord) -> str:
        answer = self.answer
        studies = [*answer["studies"], *([answer["headline"]] if answer["headline"] else [])]
        names = {study["procedure"]: study["name"] for study in studies}
        return {
            "scenario": str(answer["scenario_name"]),
            "study": names.get(word.code, word.code),
            "branch": "After the result",
            "check": f"Check {word.code}",
            "interval": f"Interval by {word.code}",
        }[word.kind]
