"""The codes of hospital systems in a real browser: from one that came in to one that is read."""

import pytest
from playwright.sync_api import expect

from cases.selectors import code_maps as selectors
from cases.services import code_maps
from tests.functional.conftest import sign_in
from tumorboard.tenancy.scope import institution_scope

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_a_code_that_came_in_is_mapped_and_confirmed(live_server, page, north, cora, shoot):
    with institution_scope(north):
        for _ in range(3):
            code_maps.saw_unmapped(
                system="urn:oid:1.2.276.0.76.99",
                code="CGA-S",
                display="Chromogranin A im Serum",
                where="ORU OBX-3",
            )
        code_maps.add(
            by=cora,
            is_confirmed=True,
            system="LN",
            code="24557-1",
            display="MR Abdomen WO and W contrast IV",
            concept="procedure/MRI_AP_WWO",
        )
    sign_in(page, f"{live_server.url}/i/north/codes/")
    shoot(page, "codes")

    page.get_by_role("link", name="Map CGA-S").click()
    meaning = page.get_by_label("What it stands for")
    assert page.locator("#concepts option").count() > 300
    meaning.fill("Laboratory value: Chromogranin A")
    shoot(page, "code-new")
    page.get_by_role("button", name="Map code").click()
    expect(page.get_by_text("The code is mapped.")).to_be_visible()

    page.get_by_role("button", name="Confirm CGA-S").click()
    expect(page.get_by_text("The mapping is confirmed.")).to_be_visible()
    with institution_scope(north):
        found = selectors.concept_of("urn:oid:1.2.276.0.76.99", "CGA-S")
    assert found == "analyte/chromogranin_a"

    page.get_by_role("link", name="Change CGA-S").click()
    shoot(page, "code-change")
    page.goto(f"{live_server.url}/i/north/codes/import/")
    table = b"system,code,concept\nLAB,GAS,analyte/gastrin\nLAB,GLU,analyte/sugar\n"
    page.get_by_label("Table of codes").set_input_files(
        {"name": "codes.csv", "mimeType": "text/csv", "buffer": table}
    )
    page.get_by_role("button", name="Upload the table").click()
    expect(page.get_by_role("heading", name="1 row with errors")).to_be_visible()
    shoot(page, "codes-uploaded")
