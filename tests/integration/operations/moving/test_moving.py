"""One institution moves to another installation, whole, and nothing of its neighbors with it."""

import base64
import hashlib
import io
import json
import warnings
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from django.core import mail
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import override_settings
from django.urls import reverse

from cases.models import Patient, StudyFilePart
from cases.selectors.study_files import content_of
from cases.services import erasures, restrictions, study_files
from cases.services.chain_checks import Fault
from tests.factories import dicom as make
from tests.factories.boards import make_item
from tests.factories.cases import make_case, make_study
from tests.factories.everything import one_of_everything
from tests.factories.people import add_member, make_institution
from tumorboard.accounts.models import ApiToken, Membership, User
from tumorboard.audit.models import AuditEntry
from tumorboard.operations.moving import arriving, tables
from tumorboard.operations.moving.errors import CannotMove
from tumorboard.operations.moving.manifest import Manifest
from tumorboard.operations.moving.sealing import SealedReader, SealedWriter
from tumorboard.operations.moving.travel import HOW, Travel
from tumorboard.tenancy.catalogue import WITHOUT_INSTITUTION
from tumorboard.tenancy.models import Institution
from tumorboard.tenancy.scope import institution_scope, member_scope

#: The other house wraps the keys of institutions by a key of its own.
OTHER_MASTER = base64.b64encode(bytes(range(32))).decode()
AUDIT = "tables/audit_auditentry.jsonl"


def leave(file: Path, slug: str = "north") -> str:
    out = io.StringIO()
    call_command("export_institution", slug, str(file), stdout=out)
    return out.getvalue()


def arrive(file: Path, **options: str) -> str:
    out = io.StringIO()
    call_command("import_institution", str(file), **options, stdout=out)
    return out.getvalue()


@contextmanager
def opened(file: Path) -> Iterator[zipfile.ZipFile]:
    with file.open("rb") as raw:
        yield zipfile.ZipFile(SealedReader(raw, "a passphrase of the test"))


def parts(file: Path) -> dict[str, bytes]:
    with opened(file) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


@pytest.fixture
def chair(transactional_db):
    """Somebody who leads the board of an institution with a neighbor."""
    north = make_institution(slug="north", name="North Hospital")
    south = make_institution(slug="south", name="South Hospital")
    neighbor = add_member(south, "BOARD_CHAIR", email="sue@south.example", name="Sue South")
    with institution_scope(south):
        make_case(by=neighbor, title="Neighbor's canary")
    return add_member(north, "BOARD_CHAIR", email="chris@north.example", name="Chris Chair")


@pytest.fixture
def full(chair):
    """The institution with a row of everything, a signed decision, and an uploaded file."""
    north = Institution.objects.get(slug="north")
    with institution_scope(north):
        one_of_everything(by=chair)
        study = make_study(case=make_case(by=chair), by=chair, modality="CT")
        study_files.upload(study=study, name="a.png", content=io.BytesIO(make.png()), by=chair)
    return north


def test_an_institution_leaves_arrives_and_leaves_again_the_same(full, new_house, tmp_path, client):
    """HIPAA 164.312(c)(1): what moves is neither altered nor lost on the way, and that is shown."""
    first, second = tmp_path / "first", tmp_path / "second"
    printed = leave(first)
    left = parts(first)
    assert first.stat().st_mode & 0o077 == 0
    assert "Neighbor" not in str(left)
    assert "sue@south.example" not in str(left)
    assert all(b"$argon2" not in part and b"md5$" not in part for part in left.values())
    with new_house(), override_settings(IDENTITY_KEYS=OTHER_MASTER):
        assert "equal" in arrive(first)
        out = io.StringIO()
        call_command("verify", stdout=out)
        assert "head north" in out.getvalue()
        call_command("check_isolation", stdout=io.StringIO())
        with institution_scope(Institution.objects.get(slug="north")):
            names = {patient.record_number for patient in Patient.objects.all()}
            assert "CANARY-1" in names
            with content_of(StudyFilePart.objects.get().file) as content:
                assert content.read() == make.png()
            assert not ApiToken.objects.exists()
            assert AuditEntry.objects.filter(action="institution.imported").exists()
        assert not User.objects.get(email="chris@north.example").has_usable_password()
        client.post(reverse("account_reset_password"), {"email": "chris@north.example"})
        assert mail.outbox[-1].to == ["chris@north.example"]
        assert "/reset/key/" in mail.outbox[-1].body
        leave(second)
        came = parts(second)
    assert left.keys() == came.keys()
    for name in left.keys() - {AUDIT, "manifest.json"}:
        assert left[name] == came[name], name
    # The audit has one entry more: that it arrived.
    (arrived,) = set(came[AUDIT].splitlines()) - set(left[AUDIT].splitlines())
    assert json.loads(arrived)["action"] == "institution.imported"
    manifest = Manifest.parse(left["manifest.json"])
    for name, part in manifest.parts.items():
        assert f"{name} {part.rows} {part.sha256}" in printed
        assert part.rows == left[name].count(b"\n")
    with institution_scope(full):
        assert AuditEntry.objects.filter(action="institution.exported").exists()


