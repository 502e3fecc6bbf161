"""The pages of an import, as a coordinator goes through them."""

import csv
import io

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from cases.models import Case, ImportFile
from cases.selectors import imports as selectors
from cases.services.imports import limits
from tests.factories.cases import case_of
from tests.factories.people import add_member
from tumorboard.tenancy.scope import institution_scope

pytestmark = pytest.mark.django_db

TABLE = "MRN,Surname,Grade,Size,Comment\nM1,Rivera,2,20,x\nM2,Okafor,9,30,=cmd()\nM3,Sato,1,40,\n"


@pytest.fixture(autouse=True)
def _a_folder_of_static_files(settings, tmp_path):
    """WhiteNoise warns when it starts without one."""
    settings.STATIC_ROOT = tmp_path


def at(name, *args):
    return reverse(name, args=["north", *args])


def send(client, content, name="cases.csv", **options):
    content = content.encode() if isinstance(content, str) else content
    return client.post(at("imports"), {"file": SimpleUploadedFile(name, content)}, **options)


def the_file(institution):
    with institution_scope(institution):
        return ImportFile.objects.get()


def chosen(page):
    """What the columns page has preselected, by heading."""
    form = page.context["form"]
    return {field.label: field.value() for field in form}


def columns_post(**fields):
    headings = TABLE.split("\n", 1)[0].split(",")
    return {f"column_{n}": fields.get(heading, "") for n, heading in enumerate(headings)}


def test_a_table_goes_all_the_way(client, institution, imports):
    page = send(client, TABLE, follow=True)
    file = the_file(institution)
    assert page.redirect_chain[-1][0] == at("import_columns", file.pk)
    assert chosen(page) == {
        "MRN": "record_number",
        "Surname": "family_name",
        "Grade": "pathologist_grade",
        "Size": "primary_size_mm",
        "Comment": "",
    }
    text = page.content.decode()
    assert "Rivera" in text
    assert "guessed" in text
    assert "remembered" not in text.replace("Your choice is remembered", "")

    page = client.post(at("import_columns", file.pk), columns_post(**chosen(page)), follow=True)
    text = page.content.decode()
    assert "2 of 3 rows can be written" in text
    assert "Write 2 cases" in text
    assert "Is not one of: G1, G2, G3, Unknown." in text
    assert "Rivera" in text
    with institution_scope(institution):
        assert not Case.objects.exists()

    page = client.post(at("import_check", file.pk), follow=True)
    assert page.redirect_chain[-1][0] == at("import_progress", file.pk)
    text = page.content.decode()
    assert 'hx-trigger="every 1s"' in text
    assert '<progress value="0" max="2">' in text
    assert "<noscript>" in text

    imports.work()
    part = client.get(at("import_progress", file.pk), headers={"HX-Request": "true"})
    text = part.content.decode()
    assert "<html" not in text
    assert "every 1s" not in text
    assert "2 cases written." in text
    assert "Is not one of: G1, G2, G3, Unknown." in text
    with institution_scope(institution):
        case = case_of("M1")
    assert at("case", case.pk) in text
    assert "HX-Request" in part["Vary"]
    assert client.get(at("case", case.pk)).status_code == 200
    assert "cases.csv" in client.get(at("imports")).content.decode()


def test_a_workbook_goes_all_the_way(client, institution, imports):
    book = openpyxl.Workbook()
    for row in (["MRN", "Ki-67"], [1, 0.05], [2, "unknown"]):
        book.active.append(row)
    book.active["B2"].number_format = "0%"
    out = io.BytesIO()
    book.save(out)
    page = send(client, out.getvalue(), "cases.xlsx", follow=True)
    file = the_file(institution)
    client.post(
        at("import_columns", file.pk), {"column_0": "record_number", "column_1": "ki67_percent"}
    )
    client.post(at("import_check", file.pk))
    imports.work()
    with institution_scope(institution):
        facts = case_of("1").assessment.facts
    assert page.status_code == 200
    assert facts["ki67_percent"] == 5


def test_what_was_chosen_is_remembered(client, institution):
    send(client, TABLE)
    first = the_file(institution)
    mapping = {"MRN": "record_number", "Size": "primary_size_cm", "Comment": "board_question"}
    client.post(at("import_columns", first.pk), columns_post(**mapping))
    page = send(client, TABLE, follow=True)
    assert chosen(page) == {**columns_names(), **mapping}
    assert "remembered" in page.content.decode()


def columns_names():
    return dict.fromkeys(TABLE.split("\n", 1)[0].split(","), "")


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("cases.csv", b"<html><table>", "web page"),
        ("cases.xlsx", b"\x00\x01\x02\x03binary", "not a table"),
        ("cases.csv", b"", "empty"),
        ("cases.csv", b"a,b\n" + b"1,2\n" * 30_000, "more than 20,000 rows"),
        ("cases.csv", b"x" * (limits.MOST_BYTES + 1), "larger than 10 MB"),
    ],
)
def test_what_is_no_table_is_said_by_the_field(client, institution, name, content, reason):
    page = send(client, content, name)
    assert page.status_code == 422
    assert any(reason in error for error in page.context["form"].errors["file"])
    assert 'class="error-summary"' in page.content.decode()
    with institution_scope(institution):
        assert not ImportFile.objects.exists()


def test_an_upload_without_a_file_says_so(client):
    page = client.post(at("imports"))
    assert page.status_code == 422
    assert page.context["form"].errors["file"] == ["Choose a file."]


