"""What the door of HL7 v2 refuses unread is words, and says so: nobody takes it for an ACK."""

import pytest

from tests.integration.intake import messages as of

pytestmark = pytest.mark.django_db
DOOR = "/intake/north/hl7v2"
PLAIN = "text/plain; charset=utf-8"


def test_who_shows_no_token_is_told_in_plain_words(client, institution):
    answer = client.post(DOOR, of.laboratory(), content_type="application/hl7-v2")
    assert (answer.status_code, answer["Content-Type"]) == (401, PLAIN)


def test_another_kind_of_body_is_told_which_one_is_taken(send):
    answer = send(of.laboratory(), content_type="text/html")
    assert (answer.status_code, answer["Content-Type"]) == (415, PLAIN)
    assert answer.content == b"Send it as application/hl7-v2."
    bundle = send(b"{}", door="fhir", content_type="text/html")
    assert (bundle.status_code, bundle["Content-Type"]) == (415, "application/fhir+json")
    (issue,) = bundle.json()["issue"]
    assert issue["diagnostics"] == "Send it as application/fhir+json."
