"""TLS of the listener for MLLP: both sides show who they are (IHE ATNA, mutual authentication)."""

import hashlib
import re
import ssl
from contextlib import suppress

#: Seconds that a handshake may take, however slowly it comes.
HANDSHAKE_SECONDS = 10
FINGERPRINT = re.compile("[0-9a-f]{64}")


class Unusable(Exception):
    """What TLS is to be set up with and cannot."""


class Stranger(Exception):
    """One who may not send; why, in words of this module and of OpenSSL alone."""


def context_of(*, certificate: str, key: str, client_ca: str) -> ssl.SSLContext:
    """What the listener shows, and what it asks of senders: TLS 1.2 or later with a certificate.

    Args:
        certificate: path of the listener's certificate with its chain, in PEM.
        key: path of its key, in PEM, without a password.
        client_ca: path of the certificates, in PEM, of those who issue the senders'.

    Raises:
        Unusable: a file cannot be read, is not what it should be, or needs a password.
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    # A connection that just ends is no attack here: MLLP says where a message ends, and what breaks
    # off is not kept. Else everybody who waits would be told of a fault when the listener stops.
    context.options |= ssl.OP_NO_RENEGOTIATION | ssl.OP_IGNORE_UNEXPECTED_EOF
    context.verify_mode = ssl.CERT_REQUIRED
    try:
        context.load_cert_chain(certificate, key, password=_no_password)
    except OSError as error:
        message = f"The certificate {certificate} with the key {key} cannot be used: {_why(error)}."
        raise Unusable(message) from None
    try:
        context.load_verify_locations(cafile=client_ca)
    except OSError as error:
        message = f"The certificates {client_ca} cannot be used: {_why(error)}."
        raise Unusable(message) from None
    return context


def _no_password() -> str:
    """OpenSSL would ask at the terminal, where nobody is."""
    message = "The key needs a password. Give one without, that only this process can read."
    raise Unusable(message)


def _why(error: OSError) -> str:
    """OpenSSL's words for it, or the system's."""
    reason = error.reason if isinstance(error, ssl.SSLError) else error.strerror
    return (reason or "unknown").lower().replace("_", " ")


def fingerprint_of(written: str) -> str:
    """The SHA-256 of a certificate, as OpenSSL or a browser writes it: with colons or without.

    Raises:
        Unusable: it is none.
    """
    found = written.replace(":", "").strip().lower()
    if not FINGERPRINT.fullmatch(found):
        message = f"{written} is no SHA-256 fingerprint of a certificate."
        raise Unusable(message)
    return found


def greet(connection: ssl.SSLSocket, *, senders: frozenset[str]) -> None:
    """Shake hands, and see whether the other side may send.

    Args:
        senders: fingerprints of those that may; every certificate of the CA where empty.

    Raises:
        Stranger: it speaks no TLS, has no certificate that holds, or is none of `senders`.
        TimeoutError: it was not done in time.
        OSError: the connection broke off.
    """
    connection.settimeout(HANDSHAKE_SECONDS)
    try:
        connection.do_handshake()
    except ssl.SSLCertVerificationError as error:
        raise Stranger(error.verify_message) from None
    except (ssl.SSLEOFError, ssl.SSLZeroReturnError, ssl.SSLSyscallError):
        raise
    except ssl.SSLError as error:
        raise Stranger(_why(error)) from None
    shown = hashlib.sha256(connection.getpeercert(binary_form=True) or b"").hexdigest()
    if senders and shown not in senders:
        reason = f"the certificate {shown} is not one that may send"
        raise Stranger(reason)


def take_leave(connection: ssl.SSLSocket) -> None:
    """Say that nothing more comes, and wait for no answer; nothing where no hands were shaken."""
    with suppress(OSError, ValueError):
        connection.settimeout(0)
        connection.unwrap()
