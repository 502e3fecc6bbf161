"""If-Match by those who write at the same moment."""

import threading

import pytest
from django.db import connection
from django.test import Client

from tests.factories.people import add_member, make_institution
from tests.integration.api.conftest import Script, script_of

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "owner"])


def test_of_sixteen_who_saw_the_same_version_one_changes_it():
    """Real threads: the version is compared under the lock under which the row is written."""
    institution = make_institution(slug="north", name="North Hospital")
    by = add_member(institution, "COORDINATOR", email="cora@north.example", name="Cora")
    script = script_of(institution, by)
    made = script.post("patients/", {"record_number": "N-1"})
    path = f"patients/{made.json()['id']}/"
    start = threading.Barrier(16)
    answers = []

    def change(number: int) -> None:
        mine = Script(institution, script.token, Client(raise_request_exception=False))
        try:
            start.wait(timeout=60)
            body = {"given_name": f"Name {number}"}
            answers.append(mine.ask("PATCH", path, body, headers={"if-match": made["ETag"]}))
        finally:
            connection.close()

    threads = [threading.Thread(target=change, args=[number]) for number in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=120)
    assert sorted(answer.status_code for answer in answers) == [200] + [412] * 15
    (winner,) = [answer.json() for answer in answers if answer.status_code == 200]
    assert script.get(path).json() == winner
    assert all(a.json()["current"] == winner for a in answers if a.status_code == 412)