def test_errors_of_columns_stand_by_the_column_and_choices_are_kept(client, institution):
    send(client, TABLE)
    file = the_file(institution)
    address = at("import_columns", file.pk)
    page = client.post(address, columns_post(Grade="pathologist_grade"))
    assert page.status_code == 422
    assert "record number" in page.context["form"].non_field_errors()[0]
    assert page.context["form"]["column_2"].value() == "pathologist_grade"
    page = client.post(address, columns_post(MRN="record_number", Surname="record_number"))
    assert page.context["form"].errors["column_1"] == [
        "“MRN” sets the same. Leave one of the two out."
    ]
    page = client.post(address, columns_post(MRN="record_number", Grade="is_admin"))
    assert page.context["form"].errors["column_2"] == ["Choose one of the fields."]


def test_a_page_leads_to_the_one_that_fits_the_state(client, institution, imports):
    """ASVS v5.0.0-2.3.1: no step of an import is skipped."""
    file = imports.upload(TABLE)
    for name in ("import_check", "import_progress"):
        assert client.get(at(name, file.pk)).url == at("import_columns", file.pk)
    file = imports.check(TABLE)
    assert client.get(at("import_progress", file.pk)).url == at("import_check", file.pk)
    imports.start(file)
    for name in ("import_check", "import_columns"):
        assert client.get(at(name, file.pk)).url == at("import_progress", file.pk)
    page = client.post(at("import_check", file.pk), follow=True)
    assert "being written already" in page.content.decode()


def test_the_check_shows_how_good_rows_are_read(client, imports):
    file = imports.check(
        "MRN,Ki-67,Resection date,Size,Metastases known\nM1,n/a,2026-01-31,2.5 cm,no\n"
    )
    text = client.get(at("import_check", file.pk)).content.decode()
    for label, words in [
        ("Ki-67 index", "unknown"),
        ("Date of resection", "31 Jan 2026"),
        ("Size of the primary", "25 mm"),
        ("Metastases present", "No"),
    ]:
        assert f"{label}:</span> {words}" in text


def test_columns_chosen_while_somebody_starts_the_writing_are_refused(
    client, institution, imports, monkeypatch
):
    file = imports.check(TABLE)
    real = selectors.samples

    def meanwhile(file):
        imports.start(file)
        return real(file)

    monkeypatch.setattr(selectors, "samples", meanwhile)
    page = client.post(at("import_columns", file.pk), columns_post(MRN="record_number"))
    assert page.status_code == 422
    said = "This import is being written or is done. Upload the file again."
    assert said in page.content.decode()
    again = imports.again(file)
    assert (again.state, again.mapping) == ("running", file.mapping)


def test_a_stopped_import_offers_to_go_on(client, institution, imports, monkeypatch):
    file = imports.start(imports.check(TABLE))
    with monkeypatch.context() as patch:
        patch.setattr("cases.services.imports.writing._write", lambda *args: 1 / 0)
        imports.work()
    text = client.get(at("import_progress", file.pk)).content.decode()
    assert "Go on writing" in text
    assert "every 1s" not in text
    client.post(at("import_check", file.pk))
    imports.work()
    assert imports.again(file).state == "done"


def test_bad_rows_are_downloaded_with_reasons_and_without_formulas(client, imports):
    file = imports.check(TABLE)
    answer = client.get(at("import_bad_rows", file.pk))
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    assert "attachment" in answer["Content-Disposition"]
    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert rows == [
        ["MRN", "Surname", "Grade", "Size", "Comment", "Reason"],
        ["M2", "Okafor", "9", "30", "'=cmd()", "Grade: Is not one of: G1, G2, G3, Unknown."],
    ]


@pytest.mark.parametrize("cell", ["\uff1d1+1", "x;=1+1", "x; @sum(a1)"])
def test_a_formula_in_disguise_is_no_formula_either(client, imports, cell):
    """ASVS v5.0.0-1.2.10: a spreadsheet of any language runs nothing that was uploaded."""
    file = imports.check(f'MRN,Surname,Grade\nM2,"{cell}",9\n')
    answer = client.get(at("import_bad_rows", file.pk))
    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert rows[1][1] == f"'{cell}"


def test_text_of_a_file_is_shown_and_not_run(client, institution, imports):
    """ASVS v5.0.0-1.2.1: what a file says is text on a page."""
    evil = "<script>alert(1)</script>"
    file = imports.check(f"MRN,{evil},Grade\nM1,{evil},{evil}\n", name=f"a{evil}.csv")
    for name in ("import_columns", "import_check", "import_bad_rows"):
        page = client.get(at(name, file.pk))
        assert page.status_code == 200
        if name != "import_bad_rows":
            assert evil not in page.content.decode()


def test_only_who_may_import_sees_any_of_it(institution, imports):
    """ASVS v5.0.0-8.2.1: an import is seen by whoever may import."""
    file = imports.check(TABLE)
    clinician = add_member(institution, "CLINICIAN", email="c@north.example", name="C")
    client = Client()
    client.force_login(clinician)
    assert client.get(at("imports")).status_code == 403
    for name in ("import_columns", "import_check", "import_progress", "import_bad_rows"):
        assert client.get(at(name, file.pk)).status_code == 403


def test_the_check_of_many_rows_takes_few_queries(client, imports, django_assert_max_num_queries):
    rows = "".join(f"N{n},{n % 5}\n" for n in range(600))
    file = imports.check(f"MRN,Grade\n{rows}")
    with django_assert_max_num_queries(20):
        page = client.get(at("import_check", file.pk))
    assert "The first 200 of" in page.content.decode()
