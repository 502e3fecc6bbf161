"""A small picture of a series."""

import io
from typing import Any, BinaryIO

import numpy as np
from PIL import Image
from pydicom import dcmread
from pydicom.dataset import FileDataset
from pydicom.pixels import pixel_array
from pydicom.pixels.processing import apply_color_lut, apply_modality_lut, apply_windowing
from pydicom.uid import DeflatedExplicitVRLittleEndian

from cases.dicom.instances import FAULTS
from cases.dicom.limits import PREVIEW_SIDE

#: Of the values of a picture without a window, what stays black and white at the ends.
DARK, BRIGHT = 1, 99
INVERTED = "MONOCHROME1"
PALETTE = "PALETTE COLOR"
#: What decoders of pictures raise, beside what the parser does.
UNDECODABLE = (*FAULTS, RuntimeError, ArithmeticError, Image.DecompressionBombError)


def preview(file: BinaryIO, instance: FileDataset) -> bytes:
    """The middle picture of `instance` as a PNG of at most 512 pixels a side.

    Empty where there is no picture, or one that is compressed in a way that cannot be decoded.
    """
    if not instance.get("Rows") or not instance.get("Columns"):
        return b""
    try:
        return _png(_shades(_middle(file, instance), instance))
    except UNDECODABLE:
        return b""


def _middle(file: BinaryIO, instance: FileDataset) -> Any:
    frames = int(instance.get("NumberOfFrames") or 1)
    file.seek(0)
    is_deflated = instance.file_meta.TransferSyntaxUID == DeflatedExplicitVRLittleEndian
    # A deflated instance has to be read whole; how large that gets has been looked at before.
    return pixel_array(dcmread(file) if is_deflated else file, index=frames // 2)


def _shades(picture: Any, instance: FileDataset) -> Any:
    """The picture in 256 shades, windowed as it says, else by its own values."""
    kind = instance.get("PhotometricInterpretation")
    if kind == PALETTE:
        picture = apply_color_lut(picture, instance)
    if picture.ndim > 2:
        return _stretched(picture, 0, float(np.iinfo(picture.dtype).max))
    values = apply_modality_lut(picture, instance).astype(np.float32)
    if instance.get("WindowWidth") is not None and instance.get("WindowCenter") is not None:
        values = apply_windowing(values, instance)
        low, high = float(values.min()), float(values.max())
    else:
        low, high = (float(edge) for edge in np.percentile(values, (DARK, BRIGHT)))
    shades = _stretched(values, low, high)
    return 255 - shades if kind == INVERTED else shades


def _stretched(values: Any, low: float, high: float) -> Any:
    scaled = (values.astype(np.float32) - low) * (255.0 / ((high - low) or 1.0))
    return np.clip(np.nan_to_num(scaled), 0, 255).astype(np.uint8)


def _png(shades: Any) -> bytes:
    with Image.fromarray(shades) as picture:
        picture.thumbnail((PREVIEW_SIDE, PREVIEW_SIDE))
        out = io.BytesIO()
        picture.save(out, format="PNG", optimize=True)
    return out.getvalue()
