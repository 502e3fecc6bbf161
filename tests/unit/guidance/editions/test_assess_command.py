import io
import json

import pytest
from django.core.management import call_command

from tests.unit.guidance.cases import DATA


def test_the_command_prints_json_without_a_database():
    stdout = io.StringIO()
    defaults = str(DATA / "d0.yaml")
    call_command("assess", str(DATA / "vignettes.yaml"), defaults=defaults, stdout=stdout)
    answers = json.loads(stdout.getvalue())
    assert answers[0]["top"] == "MRI_AP_WWO"
    assert stdout.getvalue().endswith("]\n")


def test_bad_input_exits_with_2_and_names_entry_and_fact(tmp_path):
    path = tmp_path / "case.json"
    path.write_text('[{"id": "A", "facts": {"age_years": 300}}]', encoding="utf-8")
    stderr = io.StringIO()
    with pytest.raises(SystemExit) as caught:
        call_command("assess", str(path), stdout=io.StringIO(), stderr=stderr)
    assert caught.value.code == 2
    assert "entry A: fact age_years" in stderr.getvalue()
