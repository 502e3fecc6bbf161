"""PNG and JPEG."""

import warnings
from typing import Any, BinaryIO

from PIL import Image

from cases.dicom.kinds import Kind
from cases.dicom.limits import PIXELS
from cases.dicom.reasons import Reason, Unfit


def check(file: BinaryIO, kind: Kind) -> dict[str, Any]:
    """Decode a picture whole; nothing of it is offered.

    Raises:
        Unfit: more pixels than any picture of a study, or damaged.
    """
    Image.MAX_IMAGE_PIXELS = PIXELS
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(file, formats=[kind.name]) as picture:
                picture.load()
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise Unfit(Reason.BOMB) from None
    except (OSError, SyntaxError, ValueError, IndexError):
        raise Unfit(Reason.DAMAGED) from None
    return {}
