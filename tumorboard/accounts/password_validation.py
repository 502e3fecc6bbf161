"""What a password must not be: known from a breach, made of our own words, or endless.

No rule asks for capitals, digits or signs: length is what counts (NIST SP 800-63B, ASVS V6.2).
"""

import hashlib
import logging
import re
from pathlib import Path

from django.conf import settings
from django.core.exceptions import ValidationError

from tumorboard.accounts.models import User
from tumorboard.accounts.selectors import workplaces_of
from tumorboard.tenancy.models import Institution
from tumorboard.tenancy.scope import current_institution_id, has_institution

logger = logging.getLogger(__name__)

LONGEST = 128
#: What must be left of a password without our own words.
REST = 8
PRODUCT_WORDS = ("tumorboard", "tumor", "board", "pancreas", "pancreatic", "neuroendocrine", "pnet")
#: Shorter words of an institution's name would be found in anything.
SHORTEST_WORD = 4
SHA1_LENGTH = 40


class LongestValidator:
    """Bounds what is hashed."""

    def validate(self, password: str, user: User | None = None) -> None:
        """Raise ValidationError above 128 characters."""
        if len(password) > LONGEST:
            message = f"Use at most {LONGEST} characters."
            raise ValidationError(message, code="password_too_long")

    def get_help_text(self) -> str:
        """For forms."""
        return f"At most {LONGEST} characters."


class OurWordsValidator:
    """Refuses what is little more than the product's or the institution's name."""

    def validate(self, password: str, user: User | None = None) -> None:
        """Raise ValidationError where too little is left without those words."""
        rest = password.lower()
        for word in sorted({*PRODUCT_WORDS, *_words_of(user)}, key=len, reverse=True):
            rest = rest.replace(word, "")
        if len(rest) < min(REST, len(password)):
            message = "This is little more than the name of the product or of your institution."
            raise ValidationError(message, code="password_our_words")

    def get_help_text(self) -> str:
        """For forms."""
        return "Not made of the name of the product or of your institution."


class BreachedValidator:
    """Refuses what stands in the operator's list of breached passwords; asks no network.

    The list is the sorted file of SHA-1 hashes that "Pwned Passwords" offers for download: lines
    of 40 capital hexadecimal digits, a colon and a count. It is searched by halving.
    """

    def validate(self, password: str, user: User | None = None) -> None:
        """Raise ValidationError where the list has it, or cannot be read."""
        if not settings.BREACHED_PASSWORDS_FILE:
            return
        try:
            found = is_listed(Path(settings.BREACHED_PASSWORDS_FILE), password)
        except OSError:
            logger.exception("the list of breached passwords cannot be read")
            message = "Passwords cannot be checked at the moment, so none can be set. Try later."
            raise ValidationError(message, code="password_unchecked") from None
        if found:
            message = "This password is known from a data breach elsewhere: choose another."
            raise ValidationError(message, code="password_breached")

    def get_help_text(self) -> str:
        """For forms."""
        return "Not known from a data breach."


def is_listed(path: Path, password: str) -> bool:
    """Whether the sorted file of SHA-1 hashes at `path` has the password.

    Raises:
        OSError: the file cannot be read.
    """
    digest = hashlib.sha1(password.encode(), usedforsecurity=False).hexdigest()
    wanted = digest.upper().encode()
    with path.open("rb") as file:
        low, high = 0, file.seek(0, 2)
        # The wanted line begins in [low, high); each step reads the first line after the middle.
        while low < high:
            middle = (low + high) // 2
            file.seek(middle)
            if middle:
                file.readline()
            line = file.readline()
            found = line[:SHA1_LENGTH].upper()
            if found == wanted:
                return True
            if not line or found > wanted:
                high = middle
            else:
                low = middle + 1
        file.seek(0)
        return file.readline()[:SHA1_LENGTH].upper() == wanted


def _words_of(user: User | None) -> set[str]:
    """Words of the names of the person's institutions."""
    names = []
    if has_institution():
        names += Institution.objects.filter(pk=current_institution_id()).values_list(
            "name", flat=True
        )
    elif user is not None and not user._state.adding:
        names += [workplace.institution.name for workplace in workplaces_of(user)]
    words = {word.lower() for name in names for word in re.findall(r"\w+", name)}
    return {word for word in words if len(word) >= SHORTEST_WORD}
