"""The resource: what is refused and where, what is read back, what can be asked of it."""

import uuid

import pytest
from fhir.resources.R4B.basic import Basic
from fhir.resources.R4B.subscription import Subscription

from cases.fhir.subscriptions import guide
from cases.models.event import EventKind
from cases.r4.judging import faults
from cases.selectors.topics import address_of
from cases.services.subscriptions import writing
from tests.factories.cases import make_case
from tests.factories.clients import Machine
from tests.integration.fhir.conftest import Program, ids_of, issues_of
from tests.integration.subscriptions.conftest import asked, status
from tests.integration.subscriptions.test_notifications import list_case
from tests.integration.webhooks.work import work
from tumorboard.tenancy.scope import institution_scope

pytestmark = pytest.mark.django_db

THERE = "https://ehr.example/fhir"


def with_channel(**channel):
    return asked(THERE, channel=channel)


def with_extension(url, **value):
    return with_channel(extension=[{"url": url, **value}])


@pytest.mark.parametrize(
    ("body", "place", "words"),
    [
        ({**asked(THERE), "criteria": "Task?status=requested"}, "criteria", "topics, not of"),
        ({**asked(THERE), "criteria": address_of(EventKind.CASE_LISTED) + "x"}, "criteria", "top"),
        (with_channel(type="websocket"), "channel.type", "rest-hook"),
        (
            with_channel(
                _type={"extension": [{"url": guide.CHANNEL_TYPE, "valueCoding": {"code": "zulip"}}]}
            ),
            "channel.type",
            "",
        ),
        (with_channel(endpoint=None), "channel.endpoint", ""),
        (with_channel(payload="application/fhir+xml"), "channel.payload", "fhir+json"),
        (with_channel(payload="application/fhir+json; fhirVersion=5.0"), "channel.payload", "4.0"),
        (asked(THERE, content="everything"), "channel.payload.extension", "id-only"),
        (asked(THERE, filters=["status=active"]), "criteria.extension", "patient"),
        (asked(THERE, filters=["patient:missing=true"]), "criteria.extension", "patient"),
        (asked(THERE, filters=["Task?patient=Patient/1"]), "criteria.extension", "patient"),
        (asked(THERE, filters=[f"patient={uuid.uuid4()}"]), "criteria", "no such patient"),
        (asked(THERE, filters=[f"board={uuid.uuid4()}"]), "criteria", "no such board"),
        (
            asked(THERE, EventKind.RECOMMENDATION_DUE, filters=[f"board={uuid.uuid4()}"]),
            "criteria.extension",
            "patient",
        ),
        (asked("http://ehr.example/fhir"), "channel.endpoint", "https://"),
        (asked("https://10.1.2.3/fhir"), "channel.endpoint", "may not ask"),
        (asked("https://169.254.169.254/latest"), "channel.endpoint", "may not ask"),
        (asked(f"https://ehr.example/{'x' * 500}"), "channel.endpoint", "500"),
        (asked(THERE, header=["no colon"]), "channel.header", "Name: value"),
        (asked(THERE, header=["X: a\u00e9"]), "channel.header", "Name: value"),
        (asked(THERE, header=["X: a\r\nHost: b"]), "channel.header", "Name: value"),
        (asked(THERE, header=["X\r\nHost: b"]), "channel.header", "Name: value"),
        (asked(THERE, header=["X: a\nY: b"]), "channel.header", "Name: value"),
        (asked(THERE, header=["Host: other.example"]), "channel.header", "server"),
        (asked(THERE, header=["Transfer-Encoding: chunked"]), "channel.header", "server"),
        (asked(THERE, header=["X: 1", "x: 2"]), "channel.header", "once"),
        (asked(THERE, header=[f"X-{n}: 1" for n in range(11)]), "channel.header", "at most 10"),
        (asked(THERE, status="error"), "status", "Only the server"),
        (asked(THERE, end="2020-01-01T00:00:00Z"), "end", "over"),
        (asked(THERE, end="2030-06-30T23:59:60Z"), "end", "moment"),
        (asked(THERE, reason="x" * 501), "reason", "500"),
        (asked(THERE, contact=[{"value": "x" * 2_000}]), "contact", "2,000"),
        (with_extension(guide.HEARTBEAT, valueUnsignedInt=10), "channel", "300"),
        (with_extension(guide.TIMEOUT, valueUnsignedInt=3), "channel", "15"),
        (with_extension(guide.MOST, valueString="x"), "channel.extension", "once"),
        (
            asked(THERE, modifierExtension=[{"url": "http://x.example/y", "valueCode": "z"}]),
            "modifierExtension",
            "",
        ),
    ],
)
def test_what_cannot_be_followed_says_where_and_why(follower, institution, body, place, words):
    if body["channel"].get("endpoint", "") is None:
        del body["channel"]["endpoint"]
    answer = follower.post(body)
    assert answer.status_code == 422, answer.content
    (issue,) = issues_of(answer)
    assert issue["expression"] == [f"Subscription.{place}"]
    assert words in issue["diagnostics"]
    assert follower.program.get("Subscription").json()["total"] == 0
    validated = follower.program.ask("POST", "Subscription/$validate", body)
    assert validated.status_code in (200, 422)


