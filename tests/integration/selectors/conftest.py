"""Selectors are called inside a scope, as every face calls them."""

from collections.abc import Iterator

import pytest

from tumorboard.tenancy.models import Institution
from tumorboard.tenancy.scope import institution_scope


@pytest.fixture
def scope(institution: Institution) -> Iterator[None]:
    """Work as the institution."""
    with institution_scope(institution):
        yield
