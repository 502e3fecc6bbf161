"""Every field of a body and of a query that names a row: found on pages, in the API's description.

What only scripts send stands in `scripted`; a route that takes a POST and is found nowhere must be
named in `WITHOUT_ROWS`, or the test fails.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any, NamedTuple

from django.db import transaction
from django.urls import Resolver404, resolve, reverse

from cases.services import form_drafts
from tests.integration.isolation.answers import body_of
from tests.integration.isolation.forms import UUID, Form, read
from tests.integration.isolation.matrix import Ask, arguments, with_query
from tests.integration.isolation.routes import Route, all_routes
from tests.integration.isolation.samples import row_of
from tests.integration.isolation.world import EVERYTHING, World, ids_of

INSIDE = [route for route in all_routes() if "slug" in route.converters]
PAGES = [route for route in INSIDE if route.pattern.startswith("/i/")]
BY_NAME = {route.name: route for route in INSIDE}

#: Kinds of rows by the names that fields give them.
KIND_OF = {
    "acknowledgment": "acknowledgment_id",
    "agenda_item": "decided_item_id",
    "assessment": "assessment_id",
    "assessment_id": "assessment_id",
    "board": "board_id",
    "case": "case_id",
    "cases_to": "meeting_id",
    "client": "client_id",
    "decision": "decision_id",
    "institution": "institution_id",
    "item": "item_id",
    "items": "item_id",
    "lesion": "lesion_id",
    "look": "item_id",
    "meeting": "meeting_id",
    "member": "member_id",
    "merged_into": "lesion_id",
    "moved": "item_id",
    "moved_to": "meeting_id",
    "owner": "user_id",
    "owner_id": "user_id",
    "patient": "patient_id",
    "person": "user_id",
    "result": "result_id",
    "split_from": "lesion_id",
    "standard": "standard_id",
    "study": "study_id",
    "task": "task_id",
    "to": "meeting_id",
    "user": "user_id",
    "view": "view_id",
    "withdraws": "acknowledgment_id",
}
#: Routes whose POST names no row beside those of its address, and whose form stands on no page of
#: the sample; why.
WITHOUT_ROWS = {
    "fhir_root": "a bundle, which tests of its own try",
    "fhir_base": "a bundle, which tests of its own try",
    "fhir_type": "a resource, which tests of its own try",
    "fhir_subscriptions": "a resource, which tests of its own try",
    "fhir_subscriptions_status": "an operation, which tests of its own try",
    "fhir_subscription_status": "an operation, which tests of its own try",
    "fhir_subscription_events": "an operation, which tests of its own try",
    "fhir_search": "parameters of a search, which tests of its own try (test_fhir)",
    "fhir_type_validate": "a resource that is judged and not written",
    "fhir_validate": "a resource that is judged and not written",
    "fhir_search_all": "parameters of a search; tests/integration/fhir/test_system_search.py",
    "fhir_export": "Parameters; tests/integration/fhir/bulk",
    "fhir_patient_export": "Parameters; tests/integration/fhir/bulk",
    "fhir_nowhere": "answers that nothing is there",
    "own_roles": "no POST",
    "break_glass_end": "ends the opening in the address",
    "break_glass_review": "a verdict",
    "case_restriction_lift": "lifts the restriction of the case in the address",
    "client": "no POST; says so after the client in the address was looked up",
    "clients": "no POST",
    "people_tokens": "no POST",
    "session": "asks about the session that is open",
    "study_file": "confirms what a file says; no row is named",
    "study_file_confirm": "confirms one file; no row is named",
    "case_pacs": "names studies of an archive by a signed token",
    "code_confirm": "confirms the mapping in the address",
    "code_retire": "retires the mapping in the address",
    "code_new": "codes and words, no row",
    "code_unmapped": "codes and words; the code in the address only fills the form",
    "code_map_file": "takes over the table in the address",
    "codes_import": "a file",
    "inbox_accept": "takes over the proposal in the address",
    "inbox_accept_all": "takes over the message in the address",
    "inbox_new_case": "words; the message in the address names the patient",
    "inbox_new_patient": "a record number and words",
    "inbox_patient": "a record number",
    "inbox_read_again": "reads the message in the address again",
    "inbox_refuse": "refuses the message in the address",
    "inbox_reject": "leaves out the proposal in the address",
    "inbox_source": "words and kinds; the source in the address",
    "inbox_sources": "no POST",
    "intake_fhir": "a message; tests/integration/intake",
    "intake_hl7v2": "a message; tests/integration/intake",
    "pacs_test": "asks the archive of the settings",
    "pacs_remove": "removes the archive of the settings",
    "meeting_series": "dates",
    "protocol_audit": "a verdict",
    "treatments_none": "says that there were none",
    "import_check": "begins the check of the file in the address",
    "editions": "no form",
    "edition_trial": "begins a trial of the edition in the address",
    "edition_adopt": "adopts the edition in the address",
    "edition_changes": "the edition in the address",
    "amendment_discard": "discards the amendment of the item in the address",
    "invitation_accept": "the secret in the address names the invitation",
    "identity_provider_confirm": "what waits of the provider in the address",
    "identity_provider_metadata": "new metadata of the provider in the address",
    "identity_provider_try": "tries the provider in the address",
    "identity_provider_unlink": "the provider and the person in the address",
    "identity_providers": "no POST",
    "ehr_confirm": "what waits of the EHR in the address",
    "ehr_unlink": "the EHR and the person in the address",
    "ehrs": "no POST",
    "launched": "no POST",
    "launched_link": "a password; what an EHR told; tests/integration/web/launch",
    "smart_begin": "no POST",
    "smart_callback": "what an EHR answers; tests/integration/web/launch",
    "smart_launch": "what an EHR says; tests/integration/web/launch",
    "smart_start": "no POST",
    "institution_sign_in": "no POST",
    "oidc_callback": "what a provider answers; tests/integration/accounts/sso",
    "provider_confirm": "what a provider said; tests/integration/accounts/sso",
    "provider_sign_in": "no POST",
    "saml_assertion_consumer": "what a provider answers; tests/integration/accounts/sso",
    "saml_finish": "what a provider answered; tests/integration/accounts/sso",
    "saml_our_metadata": "no POST",
    "failed_work": "no POST",
    "institution_settings": "no POST",
    "hooks_service": "takes JWTs of EHRs alone; tests/integration/hooks tries what they name",
    "hooks_feedback": "the same",
    "hooks_plain": "no POST",
    "hook_clients": "no POST",
    "hook_client_on": "switches on the EHR in the address",
    "hook_client_off": "switches off the EHR in the address",
    "hook_numbers": "days",
    "hook_cards": "days",
    "subscription": "no POST",
    "subscription_off": "switches the subscription in the address off",
    "subscription_replay": "sends the event in the address anew",
    "subscription_replay_all": "sends anew what was given up of the subscription in the address",
    "webhook_resume": "resumes the endpoint in the address",
    "webhook_restricted_grant": "grants it for the endpoint in the address",
    "webhook_restricted_refuse": "refuses it for the endpoint in the address",
    "webhook_restricted_withdraw": "takes it back for the endpoint in the address",
    "webhooks": "no POST",
    "webhooks_restricted": "no POST",
    "oauth_token": "a client proves itself; tests/integration/accounts/test_oauth.py",
}


class Carrier(NamedTuple):
    """A field that can name a row: a request with `{}` for its id, and the kind of row it names.

    `kind` is empty where the field does not tell.
    """

    route: Route
    ask: Ask
    place: str
    kind: str


def address_of(world: World, route: Route) -> str:
    """A route's address with the first institution's own rows."""
    ids = {name: row_of(route, name, world.ours) for name in route.ids}
    return reverse(route.name or "", kwargs=arguments(route, ids))


def page_carriers(world: World) -> tuple[list[Carrier], set[str]]:
    """What all pages offer whoever has every role.

    Returns:
        the fields; and the names of all routes to which some form posts.
    """
    browser = world.visitor(EVERYTHING).browser
    known = {str(key): kind for kind, key in ids_of(world.ours).items()}
    known |= {str(person.pk): "user_id" for person in world.people.values()}
    found: dict[tuple[str, str, str], Carrier] = {}
    posted: set[str] = set()
    for route in PAGES:
        address = address_of(world, route)
        with transaction.atomic():
            response = browser.get(address)
            transaction.set_rollback(True)
        is_page = response.headers.get("Content-Type", "").startswith("text/html")
        body = body_of(response).decode(errors="replace")
        forms, links = read(address, body if is_page else "")
        for link, key in links.items():
            path, name = link.split("?")
            target = _route_at(path)
            if target:
                ask = Ask("get", with_query(path, {name: "{}"}))
                kind = known.get(key, KIND_OF.get(name, ""))
                found.setdefault(
                    (target.pattern, "query", name), Carrier(target, ask, f"query {name}", kind)
                )
        for form, target_address in _aimed(forms):
            target = _route_at(target_address)
            if target is None:
                continue
            posted.add(target.name or "")
            for name, key in form.carriers().items():
                kind = known.get(key, KIND_OF.get(name.rpartition("-")[2], ""))
                for number, data in enumerate(_bodies(form, name, key)):
                    ask = Ask("post", target_address, data)
                    label = f"field {UUID.sub('#', name)}{' beside ours' * number}"
                    found.setdefault(
                        (target.pattern, "post", label), Carrier(target, ask, label, kind)
                    )
    return list(found.values()), posted


def _aimed(forms: list[Form]) -> Iterator[tuple[Form, str]]:
    for form in forms:
        for target in sorted(form.targets):
            yield form, target


def _route_at(address: str) -> Route | None:
    try:
        return BY_NAME.get(resolve(address.split("?", maxsplit=1)[0]).url_name)
    except Resolver404:
        return None


def _bodies(form: Form, name: str, key: str) -> Iterator[dict[str, Any]]:
    """The form with `{}` instead of one id; and with one of ours beside it where it may be many."""
    values = {n: v for n, v in form.values.items() if n != name}
    offered = next((v for v in form.offered[name] if key in v), key)
    foreign = offered.replace(key, "{}")
    yield {**values, name.replace(key, "{}"): [foreign]}
    if len(form.offered[name]) > 1 and key not in name:
        yield {**values, name: [offered, foreign]}


def api_carriers(world: World) -> tuple[list[Carrier], set[str]]:
    """What the API's description says that bodies and queries take.

    Returns:
        the fields; and the names of all routes that are described with a body.
    """
    description = world.visitor(EVERYTHING).browser.get(reverse("api_description")).json()
    schemas = description["components"]["schemas"]
    found, posted = [], set()
    for path, operations in description["paths"].items():
        sample = path.replace("{slug}", "north").replace("{id}", str(world.ours.case_id))
        route = _route_at(sample)
        if route is None:
            continue
        address = address_of(world, route)
        for parameter in operations.get("get", {}).get("parameters", []):
            name = parameter["name"]
            if parameter["in"] == "query" and parameter["schema"].get("format") == "uuid":
                ask = Ask("get", with_query(address, {name: "{}"}))
                found.append(Carrier(route, ask, f"query {name}", KIND_OF[name]))
        for method in {"post", "patch", "put"} & operations.keys():
            if method == "post":
                posted.add(route.name or "")
            body = operations[method]["requestBody"]["content"].get("application/json")
            if body is None:
                # A table, which names no row.
                continue
            schema = schemas[body["schema"]["$ref"].rpartition("/")[2]]
            for number, example in enumerate(body.get("examples", {}).values()):
                found += _api_bodies(
                    world,
                    route,
                    Ask(method, address, example["value"], is_json=True),
                    schema,
                    number,
                )
    return found, posted


def _api_bodies(
    world: World, route: Route, ask: Ask, schema: dict, number: int
) -> Iterator[Carrier]:
    example = ask.data
    ids = [n for n, p in schema["properties"].items() if p.get("format") == "uuid"]
    ours = {n: str(getattr(world.ours, KIND_OF[n])) for n in ids if n in example}
    for name in ids:
        filled = replace(ask, data={**example, **ours, name: "{}"})
        label = f"{ask.method} {name}, example {number + 1}"
        yield Carrier(route, filled, label, KIND_OF[name])


#: Queries that only scripts and redirects ask with, and the kind of row they name.
QUERIES = [
    ("live", "item", "item_id"),
    ("live_bar", "item", "item_id"),
    ("live_bar", "had", "item_id"),
    ("check_acknowledge", "item", "item_id"),
    ("check_acknowledge", "to", "item_id"),
    ("letters", "version", "decided_item_id"),
]


def scripted(world: World) -> list[Carrier]:
    """What only scripts send, or what the sample's pages have no reason to show."""
    queries = []
    for route_name, parameter, kind in QUERIES:
        route = BY_NAME[route_name]
        address = with_query(address_of(world, route), {parameter: "{}"})
        queries.append(Carrier(route, Ask("get", address), f"query {parameter}", kind))
    return [*queries, *_scripted_bodies(world)]


