"""What must not open anything: a clear page, an entry without patient data, and nobody let in."""

import json
import time
from http.server import BaseHTTPRequestHandler

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from joserfc.jwk import ECKey

from tests.ehrs import CLIENT_ID, SECRET, Answer, person
from tests.integration.web.boards.page import text
from tumorboard.accounts.ehr_models import Ehr
from tumorboard.accounts.ehrs import contexts, smart
from tumorboard.accounts.sso import installation_key
from tumorboard.audit.models import AuditEntry
from tumorboard.tenancy.scope import institution_scope

pytestmark = pytest.mark.django_db

LAUNCH = reverse("smart_launch", args=["north"])
CONFIGURATION = "/fhir/.well-known/smart-configuration"


@pytest.fixture(autouse=True)
def _a_folder_of_static_files(settings, tmp_path):
    settings.STATIC_ROOT = tmp_path


def nothing_opened(client: Client, answer: HttpResponse, words: str) -> bool:
    """A page that says so, nobody signed in, nothing kept."""
    assert answer.status_code in (403, 404, 502), answer.status_code
    assert words in text(answer)
    assert "_auth_user_id" not in client.session
    assert contexts.KEPT not in client.session
    return True


def reasons(institution) -> list[str]:
    with institution_scope(institution):
        rows = AuditEntry.objects.filter(action="ehr.launch.refused").order_by("at", "id")
        return list(rows.values_list("reason", flat=True))


def says(body: bytes, *, status: int = 200, **headers: str) -> Answer:
    def answer(to: BaseHTTPRequestHandler) -> None:
        to.send_response(status)
        for name, value in {"Content-Length": str(len(body)), **headers}.items():
            to.send_header(name.replace("_", "-"), value)
        to.end_headers()
        to.wfile.write(body)

    return answer


