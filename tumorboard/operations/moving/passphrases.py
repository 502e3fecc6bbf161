"""Where the passphrase of a moving institution's file comes from: never from the command line."""

import getpass
import os

from tumorboard.operations.moving.errors import CannotMove
from tumorboard.operations.moving.sealing import SHORTEST_PASSPHRASE

VARIABLE = "TUMORBOARD_MOVE_PASSPHRASE"


def passphrase() -> str:
    """The environment's, else what the person at the terminal types.

    Raises:
        CannotMove: it is too short to keep patients.
    """
    given = os.environ.get(VARIABLE) or getpass.getpass("Passphrase of the file: ")
    if len(given) < SHORTEST_PASSPHRASE:
        raise CannotMove(f"A passphrase has at least {SHORTEST_PASSPHRASE} characters.")
    return given
