"""A record of eight studies and twelve lesions, entered through pages alone."""

import re

import pytest
from playwright.sync_api import Page, expect

from cases.models import Lesion, Measurement, Study
from tests.functional.conftest import sign_in
from tumorboard.tenancy.scope import institution_scope

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

#: Twelve lesions: name, place, what it counts as, and its size on the eight studies. An empty
#: cell was not recorded; a word is what was seen.
DATES = (
    "2024-01-10",
    "2024-04-10",
    "2024-07-10",
    "2024-10-10",
    "2025-01-10",
    "2025-04-10",
    "2025-07-10",
    "2025-10-10",
)
VANISHED, TOO_SMALL, PRESENT = "vanished", "too_small", "present"
PROGRESSION, NOT_EVALUABLE = "progression", "not_evaluable"
TARGETS = {
    # Sums: 140, 126 (-10 %), 98 (-30 %: PR), 70 (the smallest), 77, none, 83 (+18.6 %), 84 (+20 %).
    "L1": ("liver:VI", "target", ("50", "45", "35", "25", "28", "28", "31", "32")),
    "L2": ("liver:II", "target", ("40", "36", "28", "20", "22", NOT_EVALUABLE, "24", "24")),
    "P1": ("pancreas:tail", "target", ("30", "27", "21", "15", "16", "16", "17", "17")),
    "N1": (
        "abdominal_ln:retroperitoneal",
        "target",
        ("20", "18", "14", "10", "11", "11", "11", "11"),
    ),
}
OTHERS = {
    f"X{number}": (place, "non_target", (PRESENT,) * 8)
    for number, place in enumerate(
        (
            "liver:I",
            "liver:IVa",
            "liver:VIII",
            "bone:spine",
            "peritoneum",
            "lung:left",
            "bone:ribs",
        ),
        start=1,
    )
}
#: Seen first on the last study.
NEW = {"Z1": ("liver:V", "new", ("",) * 7 + ("1.2 cm",))}
LESIONS = {**TARGETS, **OTHERS, **NEW}
SUMS = ("140", "126", "98", "70", "77", "", "83", "84")
RECIST = ("", "SD", "PR", "PR", "PR", "NE", "PR", "PD")


@pytest.fixture
def site(live_server, cora):
    return live_server.url


def open_case(page: Page, site: str) -> str:
    page.goto(f"{site}/i/north/cases/new/")
    page.get_by_label("Record number").first.fill("N-1")
    page.get_by_label("Family name").first.fill("Testperson")
    page.get_by_label("Diagnosis in a few words").fill("pNET, liver metastases")
    page.locator("main form button.button-primary[type=submit]").first.click()
    page.wait_for_url(re.compile(r"/cases/[0-9a-f-]{36}/"))
    return re.search(r"/cases/([0-9a-f-]{36})/", page.url).group(1)


def add_study(page: Page, site: str, case: str, date: str) -> None:
    page.goto(f"{site}/i/north/cases/{case}/studies/new/")
    page.get_by_label("Modality", exact=True).select_option("CT")
    page.get_by_label("Performed on").fill(date)
    page.get_by_role("button", name="Save study").click()
    page.wait_for_url(re.compile(r"/cases/[0-9a-f-]{36}/$"))


def fill_cell(page: Page, lesion: str, value: str, *, is_node: bool = False) -> None:
    """One lesion on one study, by the labels of its cells."""
    if not value:
        return
    if value[0].isdigit():
        column = "short axis, mm" if is_node else "longest, mm"
        page.get_by_label(f"{lesion}, {column}", exact=True).fill(value)
    else:
        page.get_by_label(f"{lesion}, what was seen", exact=True).select_option(value)


