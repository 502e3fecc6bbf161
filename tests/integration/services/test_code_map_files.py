"""Tables of codes: read, shown row by row, written all together or not at all."""

import pytest
from django.db import IntegrityError

from cases.documents.tables import as_file
from cases.models import CodeMapFile, CodeMapping, UnmappedCode
from cases.models.study_file import VirusCheck
from cases.selectors import code_maps as selectors
from cases.services import code_map_files, code_maps, virus_checks
from cases.services.errors import Refused
from cases.services.imports.limits import TableError
from tumorboard.audit.models import AuditEntry

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("scope")]

HEAD = "System,Code,Display,Concept,Status,Source\n"
GOOD = HEAD + (
    "LAB,CGA,CgA,analyte/chromogranin_a,confirmed,Catalogue\nLAB,GAS,,Laboratory value: Gastrin,,\n"
)


@pytest.fixture
def upload(coordinator):
    def uploaded(text, name="codes.csv"):
        return code_map_files.upload(name=name, content=text.encode(), by=coordinator)

    return uploaded


def test_a_table_is_shown_and_then_written(upload, coordinator):
    code_maps.saw_unmapped(system="LAB", code="GAS", display="", where="ORU OBX-3")
    file = upload(GOOD)
    rows = code_map_files.preview(file)
    assert [(row.line, row.does, row.errors) for row in rows] == [(2, "add", {}), (3, "add", {})]
    assert not CodeMapping.objects.exists()

    code_map_files.write(file=file, by=coordinator)

    first, second = CodeMapping.objects.order_by("code")
    assert (first.status, first.confirmed_by, first.source) == (
        "confirmed",
        coordinator,
        "Catalogue",
    )
    assert (second.status, second.concept) == ("proposed", "analyte/gastrin")
    assert not UnmappedCode.objects.exists()
    assert AuditEntry.objects.filter(action="code_map.file.written").count() == 1
    with pytest.raises(Refused, match="already"):
        code_map_files.write(file=file, by=coordinator)


def test_what_is_there_is_changed_or_left_alone(upload, coordinator):
    code_map_files.write(file=upload(GOOD), by=coordinator)
    kept = CodeMapping.objects.get(code="GAS")
    file = upload(GOOD.replace("analyte/chromogranin_a", "analyte/nse"))

    assert [row.does for row in code_map_files.preview(file)] == ["change", "nothing"]
    code_map_files.write(file=file, by=coordinator)

    assert selectors.concept_of("LAB", "CGA") == "analyte/nse"
    assert CodeMapping.objects.get(code="GAS").entered_at == kept.entered_at


@pytest.mark.parametrize(
    ("row", "column"),
    [
        ("LAB,X,,analyte/nothing,,", "concept"),
        ("LAB,X,,,,", "concept"),
        ("LAB,,,analyte/nse,,", "code"),
        (",X,,analyte/nse,,", "system"),
        ("LAB,X,,analyte/nse,perhaps,", "status"),
        ("LN,29593-2,,analyte/nse,,", "code"),
        ("LAB,CGA,,analyte/nse,,", "code"),
        (f"LAB,{'x' * 101},,analyte/nse,,", "code"),
    ],
)
def test_one_wrong_row_keeps_the_whole_table_out(upload, coordinator, row, column):
    file = upload(GOOD + row + "\n")

    wrong = [row for row in code_map_files.preview(file) if row.errors]
    assert (wrong[-1].line, set(wrong[-1].errors)) == (4, {column})
    with pytest.raises(Refused, match="errors"):
        code_map_files.write(file=file, by=coordinator)
    assert not CodeMapping.objects.exists()


@pytest.mark.parametrize(
    ("text", "name", "reason"),
    [
        ("", "codes.csv", "empty"),
        ("a,b\n1,2\n", "codes.csv", "no column system"),
        (GOOD, "codes.pdf", "something else"),
        (HEAD, "codes.csv", "no rows"),
        (HEAD + "LAB,X,,analyte/nse,,\n" * 5_001, "codes.csv", "5,000 rows"),
        ("<html>", "codes.csv", "web page"),
    ],
)
def test_what_is_no_table_of_codes_is_refused(upload, text, name, reason):
    with pytest.raises(TableError, match=reason):
        upload(text, name)
    assert not CodeMapFile.objects.exists()


@pytest.mark.parametrize("virus", ["Eicar", ""])
def test_a_virus_and_a_check_without_an_answer_are_refused(upload, monkeypatch, virus):
    check = VirusCheck.INFECTED if virus else VirusCheck.WAITING
    look = virus_checks.Look(check=check, virus=virus)
    monkeypatch.setattr(virus_checks, "look", lambda _content: look)

    with pytest.raises(TableError, match=virus or "no answer"):
        upload(GOOD)
    assert not CodeMapFile.objects.exists()
    infected = AuditEntry.objects.filter(action="code_map.file.infected")
    assert infected.exists() == bool(virus)


@pytest.mark.parametrize("ending", ["csv", "xlsx"])
def test_an_export_can_be_uploaded_again(coordinator, ending):
    given = {"system": "=LAB", "code": "-1", "display": "@b", "concept": "unit/%"}
    code_maps.add(by=coordinator, is_confirmed=True, **given)
    table = code_map_files.table_of(list(selectors.local_rows()), by=coordinator)
    assert AuditEntry.objects.filter(action="code_map.exported").exists()

    file = code_map_files.upload(
        name=f"codes.{ending}", content=as_file(table, ending=ending, title="Codes"), by=coordinator
    )

    assert [(row.does, row.errors) for row in code_map_files.preview(file)] == [("nothing", {})]


def test_somebody_who_maps_the_code_meanwhile_undoes_nothing(upload, coordinator, monkeypatch):
    file = upload(GOOD)

    def collide(*_args):
        raise IntegrityError

    monkeypatch.setattr(code_map_files, "_write", collide)
    with pytest.raises(Refused, match="just now"):
        code_map_files.write(file=file, by=coordinator)
    assert not CodeMapping.objects.exists()