def test_every_tenant_table_travels_or_says_why_not(full, tmp_path):
    """A table that is made tomorrow travels without a word, or has its reason."""
    leave(tmp_path / "file")
    with opened(tmp_path / "file") as archive, connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname FROM pg_class WHERE relkind IN ('r', 'p') "
            "AND relnamespace = 'public'::regnamespace"
        )
        tenant = {name for (name,) in cursor} - set(WITHOUT_INSTITUTION)
        there = {name[7:-6] for name in archive.namelist() if name.startswith("tables/")}
    staying = {table for table, travel in HOW.items() if travel.stays}
    assert there == tenant - staying
    assert staying <= tenant


def test_it_arrives_beside_others_under_another_address(full, new_house, tmp_path):
    leave(tmp_path / "file")
    with new_house():
        other = make_institution(slug="north", name="Northern Clinic")
        known = User(pk=User.objects.none().model().pk, email="eve@other.example", name="Eve")
        add_member(other, "COORDINATOR", email=known.email, name=known.name)
        with pytest.raises(CommandError, match="slug"):
            arrive(tmp_path / "file")
        assert Institution.objects.count() == 1
        arrive(tmp_path / "file", slug="north-2")
        with institution_scope(other):
            assert Membership.objects.count() == 1
            assert not Patient.objects.exists()


def test_it_does_not_arrive_twice(full, tmp_path):
    leave(tmp_path / "file")
    with pytest.raises(CommandError, match="here already"):
        arrive(tmp_path / "file")


def test_an_address_that_is_another_account_is_refused(chair, new_house, tmp_path):
    leave(tmp_path / "file")
    with new_house():
        User.objects.create_user(email="chris@north.example", name="Another Chris")
        with pytest.raises(CommandError, match="collides with another account"):
            arrive(tmp_path / "file")
        assert not Institution.objects.exists()


def test_an_account_that_is_the_same_person_is_kept(chair, new_house, tmp_path):
    leave(tmp_path / "file")
    with new_house():
        User.objects.create(pk=chair.pk, email=chair.email, name=chair.name, password="kept")
        assert "0 people have no password" in arrive(tmp_path / "file")
        assert User.objects.get().password == "kept"


def changed(file: Path, to: Path, name: str, change) -> Path:
    """The same file with one part written otherwise; by somebody who knows the passphrase."""
    content = parts(file)
    content[name] = change(content.get(name, b""))
    with (
        to.open("wb") as raw,
        SealedWriter(raw, "a passphrase of the test") as sealed,
        zipfile.ZipFile(sealed, "w") as archive,
    ):
        for part, text in content.items():
            archive.writestr(part, text)
    return to


def of_manifest(**changes):
    return lambda text: json.dumps({**json.loads(text), **changes}).encode()


SOUTH = "00000000-0000-7000-8000-000000000001"


