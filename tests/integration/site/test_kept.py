"""What is made once for a file stays as it was made, whatever its tests write."""

import pytest

from tests.factories.people import make_institution
from tumorboard.tenancy.models import Institution


@pytest.fixture(scope="module")
def institution(kept):
    """Without a mark: the tests do not ask for the database themselves."""
    return make_institution(slug="north", name="North Hospital")


@pytest.mark.parametrize("turn", ["first", "second"])
def test_each_finds_it_as_it_was_made(institution, turn):
    assert list(Institution.objects.values_list("name", flat=True)) == ["North Hospital"]
    assert institution.name == "North Hospital"
    Institution.objects.filter(pk=institution.pk).update(name=f"Changed by the {turn}")
    institution.name = f"Changed by the {turn}"
    make_institution(slug=turn, name=turn)
