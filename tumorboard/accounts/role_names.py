"""Names of an institution's own roles, compared so that none passes for another one.

Whoever gives a role goes by its name: one that only looks like "Coordinator" would be given
unread.
"""

import unicodedata

#: Alphabets whose letters look like Latin ones. Within one word they are not mixed.
LOOKALIKES = ("LATIN", "GREEK", "CYRILLIC", "ARMENIAN", "CHEROKEE", "COPTIC", "LISU")
INVISIBLE = "This contains a character that cannot be seen. Type it anew."
MIXED = "One word mixes letters of two alphabets that look alike. Type it anew."


def name_key(name: str) -> str:
    """A name as it is compared: no case, no accents' other spellings, single spaces."""
    return " ".join(unicodedata.normalize("NFKC", name).casefold().split())


def name_fault(name: str) -> str:
    """Why a name cannot be read for what it is; empty where it can."""
    whole = unicodedata.normalize("NFKC", name)
    # Controls, characters that only format, and private or unassigned ones.
    if any(unicodedata.category(letter).startswith("C") for letter in whole):
        return INVISIBLE
    words = "".join(letter if letter.isalpha() else " " for letter in whole).split()
    return MIXED if any(len(_alphabets(word)) > 1 for word in words) else ""


def _alphabets(word: str) -> set[str]:
    """Those of `LOOKALIKES` of which a word has letters."""
    names = {unicodedata.name(letter, "").partition(" ")[0] for letter in word}
    return names.intersection(LOOKALIKES)
