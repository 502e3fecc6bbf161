"""Whom a row is about: its case and its patient, without a query of their own."""

from typing import Any

from django.db.models import ForeignKey, Model
from django.db.models.expressions import RawSQL

#: References that lead from a row to its patient, those that lead there sooner first. Names of
#: fields, since what stands higher in the house is not known here.
LEADING = ("patient", "case", "study", "agenda_item", "item", "decision", "file", "recommendation")


def case_and_patient(subject: Model) -> tuple[Any, Any]:
    """The ids of the case and of the patient that a row belongs to, each None where to none.

    What the row does not have at hand becomes an expression that the INSERT itself looks up.
    """
    case: Any = None
    row: Model | None = subject
    while row is not None:
        name = row._meta.model_name
        if name == "patient":
            return case, row.pk
        if name == "case":
            case = row.pk
        leading = _leading(type(row))
        if leading is None:
            return case, None
        key = getattr(row, leading.attname)
        if leading.name == "patient" or key is None:
            return case, key
        if leading.name == "case":
            case = key
        if not leading.is_cached(row):
            there = leading.related_model
            patient = _looked_up(there, key, _path(there, "patient"))
            return case or _looked_up(there, key, _path(there, "case")), patient
        row = getattr(row, leading.name)
    return case, None


def _leading(model: type[Model]) -> ForeignKey | None:
    fields = {f.name: f for f in model._meta.concrete_fields if isinstance(f, ForeignKey)}
    return next((fields[name] for name in LEADING if name in fields), None)


def _path(model: type[Model], end: str) -> str:
    """The way from a model to a `case` or a `patient`, as a query writes it; empty for none."""
    leading = _leading(model)
    if leading is None or model._meta.model_name == end:
        return ""
    if leading.name == end or leading.related_model._meta.model_name == end:
        return leading.name
    further = _path(leading.related_model, end)
    return f"{leading.name}__{further}" if further else ""


def _looked_up(model: type[Model], key: Any, path: str) -> RawSQL | None:
    if not path:
        return None
    rows = model._default_manager.filter(pk=key).values(path)
    query, parameters = rows.query.sql_with_params()
    return RawSQL(f"({query})", parameters)  # noqa: S611 - the query is the ORM's own
