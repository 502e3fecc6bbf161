"""How fast CDS Hooks are answered: with prefetch, and with all of it fetched back.

Run with `TUMORBOARD_EMBEDDED=test python -m benchmarks.hooks [calls]`. It makes a database of its
own and drops it afterwards. The EHR's FHIR server is one of this process, which answers at once:
what is measured is ours.
"""

import datetime
import json
import logging
import os
import statistics
import sys
import time
import uuid
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

import django
from django.conf import settings

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tumorboard.settings")
django.setup()

from benchmarks.database import fresh_database  # noqa: E402
from tests.factories.cases import SURVEILLANCE, make_case, make_study  # noqa: E402
from tests.factories.hooks import (  # noqa: E402
    PATIENT_ID,
    SELECT,
    Ehr,
    bundle,
    call,
    diagnosis,
    make_ehr,
    patient,
)
from tests.factories.people import add_member, make_institution  # noqa: E402
from tumorboard.outbox import queue  # noqa: E402
from tumorboard.tenancy.scope import institution_scope  # noqa: E402

CALLS = 200
#: Milliseconds at the 95th percentile (issue F, point 4).
WITH_PREFETCH_MS, WITH_FETCH_MS = 100, 500
OBSERVATIONS, STUDIES = 100, 8


def observations() -> dict[str, Any]:
    """A patient's laboratory values of years."""
    return bundle(
        *(
            {
                "resourceType": "Observation",
                "id": f"o{n}",
                "status": "final",
                "code": {"coding": [{"system": "http://loinc.org", "code": "6768-6"}]},
                "subject": {"reference": f"Patient/{PATIENT_ID}"},
                "effectiveDateTime": f"20{10 + n // 12:02}-{1 + n % 12:02}-01",
                "valueQuantity": {
                    "value": 80 + n % 7,
                    "unit": "U/L",
                    "system": "http://unitsofmeasure.org",
                    "code": "U/L",
                },
            }
            for n in range(OBSERVATIONS)
        )
    )


def serve(answers: dict[str, Any]) -> str:
    """A FHIR server on loopback; its address."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            """Answer by the type that is asked for."""
            kind = self.path.removeprefix("/fhir/").split("?")[0].split("/")[0]
            body = json.dumps(answers.get(kind, bundle())).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *args: object) -> None:
            """Quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    Thread(target=server.serve_forever, daemon=True).start()
    return f"http://127.0.0.1:{server.server_port}/fhir"


def measure(what: str, ehr: Ehr, body: dict[str, Any], calls: int, budget_ms: int) -> None:
    """Call that often and print what the calls took; JWTs are signed beforehand."""
    tokens = [ehr.jwt(ehr.claims(SELECT)) for _ in range(calls + 5)]
    took = []
    for number, token in enumerate(tokens):
        raw = json.dumps({**body, "hookInstance": str(uuid.uuid4())})
        begin = time.perf_counter()
        answer = ehr.post(SELECT, raw, token=token)
        if number >= 5:
            took.append((time.perf_counter() - begin) * 1000)
        assert answer.status_code == 200, answer.content
        assert answer.json()["cards"]
    p95 = statistics.quantiles(took, n=20)[-1]
    verdict = "within" if p95 <= budget_ms else "OVER"
    print(
        f"{what:<24}median {statistics.median(took):6.1f} ms  p95 {p95:6.1f} ms  "
        f"{verdict} {budget_ms} ms"
    )


def main(calls: int) -> None:
    """Measure and print."""
    queue.deliver.apply_async = lambda *args, **options: None
    logging.disable(logging.INFO)
    settings.ALLOWED_HOSTS = ["*"]
    institution = make_institution(slug="north", name="Benchmark")
    administrator = add_member(institution, "ADMINISTRATOR", email="a@example.org", name="A")
    coordinator = add_member(institution, "COORDINATOR", email="c@example.org", name="C")
    with institution_scope(institution):
        case = make_case(by=coordinator, **SURVEILLANCE, metastases_known=False)
        for number in range(STUDIES):
            make_study(case=case, by=coordinator, performed_on=datetime.date(2025, number + 1, 10))
        record_number = case.patient.record_number
    had = {
        "patient": patient(record_number),
        "conditions": bundle(diagnosis()),
        "observations": observations(),
    }
    answers = {one: had[key] for key, one in (("patient", "Patient"), ("conditions", "Condition"))}
    server = serve({**answers, "Observation": had["observations"]})
    settings.IDENTITY_PROVIDERS = json.dumps({"north": {"hosts": [server.removesuffix("/fhir")]}})
    make_ehr(institution, administrator, fhir_server=server, requests_per_minute=6000)
    ehr = Ehr()
    body = call(record_number=record_number, prefetch=had)
    measure("with prefetch", ehr, body, calls, WITH_PREFETCH_MS)
    authorization = {
        "access_token": "x",
        "token_type": "Bearer",
        "expires_in": 300,
        "scope": "patient/*.rs",
        "subject": "benchmark",
    }
    bare = {name: value for name, value in body.items() if name != "prefetch"}
    fetched = {**bare, "fhirServer": server, "fhirAuthorization": authorization}
    measure("all fetched back", ehr, fetched, calls, WITH_FETCH_MS)


if __name__ == "__main__":
    with fresh_database():
        main(int(sys.argv[1]) if len(sys.argv) > 1 else CALLS)
