"""Why a file is not kept."""

from enum import StrEnum


class Reason(StrEnum):
    """Codes of the reasons."""

    CLAIM = "claim"
    ENCRYPTED = "encrypted"
    TOO_LARGE = "too_large"
    BOMB = "bomb"
    NESTED = "nested"
    EXECUTABLE = "executable"
    PREAMBLE = "preamble"
    ACTIVE = "active"
    ARCHIVE_IN_ARCHIVE = "archive_in_archive"
    PATH = "path"
    NOT_DICOM = "not_dicom"
    SEVERAL = "several"
    EMPTY = "empty"
    DAMAGED = "damaged"
    UNKNOWN = "unknown"
    BUSY = "busy"
    TOO_SLOW = "too_slow"
    TOO_MUCH_MEMORY = "too_much_memory"
    AFTER_TODAY = "after_today"
    BEFORE_BIRTH = "before_birth"


WORDS = {
    Reason.CLAIM: "What the file holds is not what its name says. Export it again.",
    Reason.ENCRYPTED: "The file is encrypted. Save it without a password and upload it again.",
    Reason.TOO_LARGE: "The file is too large. Upload fewer series, or leave out thin slices.",
    Reason.BOMB: "The file unpacks to far more than it should. It is not opened.",
    Reason.NESTED: "The file is nested deeper than any real study. It is not opened.",
    Reason.EXECUTABLE: "The file holds a program. It is not kept.",
    Reason.PREAMBLE: "The first 128 bytes of the DICOM file hold something that does not belong "
    "there. Export it again.",
    Reason.ACTIVE: "The PDF holds a script or another file, or starts something. Print it to a "
    "plain PDF.",
    Reason.ARCHIVE_IN_ARCHIVE: "The archive holds another archive. Pack the DICOM files alone.",
    Reason.PATH: "The archive holds a path that leads out of it or a link. Pack it again.",
    Reason.NOT_DICOM: "The archive holds a file that is not DICOM. Pack the DICOM files alone.",
    Reason.SEVERAL: "The archive holds more than one patient or study. Upload one study at a time.",
    Reason.EMPTY: "There is nothing in the file.",
    Reason.DAMAGED: "The file is damaged or incomplete. Export it again.",
    Reason.UNKNOWN: "This is none of PDF, PNG, JPEG, DICOM, or a ZIP of DICOM files.",
    Reason.BUSY: "Too many files are being read at this moment. Upload it again in a minute.",
    Reason.TOO_SLOW: "Reading the file took too long. It is not kept.",
    Reason.TOO_MUCH_MEMORY: "Reading the file took too much memory. It is not kept.",
    Reason.AFTER_TODAY: "The study date in its header lies after today. It is not kept.",
    Reason.BEFORE_BIRTH: "The study date in its header lies before the patient's birth. It is not "
    "kept.",
}


class Unfit(Exception):
    """A file that is not kept."""

    def __init__(self, reason: Reason) -> None:
        self.reason = reason
        super().__init__(WORDS[reason])
