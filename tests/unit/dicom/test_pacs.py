"""Asking an archive: what is understood of its answers, and what is made of bad ones."""

import datetime
import itertools
import json
import logging
import socket
import struct
import zlib

import pytest

from cases.dicom import pacs as asking
from cases.dicom.pacs import Pacs, main_series
from cases.dicom.pacs_access import Access
from cases.dicom.pacs_answers import ArchivedSeries, ArchivedStudy
from cases.dicom.pacs_faults import Fault, PacsError
from tests.archives import Archive, instance, send, series, server, study
from tests.factories.dicom import jpeg, png, png_bomb

#: Seconds that a test gives a server that would never end.
SHORT = 0.5


def ask(answer, question, **given):
    """What comes of a question to a server that answers so."""
    with server(answer) as address:
        access = Access(origins=(address.replace("localhost", "127.0.0.1"),))
        with Pacs(access=access, qido_url=f"{address}/dicom-web/", **given) as pacs:
            return question(pacs)


def studies(answer, **given):
    return ask(answer, lambda pacs: pacs.studies_of("R-1"), **given)


def fault(answer, question=lambda pacs: pacs.studies_of("R-1"), **given):
    with pytest.raises(PacsError) as caught:
        ask(answer, question, **given)
    assert str(caught.value) == caught.value.fault.value
    return caught.value.fault


def says(body, **headers):
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    return lambda to: send(to, content, **headers)


def test_the_studies_of_a_patient_newest_first():
    archive = Archive(
        study("1.1", date="20250301"),
        study("1.2", date=None, modalities=["CT", "PT", "CT"], accession=None),
        study("1.3"),
        study("1.4", patient_id="R-2"),
    )
    newest, older, undated = studies(archive)
    assert newest == ArchivedStudy(
        study_uid="1.3",
        date=datetime.date(2026, 1, 12),
        description="CT abdomen",
        accession_number="A-1",
        modalities=("CT",),
        series=2,
        instances=300,
        patient_id="R-1",
        family_name="RIVERA",
        given_name="Ana",
        birth_date=datetime.date(1967, 5, 12),
    )
    assert older.study_uid == "1.1"
    assert (undated.date, undated.modalities, undated.accession_number) == (None, ("CT", "PT"), "")
    (asked,) = archive.asked
    assert asked.startswith("/dicom-web/studies?")
    assert "PatientID=R-1" in asked
    assert "includefield=NumberOfStudyRelatedSeries" in asked


def test_studies_of_others_are_dropped_even_where_the_filter_is_passed_over():
    entries = [study("1.1", patient_id="R-2"), study("1.2"), study("1.3", patient_id=None)]
    found = studies(says(entries))
    assert {one.study_uid for one in found} == {"1.2", "1.3"}


@pytest.mark.parametrize("number", ["R*", "R?1", "A\\B", " ", "", "R\n1"])
def test_a_record_number_that_is_a_pattern_is_not_asked_for(number):
    archive = Archive(study())
    assert fault(archive, lambda pacs: pacs.studies_of(number)) == Fault.NOT_SEARCHABLE
    assert archive.asked == []


def test_what_archives_write_oddly_is_read_as_far_as_it_goes():
    odd = study(
        "1.2.3",
        date="20261350",
        name="Rivera^Ana^Maria^Dr",
        birth_date="1967.05.12",
        series="4",
        instances=3.0,
        description="CT\u0000 ab\u202edomen\ud800" + "x" * 500,
        modalities=[7, None, "CT "],
    )
    odd["00201206"]["Value"] = ["4"]
    (found,) = studies(says([odd]))
    assert (found.date, found.birth_date) == (None, None)
    assert (found.family_name, found.given_name) == ("Rivera", "Ana Maria")
    assert (found.series, found.instances) == (4, 3)
    assert found.description == ("CT abdomen" + "x" * 500)[:200]
    assert found.modalities == ("CT",)
    for count in (True, "many", -1, [], 1e400):
        odd["00201206"]["Value"] = [count]
        (found,) = studies(says([odd]))
        assert found.series is None
    for nonsense in ("text", {"Value": "text"}, {"Value": []}):
        odd["00100010"] = odd["00100030"] = nonsense
        (found,) = studies(says([odd]))
        assert found.family_name == ""


@pytest.mark.parametrize(
    "body",
    [
        b"<html>Sign in</html>",
        b"[",
        b"\xff\xfe",
        b"[" * 100_000,
        7,
        {"error": "x"},
        ["745badbd-d69a24ca"],
        [{"00080020": {"vr": "DA"}}],
        [{"0020000D": {"Value": ["../../x"]}}],
        [{"0020000D": {"Value": ["1" * 65]}}],
        [{"0020000D": "1.2.3"}],
    ],
    ids=lambda body: str(body)[:20],
)
def test_nonsense_is_not_dicomweb(body):
    assert fault(says(body)) == Fault.NOT_DICOMWEB