def test_what_is_no_subscription_of_r4_is_refused(follower):
    answer = follower.post({"resourceType": "Subscription", "status": "requested"})
    assert answer.status_code == 400
    assert follower.post({"resourceType": "Patient"}).status_code == 400


def test_what_was_made_is_read_as_it_was_asked(follower, institution, coordinator):
    with institution_scope(institution):
        case = make_case(by=coordinator)
    extension = [
        {"url": guide.HEARTBEAT, "valueUnsignedInt": 600},
        {"url": guide.TIMEOUT, "valueUnsignedInt": 60},
        {"url": guide.MOST, "valuePositiveInt": 20},
    ]
    contact = [{"system": "email", "value": "engine@ehr.example"}]
    body = asked(
        THERE,
        filters=[f"List?patient=Patient/{case.patient_id}"],
        end="2090-01-01T00:00:00Z",
        contact=contact,
        channel={"extension": extension},
    )
    made = follower.post(body)
    assert made.status_code == 201
    assert made["ETag"] == 'W/"1"'
    said = made.json()
    assert made["Location"].endswith(f"/fhir/north/Subscription/{said['id']}/_history/1")
    assert faults(said) == []
    Subscription.model_validate(said)
    assert said["meta"]["profile"] == [guide.SUBSCRIPTION]
    assert (said["contact"], said["reason"]) == (contact, body["reason"])
    assert said["end"].startswith("2090-01-01T00:00:00")
    (narrowed,) = said["_criteria"]["extension"]
    assert narrowed["valueString"] == f"patient=Patient/{case.patient_id}"
    assert said["channel"]["extension"] == extension
    assert said["channel"]["payload"] == "application/fhir+json"
    validated = follower.program.ask("POST", "Subscription/$validate", said)
    assert "All OK" in validated.content.decode()


def test_a_subscription_without_content_says_ids_alone(follower):
    body = asked(THERE)
    del body["channel"]["_payload"]
    said = follower.post(body).json()
    assert said["channel"]["_payload"]["extension"][0]["valueCode"] == "id-only"


def test_one_made_off_is_told_nothing_until_it_is_asked_for(follower, institution, coordinator):
    made = follower.post(asked(follower.receiver.address, status="off")).json()
    with institution_scope(institution):
        list_case(coordinator)
    work(institution)
    assert (made["status"], follower.receiver.got) == ("off", [])


def test_updates_name_the_version_that_they_were_made_from(follower):
    made = follower.follow()
    place = f"Subscription/{made['id']}"
    stale = follower.program.ask("PUT", place, made, if_match='W/"99"')
    assert stale.status_code == 412
    other = follower.program.ask("PUT", place, {**made, "id": str(uuid.uuid4())})
    assert other.status_code == 400
    changed = follower.program.ask(
        "PUT", place, {**made, "reason": "Another"}, if_match=f'W/"{made["meta"]["versionId"]}"'
    )
    assert (changed.status_code, changed.json()["reason"]) == (200, "Another")
    assert changed.json()["status"] == "active"


def test_what_is_sent_twice_on_a_condition_is_made_once(follower):
    body = asked(THERE)
    once = f"url={THERE}&status=requested,active"
    first, second = (follower.post(body, if_none_exist=once) for _ in range(2))
    assert (first.status_code, second.status_code) == (201, 200)
    assert first.json()["id"] == second.json()["id"]


def test_nobody_makes_more_than_anybody_may(follower, monkeypatch):
    monkeypatch.setattr(writing, "MOST_OF_ONE", 1)
    assert follower.post(asked(THERE)).status_code == 201
    assert follower.post(asked(THERE)).status_code == 409


def test_it_is_found_by_what_r4_searches_it_by(follower):
    made = follower.follow()
    url = made["channel"]["endpoint"]
    topic = address_of(EventKind.CASE_LISTED)
    for query in (f"url={url}", "status=active", "type=rest-hook", f"criteria={topic}"):
        assert ids_of(follower.program.get(f"Subscription?{query}")) == [made["id"]], query
    assert ids_of(follower.program.get("Subscription?status=off")) == []


