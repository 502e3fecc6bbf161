"""Why a picture archive could not be asked, in one typed error."""

from enum import StrEnum


class Fault(StrEnum):
    """What went wrong; the value is what a person is told."""

    OFF = (
        "No picture archive may be asked from here: the operator of this installation has not "
        "allowed one for this institution."
    )
    NOT_ALLOWED = (
        "The operator of this installation has not allowed the address of the picture archive."
    )
    NO_CREDENTIALS = (
        "The operator of this installation has not given user and password of this name to this "
        "institution."
    )
    NOT_SEARCHABLE = (
        "This record number contains a character that archives take for a pattern "
        "(* ? \\), so it cannot be asked for."
    )
    NOT_NAMED = "Nobody has named the picture archive of this institution yet."
    UNREACHABLE = "The picture archive cannot be reached."
    UNTRUSTED = (
        "The connection is not secure: the certificate of the picture archive is not trusted, or "
        "it does not speak TLS."
    )
    REFUSED = "The picture archive refused the sign-in."
    NOT_DICOMWEB = "Something answers at the address, but not as DICOMweb."
    REDIRECTED = "The address sends on to another one, which is not followed."
    TOO_SLOW = "The picture archive did not answer in time."
    TOO_LARGE = "The picture archive sent more than is accepted."
    FAILED = "The picture archive reported an error of its own."
    NOTHING_FOUND = "The picture archive has no such thing."


class PacsError(Exception):
    """The archive gave no usable answer; the message says why and names no patient."""

    def __init__(self, fault: Fault) -> None:
        self.fault = fault
        super().__init__(fault.value)
