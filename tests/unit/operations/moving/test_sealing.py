"""A sealed file opens whole, with its passphrase, or not at all."""

import io
import os

import pytest

from tumorboard.operations.moving import sealing
from tumorboard.operations.moving.errors import CannotMove
from tumorboard.operations.moving.sealing import HEADER_BYTES, TAG_BYTES, SealedReader, SealedWriter

PASSPHRASE = "a passphrase of the test"
CHUNK = 100


@pytest.fixture(autouse=True)
def _cheap(monkeypatch):
    monkeypatch.setattr(sealing, "COST", 2**4)
    monkeypatch.setattr(sealing, "CHUNK", CHUNK)


def sealed(content: bytes) -> bytes:
    file = io.BytesIO()
    with SealedWriter(file, PASSPHRASE) as writer:
        for start in range(0, len(content), 37):
            writer.write(content[start : start + 37])
    return file.getvalue()


def opened(file: bytes, passphrase: str = PASSPHRASE) -> SealedReader:
    return SealedReader(io.BytesIO(file), passphrase)


@pytest.mark.parametrize("size", [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 3 * CHUNK, 3 * CHUNK + 7])
def test_what_was_sealed_comes_back(size):
    """ASVS v5.0.0-11.3.2: patients leave the house under an approved cipher and mode, whole."""
    content = os.urandom(size)
    file = sealed(content)
    assert opened(file).readall() == content
    if size > TAG_BYTES:
        assert content[:TAG_BYTES] not in file


def test_it_is_read_from_anywhere():
    content = os.urandom(5 * CHUNK)
    reader = opened(sealed(content))
    for start in (450, 0, 250, 99):
        assert reader.seek(start) == reader.tell() == start
        assert reader.read(60) == content[start : start + 60][: CHUNK - start % CHUNK]
    assert reader.seek(-5, io.SEEK_END) == len(content) - 5
    reader.seek(-5, io.SEEK_CUR)
    assert reader.readall() == content[-10:]


def test_two_files_of_the_same_have_nothing_in_common():
    """ASVS v5.0.0-11.3.4: no nonce is used twice with one key, since every file has its own key."""
    first, second = sealed(b"x" * 300), sealed(b"x" * 300)
    assert first[HEADER_BYTES:] != second[HEADER_BYTES:]


@pytest.mark.parametrize(
    "harm",
    [
        lambda file: file[:-1],
        lambda file: file[: HEADER_BYTES + 2 * (CHUNK + TAG_BYTES)],
        lambda file: file[:HEADER_BYTES],
        lambda file: b"PK" + file[2:],
        lambda file: file + b"\0" * 50,
        lambda file: file[:20] + bytes([file[20] ^ 1]) + file[21:],
        lambda file: (
            file[: HEADER_BYTES + 5]
            + bytes([file[HEADER_BYTES + 5] ^ 1])
            + file[HEADER_BYTES + 6 :]
        ),
        lambda file: _swapped(file),  # noqa: PLW0108 - it stands below
    ],
)
def test_a_file_that_was_touched_does_not_open(harm):
    """ASVS v5.0.0-11.3.3: encrypted data is protected against unauthorized modification."""
    with pytest.raises(CannotMove):
        opened(harm(sealed(os.urandom(3 * CHUNK)))).readall()


def _swapped(file: bytes) -> bytes:
    step = CHUNK + TAG_BYTES
    head, rest = file[:HEADER_BYTES], file[HEADER_BYTES:]
    return head + rest[step : 2 * step] + rest[:step] + rest[2 * step :]


def test_another_passphrase_does_not_open_it():
    with pytest.raises(CannotMove, match="passphrase"):
        opened(sealed(b"content"), "another passphrase")