def _scripted_bodies(world: World) -> list[Carrier]:
    item = world.ours.item_id
    by = world.people[EVERYTHING]
    draft = form_drafts.token_of(person=by, form="case", about=world.ours.case_id)
    of_decision = form_drafts.token_of(person=by, form="decision", about=item)
    row = {"row-0-kind": ["referral"], "row-0-text": ["CT"], "row-0-owner_id": ["{}"]}
    bodies: list[tuple[str, dict[str, Any], str]] = [
        ("agenda_arrange", {"items": f"{item} {{}}", "moved": str(item)}, "item_id"),
        ("agenda_arrange", {"items": str(item), "moved": "{}"}, "item_id"),
        ("agenda_track", {"standard": "{}"}, "standard_id"),
        ("check_acknowledge", {"assessment_id": "{}", "reason": "accepted"}, "assessment_id"),
        ("decision_sign", {"assessment_id": "{}", "draft_version": "1"}, "assessment_id"),
        ("form_drafts", {"draft": draft, "fields": json.dumps({"owner": ["{}"]})}, "user_id"),
        ("form_drafts", {"draft": "{}", "fields": "{}"}, "case_id"),
        ("decision_autosave", {"draft": of_decision, "fields": json.dumps(row)}, "user_id"),
        ("decision", {name: value[0] for name, value in row.items()}, "user_id"),
        ("decision", {"take-over": "{}", "version": "0"}, "study_id"),
        ("decision", {"remove-row": "{}", "version": "0"}, "item_id"),
        ("live_run", {"do": "show", "item": "{}"}, "item_id"),
        ("live_bar", {"look": "{}"}, "item_id"),
        ("queue_put_on", {"meeting": str(world.ours.meeting_id), "case": "{}"}, "case_id"),
        ("queue_put_on", {"meeting": "{}", "case": str(world.ours.case_id)}, "meeting_id"),
        ("cases_put_on", {"meeting": str(world.ours.meeting_id), "case": "{}"}, "case_id"),
        ("task_change", {"owner": "{}", "note": "Off duty."}, "user_id"),
        ("inbox_case", {"case": "{}"}, "case_id"),
        ("lesion_edit", {"merged_into": "{}"}, "lesion_id"),
        ("lesion_edit", {"split_from": "{}"}, "lesion_id"),
        ("attendance_add", {"person": "{}"}, "user_id"),
        ("board_member_add", {"person": "{}", "duty": "member"}, "user_id"),
    ]
    return [
        Carrier(
            BY_NAME[name],
            Ask("post", address_of(world, BY_NAME[name]), data),
            f"script {', '.join(n for n, v in data.items() if '{}' in str(v))}",
            kind,
        )
        for name, data, kind in bodies
    ]


def every_name(rows: Mapping[str, object]) -> dict[str, str]:
    """All names that fields and addresses give to rows, each with the id of its kind."""
    by_field = {name: str(rows[kind]) for name, kind in KIND_OF.items()}
    return {**by_field, **{kind: str(key) for kind, key in rows.items()}}