def test_a_bundle_does_not_make_one(follower):
    entry = {"request": {"method": "POST", "url": "Subscription"}, "resource": asked(THERE)}
    bundle = {"resourceType": "Bundle", "type": "transaction", "entry": [entry]}
    answer = follower.program.ask("POST", "", bundle)
    assert answer.status_code == 405, answer.content
    assert "by itself" in issues_of(answer)[0]["diagnostics"]


def test_status_is_asked_of_one_of_some_and_of_all(follower):
    one, two = follower.follow(), follower.follow()
    follower.put(two, status="off")
    ask = follower.program
    (entry,) = ask.get(f"Subscription/{one['id']}/$status").json()["entry"]
    assert faults(entry["resource"]) == []
    said = status({"entry": [entry]})
    assert (said["type"], said["status"]) == ("query-status", "active")
    assert said["events-since-subscription-start"] == "0"
    assert ask.get("Subscription/$status").json()["total"] == 2
    assert ask.get(f"Subscription/$status?id={two['id']}").json()["total"] == 1
    assert ask.get("Subscription/$status?status=error").json()["total"] == 0
    assert ask.get("Subscription/$status?status=gone").status_code == 400
    given = {"resourceType": "Parameters", "parameter": [{"name": "status", "valueCode": "off"}]}
    answer = ask.ask("POST", "Subscription/$status", given)
    assert answer.json()["total"] == 1
    assert ask.ask("POST", "Subscription/$status", {"resourceType": "Patient"}).status_code == 400
    assert ask.ask("POST", "Subscription/$status", {"resourceType": "Shoe"}).status_code == 400
    missing = ask.get(f"Subscription/{uuid.uuid4()}/$status")
    assert missing.status_code == 404


def test_events_are_asked_for_by_number(follower, institution, coordinator):
    made = follower.follow()
    with institution_scope(institution):
        items = [list_case(coordinator) for _ in range(3)]
    work(institution)
    place = f"Subscription/{made['id']}/$events"

    def numbers(query=""):
        answer = follower.program.get(f"{place}{query}")
        assert answer.status_code == 200, answer.content
        assert faults(answer.json()) == []
        return [each["event-number"] for each in status(answer.json())["events"]]

    assert numbers() == ["1", "2", "3"]
    assert numbers("?eventsSinceNumber=2") == ["2", "3"]
    assert numbers("?eventsSinceNumber=2&eventsUntilNumber=2") == ["2"]
    whole = follower.program.get(f"{place}?content=full-resource&eventsSinceNumber=1").json()
    resources = {each["resource"]["resourceType"] for each in whole["entry"]}
    assert resources == {"Parameters", "List", "Condition", "Appointment"}
    addresses = [each["fullUrl"] for each in whole["entry"]]
    assert len(addresses) == len(set(addresses))
    empty = follower.program.get(f"{place}?content=empty").json()
    assert len(empty["entry"]) == 1
    assert str(items[0].case_id) not in str(empty)
    for wrong in ("content=all", "eventsSinceNumber=x", "eventsSinceNumber=1&eventsSinceNumber=2"):
        assert follower.program.get(f"{place}?{wrong}").status_code == 400


def test_events_need_the_right_to_read_what_they_are_about(follower_with, administrator):
    follower = follower_with()
    made = follower.follow()
    narrow = Machine(str(follower.client.pk)).token(scope="system/Subscription.rs")
    refused = Program("north", narrow).get(f"Subscription/{made['id']}/$events")
    assert refused.status_code == 403


def test_topics_are_listed_and_can_be_read(follower):
    statement = follower.program.get("metadata").json()
    (said,) = (each for each in statement["rest"][0]["resource"] if each["type"] == "Subscription")
    listed = [each["valueCanonical"] for each in said["extension"]]
    assert listed == [address_of(kind) for kind in EventKind]
    codes = {each["code"] for each in said["interaction"]}
    assert {"create", "update", "delete", "read", "search-type"} <= codes
    assert {each["name"] for each in said["operation"]} == {"validate", "status", "events"}
    code = "http://hl7.org/fhir/fhir-types|SubscriptionTopic"
    topics = follower.program.get(f"Basic?code={code}").json()["entry"]
    assert len(topics) == len(EventKind)
    for each in topics:
        assert faults(each["resource"]) == []
        Basic.model_validate(each["resource"])
        assert each["resource"]["extension"][0]["valueUri"] in listed
    assert follower.program.get("Basic/decision-signed/_history/1").status_code == 200
