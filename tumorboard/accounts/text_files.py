"""Text that somebody uploads instead of pasting it."""

from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile


def text_in(
    file: UploadedFile | None, *, longest: int, too_long: str, encoding: str = "utf-8"
) -> str:
    """The text of an uploaded file; empty where there is none.

    Args:
        longest: in bytes.
        too_long: what to say of a longer one.

    Raises:
        ValidationError: it is too long, or no text in UTF-8.
    """
    if file is None:
        return ""
    if (file.size or 0) > longest:
        raise ValidationError(too_long)
    try:
        text: str = file.read().decode(encoding)
    except UnicodeDecodeError:
        raise ValidationError("This file is not text in UTF-8.") from None
    return text
