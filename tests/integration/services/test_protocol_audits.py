"""The sampled audit: who is drawn, and who may review."""

import pytest

from cases.models import ProtocolAudit, Standard
from cases.selectors.protocol_audits import done_audits, open_audits, shares, shares_of
from cases.services import protocol_audits, standards
from cases.services.errors import Invalid, Refused
from tests.factories.boards import make_item, sign
from tests.factories.standards import sign_by_protocol
from tumorboard.audit.models import AuditEntry

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("scope")]


@pytest.fixture
def audit(coordinator, chair, standard):
    """The first case under a standard, signed by the chair."""
    sign_by_protocol(by=coordinator, standard=standard, signer=chair)
    return ProtocolAudit.objects.get()


class TestDraw:
    def test_the_first_is_always_drawn_the_next_by_its_hash(self, coordinator, chair, standard):
        first, second = (
            sign_by_protocol(by=coordinator, standard=standard, signer=chair) for _ in range(2)
        )

        assert first.audits.exists()
        is_sampled = int(second.content_hash[:8], 16) % 100 < 1
        assert second.audits.exists() == is_sampled
        drawn = AuditEntry.objects.filter(action="protocol_audit.drawn")
        assert drawn.count() == 1 + is_sampled

    def test_what_the_hash_says_is_drawn(self, coordinator, chair, standard):
        _, second = (
            sign_by_protocol(by=coordinator, standard=standard, signer=chair) for _ in range(2)
        )
        Standard.objects.update(audit_percent=30)
        second.agenda_item.refresh_from_db()

        second.content_hash = f"{130:08x}" + "0" * 56
        assert protocol_audits.draw(decision=second) is None
        second.content_hash = f"{129:08x}" + "0" * 56
        second.audits.all().delete()
        assert protocol_audits.draw(decision=second).decision == second

    def test_no_standard_goes_without(self, coordinator, chair, standard):
        _, second = (
            sign_by_protocol(by=coordinator, standard=standard, signer=chair) for _ in range(2)
        )
        Standard.objects.update(audit_percent=0)
        second.agenda_item.refresh_from_db()
        second.audits.all().delete()

        second.content_hash = f"{200:08x}" + "0" * 56
        assert protocol_audits.draw(decision=second).decision == second

    def test_a_standard_that_was_changed_is_looked_at_again(self, coordinator, chair, standard):
        sign_by_protocol(by=coordinator, standard=standard, signer=chair)
        given = {name: getattr(standard, name) for name in standards.FIELDS}
        changed = standards.change(
            standard=standard, by=coordinator, **{**given, "source": "SOP 7, version 3"}
        )

        decision = sign_by_protocol(by=coordinator, standard=changed, signer=chair)

        assert decision.audits.exists()

    def test_what_was_discussed_is_not_drawn(self, coordinator, chair):
        sign(make_item(by=coordinator), by=chair)

        assert not ProtocolAudit.objects.exists()


class TestReview:
    def test_is_kept_with_who_and_when(self, coordinator, audit):
        protocol_audits.review(audit=audit, verdict="agreed", by=coordinator)

        audit.refresh_from_db()
        assert (audit.verdict, audit.reviewer) == ("agreed", coordinator)
        assert audit.reviewed_at is not None
        assert AuditEntry.objects.filter(action="protocol_audit.reviewed").exists()

    def test_not_by_the_signer(self, chair, audit):
        with pytest.raises(Refused, match="You signed"):
            protocol_audits.review(audit=audit, verdict="agreed", by=chair)

    def test_not_twice(self, coordinator, audit):
        protocol_audits.review(audit=audit, verdict="agreed", by=coordinator)

        with pytest.raises(Refused, match="already"):
            protocol_audits.review(audit=audit, verdict="discuss", note="No", by=coordinator)

    @pytest.mark.parametrize(
        ("given", "field"),
        [
            ({"verdict": "perhaps"}, "verdict"),
            ({"verdict": "discuss", "note": " "}, "note"),
            ({"verdict": "discuss", "note": "\u200b\u2060"}, "note"),
            ({"verdict": "agreed", "note": "x" * 501}, "note"),
        ],
    )
    def test_refuses_what_cannot_be(self, coordinator, audit, given, field):
        with pytest.raises(Invalid) as caught:
            protocol_audits.review(audit=audit, by=coordinator, **given)

        assert list(caught.value.errors) == [field]


class TestShares:
    def test_of_what_was_reviewed(self, coordinator, chair, standard, audit):
        assert [share.words for share in shares()] == ["1 drawn, none reviewed yet"]
        assert list(open_audits()) == [audit]
        Standard.objects.update(audit_percent=100)
        sign_by_protocol(by=coordinator, standard=standard, signer=chair)
        one, two = open_audits()
        protocol_audits.review(audit=one, verdict="discuss", note="No", by=coordinator)
        protocol_audits.review(audit=two, verdict="agreed", by=coordinator)

        (share,) = shares()

        assert share.words == "1 of 2 should have been discussed (50 %)"
        assert (share.name, share.board) == (standard.name, standard.board.name)
        assert shares_of(standard.board) == {standard.pk: share}
        assert list(done_audits()) == [two, one]
        assert not open_audits().exists()