def test_nothing_found_is_an_empty_list():
    assert studies(says(b"", status=204)) == []
    assert studies(says([])) == []


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        (400, Fault.NOT_DICOMWEB),
        (401, Fault.REFUSED),
        (403, Fault.REFUSED),
        (404, Fault.NOT_DICOMWEB),
        (500, Fault.FAILED),
        (503, Fault.FAILED),
    ],
)
def test_what_an_error_of_the_archive_means(status, expected):
    answered = []

    def answer(to):
        answered.append(to.path)
        send(to, b"R-1 is not for you", status=status)

    assert fault(answer) == expected
    assert len(answered) == 1


def test_a_server_that_is_not_there():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"http://127.0.0.1:{free.getsockname()[1]}"
    with Pacs(access=Access(origins=(address,)), qido_url=address) as pacs:
        with pytest.raises(PacsError) as caught:
            pacs.check()
    assert caught.value.fault == Fault.UNREACHABLE


def test_an_address_that_is_none():
    address = "http://127.0.0.1:80"
    with Pacs(access=Access(origins=(address,)), qido_url=f"{address}/") as pacs:
        pacs._search.base_url = "http://.."
        with pytest.raises(PacsError) as caught:
            pacs.check()
    assert caught.value.fault == Fault.UNREACHABLE


def test_tls_to_a_server_without_it_is_not_trusted():
    """ASVS v5.0.0-12.3.2: no certificate, no question."""
    with server(says([])) as address:
        secure = address.replace("http:", "https:")
        with Pacs(access=Access(origins=(secure,)), qido_url=secure, seconds=5) as pacs:
            with pytest.raises(PacsError) as caught:
                pacs.check()
    assert caught.value.fault == Fault.UNTRUSTED


def raw(content):
    def answer(to):
        to.wfile.write(content)
        to.wfile.flush()
        to.close_connection = True

    return answer


def test_a_server_that_does_not_speak_http():
    assert fault(raw(b"SSH-2.0-OpenSSH_9.2\r\n")) == Fault.NOT_DICOMWEB


def test_a_server_that_hangs_up():
    assert fault(raw(b"")) == Fault.UNREACHABLE


def test_a_server_that_hangs_up_in_the_middle():
    begun = b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n["
    assert fault(raw(begun)) == Fault.UNREACHABLE


def dripping(begun, drip):
    def answer(to):
        to.wfile.write(begun)
        # Each byte comes long before a timeout that counts from byte to byte.
        while not to.server.ends.wait(SHORT / 10):
            to.wfile.write(drip)
            to.wfile.flush()

    return answer


@pytest.mark.parametrize(
    "begun",
    [
        b"HTTP/1.1 200 OK\r\nX-Never-Ends: ",
        b"HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n",
        b"HTTP/1.1 200 OK\r\n\r\n",
    ],
    ids=["in its headers", "in its body", "without an end"],
)
def test_a_server_that_drips_is_too_slow(begun):
    assert fault(dripping(begun, b" "), seconds=SHORT) == Fault.TOO_SLOW


def test_a_server_that_says_nothing_is_too_slow():
    def answer(to):
        to.server.ends.wait()

    assert fault(answer, seconds=SHORT) == Fault.TOO_SLOW


def test_all_questions_share_one_deadline():
    def question(pacs):
        pacs.studies_of("R-1")
        pacs._session.adapters["http://"]._deadline._ends = 0
        pacs.studies_of("R-1")

    archive = Archive(study())
    assert fault(archive, question) == Fault.TOO_SLOW
    assert len(archive.asked) == 1


def test_an_endless_body_is_too_large(monkeypatch):
    monkeypatch.setattr(asking, "MOST_BYTES", 1_000_000)

    def answer(to):
        to.wfile.write(b"HTTP/1.1 200 OK\r\n\r\n")
        for _ in itertools.count():
            to.wfile.write(b" " * 65_536)

    assert fault(answer) == Fault.TOO_LARGE


def test_a_packed_body_is_not_unpacked():
    packed = zlib.compress(b"[]")
    assert fault(says(packed, Content_Encoding="deflate")) == Fault.NOT_DICOMWEB


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_nothing_is_sent_on_to_another_address(status):
    """ASVS v5.0.0-15.3.2: no redirect is followed."""
    elsewhere = Archive(study())
    with server(elsewhere) as other:
        moved = says(b"", status=status, Location=f"{other}/dicom-web/studies")
        assert fault(moved) == Fault.REDIRECTED
    assert elsewhere.asked == []


def test_the_surroundings_give_neither_proxy_nor_password(monkeypatch, tmp_path):
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login anna password hush\n")
    monkeypatch.setenv("NETRC", str(netrc))
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    archive = Archive(study())
    studies(archive)
    (headers,) = archive.headers
    assert "Authorization" not in headers
    assert headers["Host"].startswith("127.0.0.1:")


def test_logs_tell_nothing_of_a_patient(caplog):
    with caplog.at_level(logging.DEBUG):
        studies(Archive(study()))
        fault(says(b"R-1", status=500))
        fault(raw(b"HTTP/1.1 200 OK\r\nR-1 is no header\r\n\r\n["))
        studies(says([], Warning="299 R-1 has more studies"))
    assert "R-1" not in caplog.text
    assert "PatientID" not in caplog.text


def picture(archive, one=None):
    return ask(archive, lambda pacs: pacs.picture_of("1.2.3", one or ArchivedSeries.of(series())))


def test_the_middle_of_a_series_is_its_picture():
    archive = Archive()
    archive.instances.reverse()
    assert picture(archive) == archive.picture
    assert (
        archive.asked[-1] == "/dicom-web/studies/1.2.3/series/1.2.3.1/instances/1.2.3.1.2/rendered"
    )


def test_of_a_long_series_only_the_middle_is_asked_for():
    archive = Archive()
    archive.instances = [instance(n) for n in range(1, 1001)]
    long = ArchivedSeries.of(series(instances=1000))
    assert picture(archive, long) == archive.picture
    assert "limit=1&offset=500" in archive.asked[0]
    assert archive.asked[-1].endswith("/instances/1.2.3.1.501/rendered")


def test_of_an_object_with_many_frames_it_is_the_middle_frame():
    archive = Archive()
    archive.instances = [instance(1, frames=9)]
    assert picture(archive) == archive.picture
    assert archive.asked[-1].endswith("/instances/1.2.3.1.1/frames/5/rendered")


def test_a_series_without_objects_has_no_picture():
    archive = Archive()
    archive.instances = []
    with pytest.raises(PacsError) as caught:
        picture(archive)
    assert caught.value.fault == Fault.NOTHING_FOUND


def wide_png():
    content = bytearray(png())
    content[16:24] = struct.pack(">LL", 5000, 1)
    content[29:33] = struct.pack(">L", zlib.crc32(content[12:29]))
    return bytes(content)


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", Fault.NOT_DICOMWEB),
        (b"GIF89a", Fault.NOT_DICOMWEB),
        (b"", Fault.NOT_DICOMWEB),
        (png_bomb(), Fault.TOO_LARGE),
        (png_bomb(10_000), Fault.TOO_LARGE),
        (wide_png(), Fault.TOO_LARGE),
    ],
    ids=["svg", "gif", "nothing", "bomb", "large", "wide"],
)
def test_what_is_no_fit_picture_is_not_shown(content, expected):
    archive = Archive()
    archive.picture = content
    with pytest.raises(PacsError) as caught:
        picture(archive)
    assert caught.value.fault == expected


