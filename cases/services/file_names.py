"""Names of files as people have them."""


def plain_name(name: str, *, most: int = 120) -> str:
    """The file's own name: no folders, no control characters, of a length that can be kept.

    Args:
        most: characters; the end is kept, where the extension stands.
    """
    own = name.replace("\\", "/").rsplit("/", 1)[-1]
    return "".join(letter for letter in own if letter.isprintable())[-most:] or "file"
