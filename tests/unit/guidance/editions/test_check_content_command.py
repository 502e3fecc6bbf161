import io
import shutil

import pytest
from django.core.management import CommandError, call_command

from guidance.editions import branch_actions, minimum_dataset, plain_language
from guidance.engine import content
from guidance.engine.problems import ContentProblem

BESIDE = (minimum_dataset, plain_language, branch_actions)
EDITION = content.EDITIONS / content.DEFAULT_VERSION


def run(*folders):
    out, err = io.StringIO(), io.StringIO()
    try:
        call_command("check_content", *folders, stdout=out, stderr=err)
    except SystemExit as end:
        return end.code, out.getvalue(), err.getvalue()
    return 0, out.getvalue(), err.getvalue()


def test_sound_editions_and_what_belongs_to_none_are_said_to_be():
    beside = ", ".join(str(each.FILE) for each in BESIDE)
    assert run() == (0, f"No problem in {EDITION}, {beside}.\n", "")


def test_a_folder_is_looked_at_alone():
    assert run(str(EDITION)) == (0, f"No problem in {EDITION}.\n", "")


@pytest.mark.parametrize("beside", BESIDE)
def test_a_problem_of_what_belongs_to_no_edition_is_named(monkeypatch, beside):
    problem = ContentProblem(beside.FILE.name, 3, 1, "is wrong")
    monkeypatch.setattr(beside, "check", lambda: [problem])
    assert run() == (1, "", f"{beside.FILE}:3:1: is wrong\n")


def test_every_problem_of_a_folder_is_named_with_file_line_and_column(tmp_path):
    folder = tmp_path / "draft"
    shutil.copytree(EDITION, folder)
    path = folder / "checklists.yaml"
    lines = path.read_text(encoding="utf-8").splitlines()
    path.write_text("\n".join([*lines, "more: 1", "", "most: 2"]), encoding="utf-8")
    status, out, err = run(str(folder))
    assert (status, out) == (1, "")
    first, second = err.splitlines()
    assert first.startswith(f"{path}:{len(lines) + 1}:1: more: is no field here")
    assert second.startswith(f"{path}:{len(lines) + 3}:1: most: is no field here")


def test_a_folder_that_is_not_there_is_an_error(tmp_path):
    with pytest.raises(CommandError, match="is no folder"):
        call_command("check_content", str(tmp_path / "nowhere"))
