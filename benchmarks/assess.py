"""How many assessments one core makes in a second, beside zen-engine on a comparable question.

Run with `python -m benchmarks.assess`. Everything runs in one run on one core, over the worked
cases of the clinical specification. Time is processor time, so that a busy machine slows no side
more than another; the sides take turns, and the best turn of each counts.
"""

import os
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from benchmarks import peer
from guidance.engine.assess import assess
from guidance.engine.edition import Edition, load_edition
from guidance.engine.examples import examples
from guidance.engine.facts import Facts, parse_facts
from guidance.engine.ratings import rank_studies
from guidance.engine.reading import read_case
from guidance.engine.why import explain_why

TURNS = 5
SECONDS = 0.6
BUDGET = 10_000
TRACE = {"trace": True}


class Side(NamedTuple):
    """What is measured: a call for each item, and what the call does in words."""

    call: Callable[[Any], object]
    items: Sequence[Any]
    words: str


def rate(side: Side) -> float:
    """Return calls a second of processor time, over about `SECONDS`."""
    begin = time.process_time()
    count = 0
    while (elapsed := time.process_time() - begin) < SECONDS:
        for item in side.items:
            side.call(item)
        count += len(side.items)
    return count / elapsed


def sides(edition: Edition) -> Mapping[str, Side]:
    """Return what is measured, by name; stop where the peer's answers are not the same."""
    cases = [parse_facts(example.facts) for example in examples().values()]
    rated = [(case, found) for case, found in answered(cases, edition) if found["studies"]]
    zen, names = peer.engine(edition), peer.facts_read(edition)
    contexts = []
    for case, found in rated:
        context = {"scenario": found["scenario"], **{name: case.get(name) for name in names}}
        told = peer.answer(zen.evaluate(peer.KEY, context)["result"])
        if told != {key: found[key] for key in told}:
            sys.exit(f"The peer answers another question in {found['scenario']}: {told}")
        contexts.append(context)
    ratings = edition.ratings.by_scenario
    readings = [(read_case(case)[0], ratings[found["scenario"]]) for case, found in rated]
    rows = sum(len(peer.table(each)["rules"]) for each in ratings.values())
    return {
        "assess": Side(
            lambda case: assess(case, edition),
            cases,
            f"the whole assessment of {len(cases)} cases: grade, scenario, studies, checks, branch,"
            " intervals, board and questions, with the trace as it is stored",
        ),
        "studies": Side(
            lambda both: rank_studies(*both),
            readings,
            f"of it only the studies, for the {len(rated)} cases that have rated ones: which are"
            " feasible, in rank order, and which rule removes the others",
        ),
        "zen": Side(
            lambda context: zen.evaluate(peer.KEY, context),
            contexts,
            f"zen-engine, same cases, same answers: a switch by scenario and tables of {rows} rows,"
            " called from Python, without its trace",
        ),
        "zen + trace": Side(
            lambda context: zen.evaluate(peer.KEY, context, TRACE), contexts, "the same with trace"
        ),
        "why": Side(
            lambda case: explain_why(case, edition),
            cases,
            "the explanation on reading: the assessment, and every line with its criteria as trees",
        ),
    }


def answered(cases: Sequence[Facts], edition: Edition) -> Sequence[tuple[Facts, Mapping[str, Any]]]:
    """Return the cases with their answers."""
    return [(case, assess(case, edition)) for case in cases]


def main() -> None:
    """Measure and print."""
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    measured = sides(load_edition())
    turns = [{name: rate(side) for name, side in measured.items()} for _ in range(TURNS)]
    best = {name: max(turn[name] for turn in turns) for name in measured}
    for name, side in measured.items():
        print(f"{best[name]:>9,.0f} a second  {name:<12} {side.words}")
    print(
        f"\nBudget: at least {BUDGET:,} whole assessments a second.\n"
        f"Same question: studies {best['studies'] / best['zen']:.1f} times as fast as zen"
        " (zen's figure includes handing facts and answer over between Python and Rust).\n"
        f"With trace: a whole assessment takes {best['zen + trace'] / best['assess']:.1f} times as"
        " long as zen takes for the studies.\n"
        "zen and studies are told the scenario; only assess finds it, and does all the rest."
    )


if __name__ == "__main__":
    main()