def fill_new(page: Page, row: int, name: str) -> None:
    place, role, sizes = LESIONS[name]
    head = f"New lesion {row}"
    page.get_by_label(f"{head}, name", exact=True).fill(name)
    page.get_by_label(f"{head}, place", exact=True).select_option(place)
    page.get_by_label(f"{head}, counts as", exact=True).select_option(role)
    size = next(size for size in sizes if size)
    fill_cell(page, head, size, is_node="_ln" in place)


def measure(page: Page, site: str, study: str, number: int) -> None:
    page.goto(f"{site}/i/north/studies/{study}/measurements/")
    if number == 0:
        first = [name for name in LESIONS if name not in NEW]
        for row, name in enumerate(first, start=1):
            fill_new(page, row, name)
    else:
        for name in [*TARGETS, *OTHERS]:
            place, _, sizes = LESIONS[name]
            fill_cell(page, name, sizes[number], is_node="_ln" in place)
        is_new = number == len(DATES) - 1
        if is_new:
            fill_new(page, 1, "Z1")
        answer = "Yes" if is_new else "No"
        asked = page.get_by_role("radiogroup", name="Is there a new lesion?")
        asked.get_by_label(answer, exact=True).check(force=True)
    page.get_by_role("button", name="Save measurements").click()
    page.wait_for_url(re.compile(r"/lesions/$"))


def cells_of(page: Page, row: str) -> list[str]:
    """The cells of the response table's row with that heading, without their small print."""
    table = page.get_by_role("region", name="Lesions over time")
    line = table.locator("tbody tr").filter(has=page.locator(f"th:text-is('{row}')"))
    return [cell.split("\n")[0].strip() for cell in line.locator("td").all_inner_texts()]


def test_eight_studies_and_twelve_lesions_are_entered_through_pages(page, site, shoot):
    sign_in(page, site)
    case = open_case(page, site)
    for date in DATES:
        add_study(page, site, case, date)
    with institution_scope_of("north"):
        studies = [
            str(pk) for pk in Study.objects.order_by("performed_on").values_list("pk", flat=True)
        ]
    for number, study in enumerate(studies):
        measure(page, site, study, number)
        if number == 0:
            page.goto(f"{site}/i/north/studies/{studies[1]}/measurements/")
            shoot(page, "measurements")

    page.goto(f"{site}/i/north/cases/{case}/lesions/")
    shoot(page, "lesions")
    with institution_scope_of("north"):
        assert (Study.objects.count(), Lesion.objects.count()) == (8, 12)
        assert Measurement.objects.count() == 8 * 11 + 1
        assert Measurement.objects.get(lesion__label="Z1").longest_mm == 12
    assert cells_of(page, "Sum of targets, mm") == list(SUMS)
    assert [cell[:2] for cell in cells_of(page, "RECIST 1.1")][1:] == list(RECIST)[1:]

    # A result that the measurements contradict: both sides, and the person decides.
    page.goto(f"{site}/i/north/studies/{studies[-1]}/result/")
    with page.expect_request_finished(lambda sent: "/result/questions/" in sent.url):
        page.get_by_label("Stable", exact=True).first.check(force=True)
    expect(page.locator("fieldset[disabled], .htmx-request, .htmx-swapping")).to_have_count(0)
    page.get_by_role("button", name="Save result").click()
    expect(page.get_by_role("heading", name="The measurements say otherwise")).to_be_visible()
    expect(page.locator("main")).to_contain_text("new lesion Z1")
    shoot(page, "result-contradicted")
    page.get_by_label("Why does it stand against the measurements?").fill("Bleeding, see MRI.")
    page.get_by_role("button", name="Save result").click()
    page.wait_for_url(re.compile(r"/cases/[0-9a-f-]{36}/$"))
    page.goto(f"{site}/i/north/cases/{case}/lesions/")
    expect(page.locator("main")).to_contain_text("Kept as entered: Bleeding, see MRI.")


def institution_scope_of(slug: str):
    from tumorboard.tenancy.models import Institution

    return institution_scope(Institution.objects.get(slug=slug))