@pytest.mark.parametrize(
    ("name", "change", "reason"),
    [
        ("manifest.json", lambda _: b"{}", "cannot be read"),
        ("manifest.json", of_manifest(format=2), "format 2"),
        ("manifest.json", of_manifest(migrations=["cases.9999_later"]), "cases.9999_later"),
        ("manifest.json", of_manifest(types={}), "other columns"),
        ("manifest.json", of_manifest(editions=["0" * 64]), "load_editions"),
        ("manifest.json", of_manifest(parts={}), "other parts"),
        ("people.jsonl", lambda _: b'{"id": "1"}\n', "another way"),
        ("tables/cases_patient.jsonl", lambda text: text * 2, "more rows"),
        ("tables/cases_case.jsonl", lambda text: text.replace(b"pNET", b"lNET"), "other content"),
        ("tables/cases_patient.jsonl", lambda _: b'{"id": "1"}\n', "other columns"),
    ],
)
def test_what_does_not_fit_is_refused_whole(chair, new_house, tmp_path, name, change, reason):
    """ASVS v5.0.0-16.5.3: all or nothing, with the reason."""
    with institution_scope(Institution.objects.get(slug="north")):
        make_case(by=chair)
    leave(tmp_path / "file")
    other = changed(tmp_path / "file", tmp_path / "other", name, change)
    with new_house():
        with pytest.raises(CommandError, match=reason):
            arrive(other)
        assert not Institution.objects.exists()
        assert not User.objects.exists()


def test_a_file_cannot_write_into_another_institution(chair, new_house, tmp_path):
    """HIPAA 164.312(a)(1): the database's policies hold for what arrives too."""
    north = Institution.objects.get(slug="north")
    with institution_scope(north):
        make_case(by=chair)
    leave(tmp_path / "file")
    with new_house():
        south = make_institution(slug="south", name="South Hospital")
        other = changed(
            tmp_path / "file",
            tmp_path / "other",
            "tables/cases_patient.jsonl",
            lambda text: text.replace(str(north.pk).encode(), str(south.pk).encode()),
        )
        with pytest.raises(CommandError, match="cases_patient: its rows are refused"):
            arrive(other)
        with institution_scope(south):
            assert not Patient.objects.exists()


HOSTILE = [
    ("manifest.json", of_manifest(types=[]), "cannot be read"),
    ("manifest.json", of_manifest(migrations=[[]]), "cannot be read"),
    ("manifest.json", lambda _: b"[" * 100_000, "cannot be read"),
    ("manifest.json", of_manifest(institution={"id": 1, "created_at": ""}), "what cannot be"),
    ("people.jsonl", lambda text: text.replace(b"chris@", b"CHRIS@"), "another way"),
    ("people.jsonl", lambda text: text.replace(b"chris@", b"not an address"), "email"),
    ("people.jsonl", lambda text: text.replace(b'"true"', b'"maybe"'), "another way"),
    ("people.jsonl", lambda _: b"", "did not come with them"),
    ("people.jsonl", lambda text: text * 2, "more rows"),
    ("tables/cases_patient.jsonl", lambda _: b"[1]\n", "no row"),
    ("tables/cases_patient.jsonl", lambda _: b"nothing\n", "no row"),
    ("tables/cases_patient.jsonl", lambda _: b"[" * 100_000, "no row"),
    ("tables/cases_case.jsonl", lambda text: text.replace(b"pNET", b"\\ud800"), "refused"),
    (
        "tables/vault_institutionkey.jsonl",
        lambda text: text.replace(b"x", b"y"),
        "columns|read",
    ),
    ("tables/vault_institutionkey.jsonl", lambda _: b"", "do not open"),
    ("tables/cases_patienttoken.jsonl", lambda _: b"", "0 rows here"),
    ("tables/audit_auditentry.jsonl", lambda text: text[: text.index(b"\n") + 1], "rows here"),
    ("../../escape", lambda _: b"", "other parts than its manifest"),
    (
        "tables/cases_patienttoken.jsonl",
        lambda text: 2 * text[: text.index(b"\n") + 1] + text[2 * (text.index(b"\n") + 1) :],
        "collide",
    ),
]


