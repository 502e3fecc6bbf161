"""How a board reads the actions of the editions."""

import pytest

from guidance.editions import branch_actions as content
from guidance.editions.branch_actions import FILE, branch_actions, check
from guidance.engine.problems import ContentError


@pytest.fixture
def draft(tmp_path):
    def write(old, new):
        text = FILE.read_text(encoding="utf-8")
        assert old in text
        path = tmp_path / "draft.yaml"
        path.write_text(text.replace(old, new, 1), encoding="utf-8")
        return path

    return write


def test_every_action_of_every_edition_is_read_and_no_other():
    assert check() == []
    assert branch_actions().actions["ACT-MDT"].is_asked is False
    assert branch_actions().actions["ACT-SHORT-MRI"].by_interval is True


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("ACT-MDT: {kind: board}", "ACT-NEW: {kind: board}", "no edition has ACT-NEW"),
        ("ACT-MDT: {kind: board}", "ACT-NEW: {kind: board}", "ACT-MDT is missing"),
        ("SC-01: diagnosis", "SC-99: diagnosis", "no edition has SC-99"),
        ("kind: board", "kind: party", "party"),
        ("modality: [CT]", "modality: [XR]", "no study has the modality XR"),
        ("[abdomen, liver]", "[abdomen, toe]", "no study covers toe"),
        ("actions:", "actions: [", "is not YAML"),
    ],
)
def test_what_is_wrong_is_told(draft, old, new, told):
    assert any(told in str(problem) for problem in check(draft(old, new)))


def test_a_broken_file_is_not_used(draft, monkeypatch):
    monkeypatch.setattr(content, "FILE", draft("kind: board", "kind: party"))
    branch_actions.cache_clear()
    try:
        with pytest.raises(ContentError, match="The actions cannot be read"):
            branch_actions()
    finally:
        branch_actions.cache_clear()
