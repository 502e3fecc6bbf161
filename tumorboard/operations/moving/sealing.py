"""A file that only a passphrase opens: AES-256-GCM in chunks, the key by scrypt.

Each chunk's nonce is its number and whether it is the last, so chunks can neither be swapped nor
left out, and a file that was cut off does not open. The key is made for one file alone, by a salt
of its own. Nothing is ever written in clear: what reads the file decrypts the chunk that it needs.
"""

import io
import os
from typing import BinaryIO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from tumorboard.operations.moving.errors import CannotMove

MAGIC = b"TUMORBOARD-MOVE1"
SALT_BYTES = 16
TAG_BYTES = 16
CHUNK = 1024 * 1024
HEADER_BYTES = len(MAGIC) + SALT_BYTES
#: 128 MB of memory and about half a second for each guess at a passphrase.
COST, BLOCK, LANES = 2**17, 8, 1
SHORTEST_PASSPHRASE = 16
UNREADABLE = "The passphrase is not that of this file, or the file is damaged or cut off."


class SealedWriter(io.RawIOBase):
    """Writes a sealed file, from its beginning to its end. It is whole only after `close`."""

    def __init__(self, file: BinaryIO, passphrase: str) -> None:
        header = MAGIC + os.urandom(SALT_BYTES)
        self._file = file
        self._seal = _Seal(header, passphrase)
        self._waiting = bytearray()
        self._number = 0
        file.write(header)

    def writable(self) -> bool:
        """It is."""
        return True

    def write(self, data: object) -> int:
        """Take more of the content."""
        content = memoryview(data)  # type: ignore[arg-type]
        self._waiting += content
        # The last chunk is known only when there is no more, so one is always kept.
        while len(self._waiting) > CHUNK:
            self._put(bytes(self._waiting[:CHUNK]), is_last=False)
            del self._waiting[:CHUNK]
        return content.nbytes

    def close(self) -> None:
        """Write the last chunk; the file below stays open."""
        if not self.closed:
            self._put(bytes(self._waiting), is_last=True)
            super().close()

    def _put(self, chunk: bytes, *, is_last: bool) -> None:
        self._file.write(self._seal.close(chunk, self._number, is_last=is_last))
        self._number += 1


class SealedReader(io.RawIOBase):
    """Reads a sealed file, wherever it is asked to; holds one chunk of it in memory."""

    def __init__(self, file: BinaryIO, passphrase: str) -> None:
        """Open the file.

        Raises:
            CannotMove: it is none, is cut off, or the passphrase is another.
        """
        file.seek(0)
        header = file.read(HEADER_BYTES)
        sealed = file.seek(0, io.SEEK_END) - HEADER_BYTES
        if not header.startswith(MAGIC) or sealed < TAG_BYTES:
            raise CannotMove("This is no file of an institution that moves.")
        self._file = file
        self._seal = _Seal(header, passphrase)
        self._chunks = -(-sealed // (CHUNK + TAG_BYTES))
        self._size = sealed - self._chunks * TAG_BYTES
        self._position = 0
        self._held: tuple[int, bytes] = (-1, b"")
        self._chunk(self._chunks - 1)

    def readable(self) -> bool:
        """It is."""
        return True

    def seekable(self) -> bool:
        """It is."""
        return True

    def tell(self) -> int:
        """Where the next byte is read."""
        return self._position

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """Go to a place of the content."""
        beginning = {io.SEEK_SET: 0, io.SEEK_CUR: self._position, io.SEEK_END: self._size}[whence]
        self._position = max(0, beginning + offset)
        return self._position

    def readinto(self, buffer: object) -> int:
        """Read what is left of one chunk, or as much as there is room for."""
        room = memoryview(buffer).cast("B")  # type: ignore[arg-type]
        if self._position >= self._size:
            return 0
        number, offset = divmod(self._position, CHUNK)
        part = self._chunk(number)[offset : offset + len(room)]
        room[: len(part)] = part
        self._position += len(part)
        return len(part)

    def _chunk(self, number: int) -> bytes:
        if self._held[0] != number:
            self._file.seek(HEADER_BYTES + number * (CHUNK + TAG_BYTES))
            sealed = self._file.read(CHUNK + TAG_BYTES)
            is_last = number == self._chunks - 1
            self._held = number, self._seal.open(sealed, number, is_last=is_last)
        return self._held[1]


class _Seal:
    """The key of one file."""

    def __init__(self, header: bytes, passphrase: str) -> None:
        salt = header[len(MAGIC) :]
        kdf = Scrypt(salt=salt, length=32, n=COST, r=BLOCK, p=LANES)
        self._cipher = AESGCM(kdf.derive(passphrase.encode()))
        self._header = header

    def close(self, chunk: bytes, number: int, *, is_last: bool) -> bytes:
        return self._cipher.encrypt(_nonce(number, is_last=is_last), chunk, self._header)

    def open(self, sealed: bytes, number: int, *, is_last: bool) -> bytes:
        try:
            return self._cipher.decrypt(_nonce(number, is_last=is_last), sealed, self._header)
        except InvalidTag:
            raise CannotMove(UNREADABLE) from None


def _nonce(number: int, *, is_last: bool) -> bytes:
    return number.to_bytes(11, "big") + bytes([is_last])