class TestTheLaunch:
    @pytest.mark.parametrize("change", ["/", "?x", "\x00", " ", "#"])
    def test_an_address_that_differs_by_a_byte_is_unknown(
        self, client, stand_in, ehr, institution, change
    ):
        query = stand_in.launch_query(iss=stand_in.fhir_base + change)
        answer = client.get(LAUNCH, query)
        assert nothing_opened(client, answer, "No EHR of this address")
        assert not stand_in.asked
        assert reasons(institution) == ["no EHR of this address is registered"]

    def test_an_institution_that_is_not_there_looks_the_same(self, client, stand_in, ehr):
        answer = client.get(reverse("smart_launch", args=["nowhere"]), stand_in.launch_query())
        assert nothing_opened(client, answer, "No EHR of this address")

    def test_another_institutions_ehr_is_unknown(self, client, stand_in, ehr, other_institution):
        answer = client.get(reverse("smart_launch", args=["south"]), stand_in.launch_query())
        assert nothing_opened(client, answer, "No EHR of this address")
        way = reverse("smart_begin", args=["south", ehr.pk])
        assert nothing_opened(client, client.get(way), "No EHR of this address")
        back = reverse("smart_callback", args=["south", ehr.pk])
        assert nothing_opened(client, client.get(back), "No EHR of this address")

    @pytest.mark.parametrize("handed", ["", "two words", "x" * 4001, "line\nbreak"])
    def test_nothing_to_go_on_with(self, client, stand_in, ehr, handed):
        answer = client.get(LAUNCH, stand_in.launch_query(launch=handed))
        assert nothing_opened(client, answer, "did not say what to open")

    def test_a_host_that_the_operator_does_not_allow_is_not_asked(
        self, client, stand_in, ehr, settings
    ):
        """ASVS v5.0.0-13.2.4: the server asks whom the operator allows."""
        settings.IDENTITY_PROVIDERS = json.dumps({"north": {"hosts": ["https://ehr.example"]}})
        answer = client.get(LAUNCH, stand_in.launch_query())
        assert nothing_opened(client, answer, "is not set up to ask")
        assert not stand_in.asked

    @pytest.mark.parametrize("name", ["authorization_endpoint", "token_endpoint", "jwks_uri"])
    def test_a_configuration_that_leads_elsewhere(self, client, stand_in, ehr, name):
        stand_in.configuration[name] = "https://evil.example/x"
        answer = client.get(LAUNCH, stand_in.launch_query())
        assert nothing_opened(client, answer, "is not set up to ask")

    @pytest.mark.parametrize(
        ("change", "words"),
        [
            ({"issuer": "https://evil.example"}, "describes itself otherwise"),
            ({"token_endpoint": None}, "lacks what is needed"),
            ({"code_challenge_methods_supported": ["plain"]}, "lacks what is needed"),
        ],
    )
    def test_a_configuration_that_will_not_do(self, client, stand_in, ehr, change, words):
        stand_in.configuration |= change
        assert nothing_opened(client, client.get(LAUNCH, stand_in.launch_query()), words)

    def test_keys_are_those_of_the_issuer(self, client, stand_in, ehr):
        del stand_in.configuration["jwks_uri"]
        stand_in.instead["/.well-known/openid-configuration"] = says(
            json.dumps({"issuer": "https://evil.example", "jwks_uri": "https://x"}).encode()
        )
        answer = client.get(LAUNCH, stand_in.launch_query())
        assert nothing_opened(client, answer, "describes itself otherwise")

    @pytest.mark.parametrize(
        ("there", "words"),
        [
            (says(b"", status=503), "does not answer"),
            (says(b"", status=302, Location="https://evil.example/"), "does not answer"),
            (says(b"x" * 300_001), "could not be trusted"),
            (says(b"[" * 100_000), "could not be trusted"),
            (says(b"x", Content_Encoding="gzip"), "could not be trusted"),
        ],
    )
    def test_an_ehr_that_fails_redirects_or_floods(self, client, stand_in, ehr, there, words):
        stand_in.instead[CONFIGURATION] = there
        assert nothing_opened(client, client.get(LAUNCH, stand_in.launch_query()), words)

    def test_an_ehr_that_drips_holds_nobody(self, client, stand_in, ehr, monkeypatch):
        monkeypatch.setattr(smart, "SECONDS", 0.2)

        def drip(to: BaseHTTPRequestHandler) -> None:
            to.send_response(200)
            to.send_header("Content-Length", "100000")
            to.end_headers()
            for _ in range(100):
                to.wfile.write(b"x")
                to.wfile.flush()
                time.sleep(0.05)

        stand_in.instead[CONFIGURATION] = drip
        answer = client.get(LAUNCH, stand_in.launch_query())
        assert nothing_opened(client, answer, "does not answer")

    def test_many_from_one_address_wait(self, client, stand_in, ehr, monkeypatch):
        """ASVS v5.0.0-2.4.1: what makes the server ask elsewhere is bounded."""
        from cases.web import launch as views
        from tumorboard.accounts.rate_limits import Limit

        monkeypatch.setattr(views, "MOST_A_MINUTE", Limit("smart-launch", 1))
        asked = [client.get(LAUNCH, stand_in.launch_query()).status_code for _ in range(2)]
        assert asked == [302, 429]
        way = reverse("smart_begin", args=["north", ehr.pk])
        back = reverse("smart_callback", args=["north", ehr.pk])
        assert [client.get(path).status_code for path in (way, back)] == [429, 429]

    def test_beginning_here_says_the_same_where_the_ehr_fails(self, client, stand_in, ehr):
        stand_in.instead[CONFIGURATION] = says(b"", status=503)
        answer = client.get(reverse("smart_begin", args=["north", ehr.pk]))
        assert nothing_opened(client, answer, "does not answer")


