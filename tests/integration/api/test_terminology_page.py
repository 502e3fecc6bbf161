"""The examples of docs/terminology.md, run as they stand there."""

import re
import shlex
from pathlib import Path

import pytest
from django.test import Client

from cases.services import code_maps
from cases.terminology import codes, ucum
from cases.terminology.reading import systems
from tumorboard.tenancy.scope import institution_scope

PAGE = Path(__file__).resolve().parents[3] / "docs" / "terminology.md"
TEXT = PAGE.read_text()
CURLS = re.findall(r"```sh\n(curl .*?)\n```", TEXT, re.S)

pytestmark = pytest.mark.django_db


def asked(command, **values):
    """What the page's `curl` would be answered: its one header and its address."""
    for name, value in values.items():
        command = command.replace(f"${name}", value)
    program, quiet, flag, header, address = shlex.split(command)
    assert (program, quiet, flag) == ("curl", "-s", "-H")
    name, value = header.split(": ", 1)
    answer = Client().get(address.removeprefix(values["SITE"]), headers={name: value})
    assert answer.status_code == 200, answer.content
    return answer.json()


def test_every_curl_works(script, institution, coordinator):
    with institution_scope(institution):
        code_maps.add(by=coordinator, system="LAB", code="GAS", concept="analyte/gastrin")
        code_maps.saw_unmapped(system="LAB", code="X1", display="", where="ORU OBX-3")
    values = {"SITE": "http://localhost", "SLUG": institution.slug, "TOKEN": script.token}

    mappings, unmapped, shipped = (asked(command, **values) for command in CURLS)

    assert mappings["results"][0]["meaning"] == "Laboratory value: Gastrin"
    assert unmapped["results"][0]["times"] == 1
    assert [system["url"] for system in shipped] == list(systems())


@pytest.mark.usefixtures("scope")
def test_the_lines_for_those_who_build_on_it_work():
    (block,) = re.findall(r"```python\n(.*?)```", TEXT, re.S)
    exec(compile(block, PAGE.name, "exec"), {"value": 2, "system": "LN", "code": "29593-1"})

    assert codes.concept_of("LN", "29593-1") == "fact/ki67_percent"
    assert ucum.convert(2, of="cm", to="mm") == 20


def test_every_code_system_is_on_the_page_with_its_address():
    for system in systems().values():
        assert f"`{system.url}`" in TEXT, system.name
