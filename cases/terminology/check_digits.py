"""The digits by which code systems guard against slips of the pen."""

import re

LOINC = re.compile(r"([1-9]\d{0,6})-(\d)", re.ASCII)
#: Answers and parts of LOINC, whose last digit is not judged here.
LOINC_ANSWER = re.compile(r"L[AP][1-9]\d{0,6}-\d", re.ASCII)
#: 6 to 18 digits; the two before the last say what is identified: a concept here.
SCTID = re.compile(r"[1-9]\d{3,15}[01]0\d", re.ASCII)

#: Multiplication in the dihedral group of order ten, and the permutation (Verhoeff, 1969).
_PRODUCT = (
    (0, 1, 2, 3, 4, 5, 6, 7, 8, 9),
    (1, 2, 3, 4, 0, 6, 7, 8, 9, 5),
    (2, 3, 4, 0, 1, 7, 8, 9, 5, 6),
    (3, 4, 0, 1, 2, 8, 9, 5, 6, 7),
    (4, 0, 1, 2, 3, 9, 5, 6, 7, 8),
    (5, 9, 8, 7, 6, 0, 4, 3, 2, 1),
    (6, 5, 9, 8, 7, 1, 0, 4, 3, 2),
    (7, 6, 5, 9, 8, 2, 1, 0, 4, 3),
    (8, 7, 6, 5, 9, 3, 2, 1, 0, 4),
    (9, 8, 7, 6, 5, 4, 3, 2, 1, 0),
)
_PERMUTATION = (1, 5, 7, 6, 2, 8, 3, 0, 9, 4)


def is_loinc(code: str) -> bool:
    """Whether `code` is a LOINC number with a fitting check digit (Mod 10), or one of an answer."""
    if LOINC_ANSWER.fullmatch(code):
        return True
    found = LOINC.fullmatch(code)
    if not found:
        return False
    # From the right, every other digit counts double; the sum of all digits and the check is a ten.
    total = 0
    for place, digit in enumerate(reversed(found[1])):
        doubled = int(digit) * (1 if place % 2 else 2)
        total += doubled // 10 + doubled % 10
    return (total + int(found[2])) % 10 == 0


def is_sctid(code: str) -> bool:
    """Whether `code` has the form of a SNOMED CT concept and its check digit (Verhoeff) fits."""
    if not SCTID.fullmatch(code):
        return False
    check = 0
    for place, digit in enumerate(reversed(code)):
        check = _PRODUCT[check][_permuted(int(digit), place)]
    return check == 0


def _permuted(digit: int, times: int) -> int:
    for _ in range(times % 8):
        digit = _PERMUTATION[digit]
    return digit


#: By what a code system's file says of its codes.
CHECKS = {"mod10": is_loinc, "verhoeff": is_sctid}
