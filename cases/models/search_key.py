"""Text as it is compared and searched for."""

import unicodedata


def search_key(text: str) -> str:
    """`text` as it is searched for: no accents, no case, single spaces."""
    decomposed = unicodedata.normalize("NFKD", text)
    plain = "".join(letter for letter in decomposed if not unicodedata.combining(letter))
    return " ".join(plain.casefold().split())