class TestTheAnswer:
    def test_it_is_used_once(self, client, stand_in, linked, ehr):
        """ASVS v5.0.0-10.2.1: state belongs to one browser and one launch."""
        begun = client.get(LAUNCH, stand_in.launch_query())
        answer = stand_in.authorize(begun.url)
        path = reverse("smart_callback", args=["north", ehr.pk])
        assert client.get(path, answer).status_code == 302
        assert "was used already" in text(client.get(path, answer))

    def test_another_browsers_answer_does_nothing(self, client, stand_in, linked, launch, ehr):
        begun = Client().get(LAUNCH, stand_in.launch_query())
        answer = stand_in.authorize(begun.url)
        back = client.get(reverse("smart_callback", args=["north", ehr.pk]), answer)
        assert nothing_opened(client, back, "not begun in this browser")
        assert not stand_in.token_requests

    def test_it_is_of_the_ehr_that_was_asked(
        self, client, stand_in, linked, ehr, institution, administrator
    ):
        """ASVS v5.0.0-10.2.2: answers of several issuers are not mixed up."""
        with institution_scope(institution):
            second = Ehr.objects.create(
                label="Second",
                fhir_base="https://b.example",
                issuer="https://b.example",
                client_id="b",
                is_on=True,
            )
        begun = client.get(LAUNCH, stand_in.launch_query())
        answer = stand_in.authorize(begun.url)
        back = client.get(reverse("smart_callback", args=["north", second.pk]), answer)
        assert nothing_opened(client, back, "not begun in this browser")

    def test_it_may_not_take_for_ever(self, client, stand_in, linked, ehr):
        begun = client.get(LAUNCH, stand_in.launch_query())
        session = client.session
        session["single_sign_on_begun"] = [
            {**entry, "began_at": 0} for entry in session["single_sign_on_begun"]
        ]
        session.save()
        answer = stand_in.authorize(begun.url)
        back = client.get(reverse("smart_callback", args=["north", ehr.pk]), answer)
        assert nothing_opened(client, back, "took too long")

    def test_who_says_no_there_is_told(self, client, stand_in, linked, launch, institution):
        back = launch(client, code="", error="access_denied")
        assert nothing_opened(client, back, "did not let Tumorboard in")
        assert reasons(institution) == ["the provider refused"]

    def test_a_wrong_sender_is_refused(self, client, linked, launch):
        """RFC 9207."""
        back = launch(client, iss="https://evil.example")
        assert nothing_opened(client, back, "describes itself otherwise")

    @pytest.mark.parametrize(
        ("twisted", "words"),
        [
            ({"aud": "another"}, "audience"),
            ({"aud": [CLIENT_ID, "another"]}, "audience"),
            ({"iss": "https://evil.example"}, "issuer"),
            ({"exp": 1}, "was used already"),
            ({"nonce": "another"}, "was used already"),
            ({"nonce": None}, "was used already"),
            ({"sub": ""}, "subject"),
        ],
    )
    def test_an_id_token_that_is_not_for_this(
        self, client, stand_in, linked, launch, twisted, words
    ):
        """ASVS v5.0.0-10.5.1, 10.5.4: nonce and audience; 9.2.1: time."""
        stand_in.twisted = twisted
        assert nothing_opened(client, launch(client), words)
        assert not any(path.startswith("/fhir/Patient") for path, _ in stand_in.asked)

    def test_an_id_token_of_another_key(self, client, stand_in, linked, ehr):
        """ASVS v5.0.0-9.1.1: the signature decides."""
        begun = client.get(LAUNCH, stand_in.launch_query())
        answer = stand_in.authorize(begun.url)
        mine, stand_in.key = stand_in.key, ECKey.generate_key("P-256", {"kid": "1"})
        stand_in.instead["/keys"] = says(
            json.dumps({"keys": [mine.as_dict(private=False)]}).encode()
        )
        back = client.get(reverse("smart_callback", args=["north", ehr.pk]), answer)
        assert nothing_opened(client, back, "signature")

    @pytest.mark.parametrize(
        ("tokens", "words"),
        [
            ({"patient": None}, "without a patient"),
            ({"patient": "../Observation/1"}, "without a patient"),
            ({"patient": ["p1"]}, "without a patient"),
            ({"patient": "p2"}, "did not let Tumorboard read"),
            ({"access_token": "wrong"}, "did not let Tumorboard read"),
            ({"access_token": "two\nlines"}, "could not be trusted"),
            ({"access_token": None}, "could not be trusted"),
            ({"token_type": "mac"}, "could not be trusted"),
            ({"id_token": None}, "could not be trusted"),
        ],
    )
    def test_tokens_that_will_not_do(self, client, stand_in, linked, launch, tokens, words):
        stand_in.tokens |= tokens
        assert nothing_opened(client, launch(client), words)

    @pytest.mark.parametrize(
        ("there", "words"),
        [
            (says(json.dumps(person(id="p2")).encode()), "did not let Tumorboard read"),
            (says(b'{"resourceType": "Bundle", "id": "p1"}'), "did not let Tumorboard read"),
            (says(b"", status=302, Location="https://evil.example/"), "did not let"),
            (says(b" " * 1_000_001), "could not be trusted"),
        ],
    )
    def test_another_patient_than_the_one_in_context(
        self, client, stand_in, linked, launch, there, words
    ):
        stand_in.instead["/fhir/Patient/p1"] = there
        assert nothing_opened(client, launch(client), words)

    def test_a_code_that_the_ehr_refuses(self, client, linked, launch):
        assert nothing_opened(client, launch(client, code="another"), "did not let Tumorboard in")