def test_hostile_files_are_refused_whole(chair, new_house, tmp_path):
    """ASVS v5.0.0-2.2.1: what a file may hold is known beforehand, and nothing else is taken."""
    with institution_scope(Institution.objects.get(slug="north")):
        make_case(by=chair)
    leave(tmp_path / "file")
    with new_house():
        for name, change, reason in HOSTILE:
            other = changed(tmp_path / "file", tmp_path / "other", name, change)
            with pytest.raises(CommandError, match=reason):
                arrive(other)
            assert not Institution.objects.exists(), reason
            assert not User.objects.exists(), reason


def test_nobody_of_the_new_house_becomes_a_member_by_a_file(chair, new_house, tmp_path):
    """ASVS v5.0.0-8.2.2: a row may name only people who came with it."""
    leave(tmp_path / "file")
    with new_house():
        south = make_institution(slug="south", name="South Hospital")
        eve = add_member(south, "COORDINATOR", email="eve@south.example", name="Eve")
        other = changed(
            tmp_path / "file",
            tmp_path / "other",
            "tables/accounts_membership.jsonl",
            lambda text: text.replace(str(chair.pk).encode(), str(eve.pk).encode()),
        )
        sums = hashlib.sha256(parts(other)["tables/accounts_membership.jsonl"]).hexdigest()

        def agreeing(text):
            said = json.loads(text)
            said["parts"]["tables/accounts_membership.jsonl"]["sha256"] = sums
            return json.dumps(said).encode()

        forged = changed(other, tmp_path / "forged", "manifest.json", agreeing)
        with pytest.raises(CommandError, match="other people than came"):
            arrive(forged)
        assert Institution.objects.count() == 1


def test_a_part_twice_or_packed_otherwise_is_refused(chair, new_house, tmp_path):
    """ASVS v5.0.0-5.2.3: what is packed is looked at before it is unpacked."""
    leave(tmp_path / "file")
    content = parts(tmp_path / "file")
    for name, packed in (("twice", zipfile.ZIP_STORED), ("otherwise", zipfile.ZIP_BZIP2)):
        with (
            (tmp_path / name).open("wb") as raw,
            SealedWriter(raw, "a passphrase of the test") as sealed,
            zipfile.ZipFile(sealed, "w", packed) as archive,
            warnings.catch_warnings(),
        ):
            warnings.simplefilter("ignore")
            for part, text in content.items():
                archive.writestr(part, text)
            if name == "twice":
                archive.writestr("people.jsonl", content["people.jsonl"])
        with new_house(), pytest.raises(CommandError, match=r"twice|packed in another way"):
            arrive(tmp_path / name)


def test_a_line_that_never_ends_is_not_read_to_its_end(chair, new_house, tmp_path, monkeypatch):
    """ASVS v5.0.0-5.2.3: a bomb takes no more memory than a row may."""
    leave(tmp_path / "file")
    monkeypatch.setattr(arriving, "LONGEST_LINE", 200_000)
    bomb = changed(
        tmp_path / "file",
        tmp_path / "bomb",
        "tables/cases_patient.jsonl",
        lambda _: b'{"id": "' + b"x" * 1_000_000 + b'"}\n',
    )
    with new_house(), pytest.raises(CommandError, match=r"more rows|no row"):
        arrive(bomb)


