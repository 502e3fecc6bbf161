"""`manage.py check_isolation` finds a broken rule and ends with an error."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from tumorboard.operations.management.commands import check_isolation


@pytest.mark.django_db
def test_a_sound_database_passes():
    out = StringIO()
    call_command("check_isolation", stdout=out)
    assert "Every tenant table keeps the rules" in out.getvalue()


def test_every_broken_rule_is_printed(monkeypatch):
    found = ["table a has no policy", "table b has no policy"]
    monkeypatch.setattr(check_isolation, "violations", lambda *_, **__: found)
    out = StringIO()
    with pytest.raises(CommandError, match="2 rules"):
        call_command("check_isolation", stdout=out)
    assert out.getvalue().splitlines() == found
