"""What the operator allows an institution to reach, and what a viewer's address may be."""

import pytest

from cases.dicom.pacs_access import Access, Unreadable, address_fault
from cases.dicom.pacs_faults import Fault, PacsError
from cases.dicom.pacs_viewer import filled, template_fault

HOSTS = "north=https://pacs.north.example, north=http://10.0.0.7:8042/ ,south=https://pacs.south.example"
CREDENTIALS = """{
    "north-pacs": {"institution": "north", "user": "anna", "password": "wörd"},
    "south-pacs": {"institution": "south", "token": "t0ken"}
}"""


def access(institution="north", hosts=HOSTS, credentials=CREDENTIALS):
    return Access.of(institution=institution, hosts=hosts, credentials=credentials)


@pytest.mark.parametrize(
    "address",
    [
        "https://pacs.north.example/dicom-web",
        "https://PACS.north.example:443/dicom-web",
        "http://10.0.0.7:8042/x",
    ],
)
def test_what_is_allowed_may_be_asked(address):
    access().check(address)


@pytest.mark.parametrize(
    "address",
    [
        "https://pacs.south.example/dicom-web",
        "http://pacs.north.example/dicom-web",
        "https://pacs.north.example:8443/dicom-web",
        "http://10.0.0.7/",
        "https://pacs.north.example.evil.example/",
        "https://pacs.north.example@evil.example/",
        "https://user:word@pacs.north.example/",
        "https://evil.example/?https://pacs.north.example",
        "file:///etc/passwd",
        "https://pacs.north.example\\@evil.example/",
        "https://pacs.north.example/\n",
        "https://pacs.north.example/#x",
        "https://pacs.north.example:port/",
        "https://[::1/",
        "https:///x",
        "",
    ],
)
def test_what_is_not_allowed_may_not(address):
    """ASVS v5.0.0-1.3.6 and 13.2.4: the server asks what the operator allows, and nothing else."""
    with pytest.raises(PacsError) as caught:
        access().check(address)
    assert caught.value.fault == Fault.NOT_ALLOWED


@pytest.mark.parametrize("hosts", ["", " ", "south=https://pacs.south.example"])
def test_without_anything_allowed_the_archive_is_off(hosts):
    with pytest.raises(PacsError) as caught:
        access(hosts=hosts).check("https://pacs.south.example/")
    assert caught.value.fault == Fault.OFF


def signed(auth):
    class Request:
        headers: dict[str, str] = {}

    return auth(Request()).headers["Authorization"]


def test_a_sign_in_belongs_to_its_institution():
    assert access().auth("") is None
    assert signed(access().auth("north-pacs")) == "Basic YW5uYTp3w7ZyZA=="
    assert signed(access("south").auth("south-pacs")) == "Bearer t0ken"
    with pytest.raises(PacsError) as caught:
        access().auth("south-pacs")
    assert caught.value.fault == Fault.NO_CREDENTIALS


def test_secrets_do_not_show():
    """ASVS v5.0.0-13.3.2: a secret is in nobody's words."""
    assert "wörd" not in repr(access())


@pytest.mark.parametrize(
    "hosts",
    [
        "https://pacs.example",
        "north=",
        "=https://pacs.example",
        "north=pacs.example",
        "north=ftp://x",
    ],
)
def test_hosts_that_cannot_be_read(hosts):
    with pytest.raises(Unreadable, match="TUMORBOARD_PACS_HOSTS"):
        access(hosts=hosts)


@pytest.mark.parametrize(
    "credentials",
    [
        "{",
        "[]",
        '{"a": "hush"}',
        '{"a": {"user": "anna", "password": "hush"}}',
        '{"a": {"institution": "north", "user": "anna"}}',
        '{"a": {"institution": "north", "user": "anna", "password": ""}}',
        '{"a": {"institution": "north", "user": "anna", "password": 7}}',
        '{"a": {"institution": "north", "token": "hüsh"}}',
        '{"a": {"institution": "north", "token": "hush", "user": "anna"}}',
    ],
)
def test_credentials_that_cannot_be_read_are_not_quoted(credentials):
    with pytest.raises(Unreadable, match="TUMORBOARD_PACS_CREDENTIALS") as caught:
        access(credentials=credentials)
    assert "hush" not in str(caught.value)


def test_an_address_says_what_is_wrong_with_it():
    assert "https://" in address_fault("pacs.example")
    assert "operator" in address_fault("https://a:b@pacs.example")
    assert "?" in address_fault("https://pacs.example/?x=1")


@pytest.mark.parametrize(
    "template",
    [
        "https://viewer.example/?StudyInstanceUIDs={study_uid}",
        "http://viewer.example:8080/open/{accession_number}#s={study_uid}",
    ],
)
def test_templates_of_a_viewer(template):
    assert template_fault(template) == ""


@pytest.mark.parametrize(
    "template",
    [
        "https://viewer.example/",
        "https://viewer.example/{patient_id}/{study_uid}",
        "https://viewer.example/{study_uid.__class__}",
        "https://viewer.example/{study_uid!r}",
        "https://viewer.example/{study_uid}{",
        "https://viewer.example/{}",
        "javascript:alert('{study_uid}')",
        "//viewer.example/{study_uid}",
        "https://{study_uid}/",
        "https://{study_uid}.example/",
        "https://user:word@viewer.example/{study_uid}",
        'https://viewer.example/?x="{study_uid}',
        "https://viewer.example/?x=<{study_uid}",
        "https://viewer.example/? {study_uid}",
        "https://viewer.example/?ü={study_uid}",
    ],
)
def test_what_is_no_template_of_a_viewer(template):
    """ASVS v5.0.0-1.2.2: an address is http or https, whatever is filled in."""
    assert template_fault(template)


def test_a_template_is_filled_with_what_is_known():
    template = "https://viewer.example/{accession_number}?s={study_uid}"
    assert (
        filled(template, study_uid="1.2.3", accession_number="A/1&x=2 #")
        == "https://viewer.example/A%2F1%26x%3D2%20%23?s=1.2.3"
    )
    assert filled(template, study_uid="1.2.3", accession_number="") == ""
    assert filled("", study_uid="1.2.3", accession_number="A") == ""
