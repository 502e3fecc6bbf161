"""Mail leaves with the worker, one to each address."""

import pytest
from django.core import mail

from tests.factories.people import make_institution
from tests.integration.outbox.delivery import deliver_all
from tumorboard.outbox.mail import Attachment, post
from tumorboard.tenancy.scope import institution_scope

pytestmark = pytest.mark.django_db


def test_each_address_gets_a_mail_of_its_own(db):
    calendar = Attachment("meeting.ics", "BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n", "text/calendar")
    with institution_scope(make_institution(slug="north", name="North Hospital")):
        post(
            to=["cora@north.example", "chris@north.example"],
            subject="An agenda is published",
            body="Look at it.",
            attachment=calendar,
        )
    assert mail.outbox == []
    assert deliver_all() == 2
    assert [message.to for message in mail.outbox] == [
        ["cora@north.example"],
        ["chris@north.example"],
    ]
    assert {message.subject for message in mail.outbox} == {"An agenda is published"}
    name, text, content_type = mail.outbox[0].attachments[0]
    assert (name, content_type) == ("meeting.ics", "text/calendar")
    assert "VCALENDAR" in text


def test_a_mail_without_an_attachment(db):
    with institution_scope(make_institution(slug="north", name="North Hospital")):
        post(to=["cora@north.example"], subject="A task is due", body="Look at it.")
    assert deliver_all() == 1
    assert mail.outbox[0].attachments == []