def test_a_png_is_a_picture_too():
    archive = Archive()
    archive.picture = png()
    assert picture(archive) == png()
    assert jpeg() != png()


def test_an_object_that_is_gone_is_not_found():
    archive = Archive()

    def answer(to):
        if to.path.endswith("/rendered"):
            send(to, b"", status=404)
        else:
            archive(to)

    assert (
        fault(answer, lambda pacs: pacs.picture_of("1.2.3", ArchivedSeries.of(series())))
        == Fault.NOTHING_FOUND
    )


def test_pictures_may_come_from_another_address():
    searched, rendered = Archive(), Archive()
    with server(searched) as qido, server(rendered) as wado:
        access = Access(origins=(qido, wado))
        with Pacs(access=access, qido_url=f"{qido}/q", wado_url=f"{wado}/w") as pacs:
            pacs.picture_of("1.2.3", ArchivedSeries.of(series()))
    assert [path.split("?")[0] for path in searched.asked + rendered.asked] == [
        "/q/studies/1.2.3/series/1.2.3.1/instances",
        "/w/studies/1.2.3/series/1.2.3.1/instances/1.2.3.1.2/rendered",
    ]


def test_both_addresses_must_be_allowed():
    access = Access(origins=("https://pacs.example:443",))
    for qido, wado in (
        ("https://pacs.example/q", "https://other.example/w"),
        ("https://other.example/q", "https://pacs.example/w"),
    ):
        with pytest.raises(PacsError) as caught:
            Pacs(access=access, qido_url=qido, wado_url=wado)
        assert caught.value.fault == Fault.NOT_ALLOWED


def test_the_series_of_a_study_by_number():
    archive = Archive()
    archive.series = [series("1", number=None), series("2", number=3), series("3", number=1)]
    found = ask(archive, lambda pacs: pacs.series_of("1.2.3"))
    assert [one.series_uid for one in found] == ["3", "2", "1"]


def test_the_longest_series_with_pictures_stands_for_the_study():
    made = [
        ArchivedSeries.of(series("1", modality="SR", instances=900)),
        ArchivedSeries.of(series("2", instances=None)),
        ArchivedSeries.of(series("3", instances=200)),
    ]
    assert main_series(made).series_uid == "3"
    assert main_series(made[:1]) is None
