"""From facts to a scenario: Appendix A steps 1 to 11 of the specification."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from guidance.engine.contradictions import Contradiction, find_contradictions
from guidance.engine.scenario import Catalogue, Criterion, Status

# Step 7: questions that lead straight to a scenario [INT], named in 002 L15, 003 L305-L352,
# 004 L131-L142, L267-L274, L585-L592.
QUESTIONS: Mapping[str, str] = {
    "local_staging": "SC-02",
    "primary_detection": "SC-12",
    "preoperative_planning": "SC-13",
    "prrt_selection": "SC-14",
    "hereditary_screening": "SC-15",
}


@dataclass(frozen=True, slots=True)
class Route:
    """Where a case belongs.

    `scenario` is an id, UNDETERMINED, CONFLICT or NOT_COVERED:<REASON>; `missing` are the
    facts that could change it, in order of evaluation; `gate` is what stopped the way.
    """

    scenario: str
    candidates: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    provisional: bool = False
    contradictions: tuple[Contradiction, ...] = ()
    gate: Criterion | None = None

    @property
    def status(self) -> Status | None:
        """Return the status that the scenario text itself shows, None for a scenario id."""
        head = self.scenario.partition(":")[0]
        statuses: Mapping[str, Status] = {
            "UNDETERMINED": "UNDETERMINED",
            "CONFLICT": "CONFLICT",
            "NOT_COVERED": "NOT_COVERED",
        }
        return statuses.get(head)


def undetermined(*missing: str, candidates: tuple[str, ...] = ()) -> Route:
    """Return the answer that more facts are needed to tell the candidates apart."""
    return Route("UNDETERMINED", candidates=candidates, missing=missing)


def route_case(
    reading: Mapping[str, Any], catalogue: Catalogue, contradictions: tuple[Contradiction, ...]
) -> Route:
    """Return the route of a case through steps 1 to 11.

    What stops the way for good (a gate, a contradiction) is final: it is neither
    provisional nor does it ask for anything.
    """
    for gate in catalogue.gates:
        if gate.condition.test(reading) is True:
            return Route(f"NOT_COVERED:{gate.leads_to[0]}", gate=gate)
    found = find_contradictions(reading, contradictions)
    if found:
        return Route("CONFLICT", contradictions=found)
    provisional = [name for name in ("age_years", "primary_site") if reading.get(name) is None]
    if reading.get("pregnancy_status") is None and reading.get("sex") != "male":
        provisional.append("pregnancy_status")
    if catalogue.carcinoma_gate.condition.test(reading) is True:
        route = Route(catalogue.carcinoma_gate.leads_to[0], gate=catalogue.carcinoma_gate)
        return _with_reservations(route, provisional, asked=_version_asked(reading))
    return _route_tumor(reading, provisional)


def _version_asked(reading: Mapping[str, Any]) -> list[str]:
    # Without an edition there is no grade; the institution has to choose one [BS].
    return [] if reading.get("who_version") else ["who_version"]


def _with_reservations(route: Route, provisional: list[str], asked: list[str]) -> Route:
    return replace(
        route,
        missing=tuple(dict.fromkeys([*provisional, *asked, *route.missing])),
        provisional=route.provisional or bool(provisional),
    )


def _route_tumor(reading: Mapping[str, Any], provisional: list[str]) -> Route:
    """Step 6 around steps 7 to 11 [000 L90; 001 L80; 004 L63-L71; CLS-06].

    An unknown differentiation makes the answer provisional, and with grade G3 leaves open
    whether this is a carcinoma; under WHO 2010 a well-differentiated G3 has no class.
    """
    route = _route_question(reading)
    is_g3 = reading.get("@grade") == "G3"
    differentiation = reading.get("differentiation")
    if differentiation is None:
        provisional = [*provisional, "differentiation"]
        if is_g3:
            candidates = {*(route.candidates or (route.scenario,)), "SC-08"}
            known = tuple(sorted(name for name in candidates if name.startswith("SC-")))
            route = replace(route, scenario="UNDETERMINED", candidates=known)
    elif is_g3 and reading.get("who_version") == "WHO2010":
        route = replace(route, provisional=True)
    return _with_reservations(route, provisional, asked=_version_asked(reading))


def _route_question(reading: Mapping[str, Any]) -> Route:
    """Steps 7 and 8: what the question alone settles [002 L11, L15-L17]."""
    question = reading.get("clinical_question")
    if question is None:
        return undetermined("clinical_question")
    if question in QUESTIONS:
        return Route(QUESTIONS[question])
    if question == "distant_staging":
        treated = reading.get("definitive_treatment_done")
        if treated is None:
            return undetermined(
                "definitive_treatment_done", candidates=("SC-01", "SC-05", "SC-06", "SC-07")
            )
        if treated is False:
            return _route_staging(reading)
    if reading.get("resection_status") == "complete":
        return _route_resected(reading)
    return _route_disease(reading)


def _route_staging(reading: Mapping[str, Any]) -> Route:
    """Step 8, before treatment: a tumor that is only suspected is worked up first [002 L11]."""
    basis = reading.get("diagnosis_basis")
    if basis is None:
        return undetermined("diagnosis_basis", candidates=("SC-01", "SC-12"))
    return Route("SC-12" if basis == "suspected" else "SC-01")


def _route_resected(reading: Mapping[str, Any]) -> Route:
    """Step 9: after complete resection [000 L14; 001 L9-L15, L54, L72; A-22].

    Metastases that were not all resected are no complete resection (A-30).
    """
    recurrence = reading.get("recurrence_status")
    if recurrence == "confirmed":
        treated = reading.get("treated_for_current_disease")
        if treated is None:
            return undetermined(
                "treated_for_current_disease", candidates=("SC-05", "SC-07", "SC-10")
            )
        return _route_treated(reading) if treated else Route("SC-10")
    symptoms = reading.get("new_symptoms")
    if (
        symptoms
        or recurrence == "suspected"
        or reading.get("cga_trend") == "rising"
        or reading.get("hormone_marker_trend") == "rising"
        or reading.get("clinician_suspects_recurrence") is True
        or reading.get("clinical_question") == "recurrence_evaluation"
    ):
        return Route("SC-04")
    unknown = [name for name in ("new_symptoms", "recurrence_status") if reading.get(name) is None]
    if unknown:
        return undetermined(*unknown, candidates=("SC-03", "SC-04"))
    if reading.get("metastases_resected_completely") is False:
        return undetermined("resection_status", candidates=("SC-03", "SC-05"))
    # What would exclude the scenario never counts as absent while it is unknown (0.2 rule 2).
    reserved = [
        name for name in ("residual_disease_known", "metastases_known") if reading.get(name) is None
    ]
    if reading.get("cga_trend") in (None, "not_measured"):
        reserved.append("cga_trend")
    return Route("SC-03", missing=tuple(reserved), provisional=bool(reserved))


def _route_disease(reading: Mapping[str, Any]) -> Route:
    """Step 10: disease that was not, or not completely, resected [000 L9-L16; 001 L15]."""
    metastases = reading.get("metastases_known")
    if reading.get("resection_status") is None and metastases is not True:
        candidates = ("SC-03", "SC-04", "SC-05", "SC-06", "SC-07", "SC-09")
        return undetermined("resection_status", candidates=candidates)
    treated = reading.get("treated_for_current_disease")
    dominant = reading.get("dominant_site")
    if treated is None:
        followed = {"liver": ("SC-05", "SC-06"), "extrahepatic": ("SC-06", "SC-07")}
        return undetermined(
            "treated_for_current_disease",
            candidates=followed.get(str(dominant), ("SC-05", "SC-06", "SC-07")),
        )
    residual = reading.get("residual_disease_known")
    if treated is False:
        return Route("SC-09" if residual else "SC-06")
    if metastases is None:
        return undetermined("metastases_known", candidates=("SC-05", "SC-07"))
    if metastases is True:
        return _route_treated(reading)
    # Treated, without metastases: locally advanced disease.
    if dominant == "extrahepatic":
        return Route("SC-07")
    if residual is True:
        return Route("SC-09")
    return Route("NOT_COVERED:NO_MATCH", missing=() if dominant else ("dominant_site",))


def _route_treated(reading: Mapping[str, Any]) -> Route:
    """Step 11: treated metastatic disease by where most of it lies [000 L9, L15; A-34]."""
    dominant = reading.get("dominant_site")
    if dominant == "extrahepatic":
        return Route("SC-07")
    if dominant == "liver":
        if reading.get("diagnosis_basis") == "pathology_confirmed":
            return Route("SC-05")
        return undetermined("diagnosis_basis", candidates=("SC-05",))
    return undetermined("dominant_site", candidates=("SC-05", "SC-07"))
