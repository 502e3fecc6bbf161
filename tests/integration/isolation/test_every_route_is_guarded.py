"""Access is denied unless granted: every route names its permission, or why it needs none."""

import pytest

from tests.integration.isolation.routes import Route, all_routes
from tumorboard.accounts.api import InstitutionAPIView
from tumorboard.accounts.permissions import Permission

METHODS = ("get", "post", "put", "patch", "delete")


def guard_of(route: Route) -> str | None:
    """What guards a route, in words; None where nothing does."""
    view = route.view
    if view.__module__.startswith("allauth."):
        return "allauth"
    if getattr(view, "public_because", ""):
        return f"public: {view.public_because}"
    if isinstance(getattr(view, "permission", None), Permission):
        return f"permission {view.permission}"
    cls = getattr(view, "cls", None)
    if cls is not None and issubclass(cls, InstitutionAPIView):
        offered = {m.upper() for m in METHODS if hasattr(cls, m)}
        if offered and offered <= set(cls.permissions):
            return f"token and {dict(cls.permissions)}"
    return None


@pytest.mark.parametrize("route", all_routes(), ids=lambda route: route.pattern)
def test_a_route_is_guarded(route):
    """ASVS v5.0.0-8.2.1: a route that names no permission, or no reason for none, is closed."""
    assert guard_of(route), f"{route.pattern} names no permission"


@pytest.mark.parametrize("route", all_routes(), ids=lambda route: route.pattern)
def test_a_route_with_an_institutions_rows_names_the_institution(route):
    if route.ids:
        assert "slug" in route.converters, f"{route.pattern} has an id but no institution"