class TestProof:
    def test_a_secret_that_the_operator_did_not_give(
        self, client, stand_in, linked, launch, settings
    ):
        settings.IDENTITY_PROVIDERS = json.dumps({"north": {"hosts": [stand_in.issuer]}})
        assert nothing_opened(client, launch(client), "is not set up to ask")

    def test_a_secret_in_the_form_where_the_ehr_wants_it_there(
        self, client, stand_in, linked, launch
    ):
        stand_in.configuration["token_endpoint_auth_methods_supported"] = ["client_secret_post"]
        assert launch(client).status_code == 302
        assert stand_in.token_requests[0]["client_secret"] == SECRET

    def test_the_installations_own_key(
        self, client, stand_in, linked, launch, institution, settings, tmp_path, ehr
    ):
        """ASVS v5.0.0-10.4.16: strong authentication of the client."""
        with institution_scope(institution):
            Ehr.objects.filter(pk=ehr.pk).update(proof="key")
        assert nothing_opened(client, launch(client), "is not set up to ask")
        path = tmp_path / "key.pem"
        path.write_bytes(ECKey.generate_key("P-384").as_pem(private=True))
        settings.IDENTITY_KEY_FILE = str(path)
        installation_key._key.cache_clear()
        assert launch(client).status_code == 302
        sent = stand_in.token_requests[-1]
        assert sent["client_assertion_type"].endswith("jwt-bearer")
        assert sent["client_assertion"]
        assert "client_secret" not in sent
        assert not sent["authorization"]


class TestTraces:
    def test_logs_and_audit_name_no_patient(
        self, client, stand_in, linked, launch, caplog, institution
    ):
        stand_in.tokens["patient"] = "p2"
        launch(client)
        stand_in.tokens["patient"] = "p1"
        launch(client)
        said = caplog.text + str(reasons(institution))
        assert "launch at north" in said
        for word in ("Nottareal", "N-0001", "p1", "p2", "ehr-248", stand_in.fhir_base):
            assert word not in said

    def test_the_token_is_sent_to_the_fhir_server_alone(self, client, stand_in, linked, launch):
        launch(client)
        given = [path for path, sent in stand_in.asked if sent.startswith("Bearer")]
        assert given == ["/fhir/Patient/p1"]


class TestFrames:
    def test_a_frame_gets_one_button_and_the_ehr_alone_may_frame_it(
        self, client, stand_in, institution, ehr
    ):
        """ASVS v5.0.0-3.4.6: who may frame a page is said by frame-ancestors."""
        with institution_scope(institution):
            Ehr.objects.filter(pk=ehr.pk).update(frame_origins=["https://ehr.north.example"])
        answer = client.get(LAUNCH, stand_in.launch_query(), headers={"Sec-Fetch-Dest": "iframe"})
        policy = answer["Content-Security-Policy"]
        assert f"frame-ancestors {stand_in.issuer} https://ehr.north.example;" in policy
        assert "X-Frame-Options" not in answer
        assert 'target="_blank"' in answer.content.decode()
        assert not stand_in.asked, "nothing begins within the frame"

    @pytest.mark.parametrize("query", [{}, {"iss": "https://evil.example", "launch": "x"}])
    def test_every_other_page_is_framed_by_nobody(self, client, stand_in, ehr, query):
        answer = client.get(LAUNCH, query, headers={"Sec-Fetch-Dest": "iframe"})
        assert "frame-ancestors 'none'" in answer["Content-Security-Policy"]
        assert answer["X-Frame-Options"] == "DENY"

    def test_what_is_launched_is_framed_by_nobody(self, client, stand_in, linked, launch):
        answer = launch(client)
        assert "frame-ancestors 'none'" in answer["Content-Security-Policy"]
        page = client.get(answer.url)
        assert "frame-ancestors 'none'" in page["Content-Security-Policy"]
        assert page["X-Frame-Options"] == "DENY"
