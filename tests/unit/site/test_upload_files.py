"""What is uploaded lies in no file that has a name."""

import os

import pytest
from django.core.files.uploadhandler import load_handler
from django.test import RequestFactory

from tumorboard.upload_files import NamelessFileUploadHandler


def body(content: bytes, end: bytes = b"\r\n--XX--\r\n") -> bytes:
    head = b'--XX\r\nContent-Disposition: form-data; name="file"; filename="a.pdf"\r\n\r\n'
    return head + content + end


@pytest.fixture
def folder(settings, tmp_path):
    settings.FILE_UPLOAD_TEMP_DIR = str(tmp_path)
    settings.FILE_UPLOAD_MAX_MEMORY_SIZE = 10
    return tmp_path


def sent(raw: bytes):
    kind = "multipart/form-data; boundary=XX"
    return RequestFactory().generic("POST", "/", raw, content_type=kind)


def test_a_large_file_leaves_nothing_behind_where_the_process_is_killed(folder):
    """ASVS v5.0.0-14.2.7: what is not kept on purpose is not there once it was looked at."""
    request = sent(body(b"x" * 1_000))
    file = request.FILES["file"]
    assert (file.read(), file.size, file.name) == (b"x" * 1_000, 1_000, "a.pdf")
    assert list(folder.iterdir()) == []
    assert os.fstat(file.fileno()).st_nlink == 0
    request.close()
    assert file.closed


def test_an_upload_that_breaks_off_is_let_go(folder):
    handler = NamelessFileUploadHandler()
    handler.upload_interrupted()
    handler.new_file("file", "a.pdf", "application/pdf", None)
    handler.upload_interrupted()
    assert handler.file.closed


def test_it_is_the_one_that_takes_files(settings):
    *_, last = [load_handler(path, None) for path in settings.FILE_UPLOAD_HANDLERS]
    assert isinstance(last, NamelessFileUploadHandler)
