"""Examples of mCODE and of R4 itself go in and come out with nothing lost.

The few in `examples/` are of the npm packages `hl7.fhir.us.mcode` 4.0.0 and `hl7.fhir.r4.examples`
4.0.1 (CC0). All of them are sent by `python -m tests.fhir_round_trip`.
"""

import os
from pathlib import Path

import pytest

from tests.fhir_round_trip import FOLDER
from tests.integration.fhir.writing.round_trip import examples, sent

pytestmark = pytest.mark.django_db
HERE = Path(__file__).with_name("examples")


def test_a_few_examples_come_back_as_they_went_in(server):
    journey = sent(server, examples(HERE))
    assert journey.lost == {}
    assert journey.refused == {}
    assert len(journey.arrived) == len(list(HERE.rglob("*.json")))


if FOLDER in os.environ:

    @pytest.mark.parametrize("folder", os.environ[FOLDER].split(os.pathsep))
    def test_every_example_comes_back_as_it_went_in(server, capsys, folder):
        journey = sent(server, examples(Path(folder)))
        with capsys.disabled():
            figures = f"{len(journey.arrived)} arrived, {len(journey.refused)} refused"
            print(f"\n{Path(folder).name}: {figures}, {len(journey.lost)} lost something")
            for name, reason in sorted(journey.refused.items()):
                print(f"  refused {name}: {reason}")
        assert journey.lost == {}