def test_bytes_that_were_changed_do_not_open(chair, new_house, tmp_path):
    """HIPAA 164.312(e)(2)(i): what is changed on the way is noticed, wherever it is."""
    leave(tmp_path / "file")
    content = (tmp_path / "file").read_bytes()
    size = len(content)
    with new_house():
        for place in (0, 20, 40, size // 2, size - 1):
            flipped = bytearray(content)
            flipped[place] ^= 1
            (tmp_path / "flipped").write_bytes(flipped)
            with pytest.raises(CommandError):
                arrive(tmp_path / "flipped")
        for cut in (10, 40, size - 1):
            (tmp_path / "cut").write_bytes(content[:cut])
            with pytest.raises(CommandError):
                arrive(tmp_path / "cut")
        assert not Institution.objects.exists()


def test_restricted_records_and_erasures_come_along(chair, new_house, tmp_path):
    """Restricted stays restricted, and who was erased stays erased."""
    with institution_scope(Institution.objects.get(slug="north")):
        hidden, gone = make_case(by=chair), make_case(by=chair)
        restrictions.restrict(case=hidden, people=[chair.pk], reason="Staff", by=chair)
        number = gone.patient.record_number
        erasures.erase(patient=gone.patient, record_number=number, reason="Asked.", by=chair)
    leave(tmp_path / "file")
    with new_house(), override_settings(IDENTITY_KEYS=OTHER_MASTER):
        arrive(tmp_path / "file")
        call_command("verify_erasures", stdout=io.StringIO())
        institution = Institution.objects.get()
        with member_scope(institution, None):
            assert set(Patient.objects.values_list("pk", flat=True)) == {gone.patient_id}
        with member_scope(institution, chair.pk):
            assert Patient.objects.count() == 2
            assert Patient.objects.get(pk=gone.patient_id).is_erased


def test_a_broken_chain_does_not_arrive(full, new_house, tmp_path, monkeypatch):
    leave(tmp_path / "file")
    fault = Fault("north", None, None, None, "link broken")
    monkeypatch.setattr(arriving, "check_chains", lambda: ([fault], []))
    with new_house():
        with pytest.raises(CommandError, match="link broken"):
            arrive(tmp_path / "file")
        assert not Institution.objects.exists()


def test_a_table_may_say_how_its_rows_travel(chair, new_house, tmp_path, monkeypatch):
    """What one house wraps with its own key leaves unwrapped and is wrapped again by the next."""

    def out(row):
        return {**row, "role": str(row["role"]).lower()}

    def into(row):
        return {**row, "role": str(row["role"]).upper()}

    monkeypatch.setitem(HOW, "accounts_membership", Travel(leaving=out, arriving=into))
    leave(tmp_path / "file")
    assert b"board_chair" in parts(tmp_path / "file")["tables/accounts_membership.jsonl"]
    with new_house():
        arrive(tmp_path / "file")
        with institution_scope(Institution.objects.get()):
            assert Membership.objects.get().role == "BOARD_CHAIR"


def test_a_table_that_travels_refers_to_none_that_stays(transactional_db, monkeypatch):
    monkeypatch.setitem(HOW, "cases_patient", Travel(stays="a test"))
    with pytest.raises(CannotMove, match="which stays"):
        tables.travelling()


def test_nothing_is_written_over(chair, tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(CommandError, match="there already"):
        leave(tmp_path / "file")
    with pytest.raises(CommandError, match="no institution"):
        leave(tmp_path / "other", slug="west")
    with pytest.raises(CommandError, match="cannot be written"):
        leave(tmp_path / "none" / "file")
    with pytest.raises(CommandError, match="cannot be read"):
        arrive(tmp_path / "none")


def test_a_file_that_is_not_whole_is_not_there(chair, tmp_path, monkeypatch):
    def fails(*_args):
        raise RuntimeError

    monkeypatch.setattr(tables, "people_of", fails)
    with pytest.raises(RuntimeError):
        leave(tmp_path / "file")
    assert list(tmp_path.iterdir()) == []


def test_a_short_passphrase_is_refused(chair, tmp_path, monkeypatch):
    """ASVS v5.0.0-11.2.3: what protects a whole institution is not guessed."""
    monkeypatch.setenv("TUMORBOARD_MOVE_PASSPHRASE", "short")
    with pytest.raises(CommandError, match="at least 16"):
        leave(tmp_path / "file")


def test_a_long_history_leaves_in_pieces(chair, tmp_path, monkeypatch, new_house):
    """Neither side ever holds a table in memory."""
    monkeypatch.setattr(tables, "BATCH_ROWS", 2)
    monkeypatch.setattr(tables, "FETCHED", 2)
    with institution_scope(Institution.objects.get(slug="north")):
        item = make_item(by=chair)
    leave(tmp_path / "file")
    with new_house():
        arrive(tmp_path / "file")
        with institution_scope(Institution.objects.get()):
            assert Patient.objects.filter(pk=item.case.patient_id).exists()
