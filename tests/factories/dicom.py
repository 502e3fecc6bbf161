"""Files of studies, good and bad, made in memory."""

import io
import struct
import warnings
import zipfile
import zlib
from pathlib import Path
from typing import Any

import highdicom as hd
import numpy as np
import pydicom
from PIL import Image
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.sequence import Sequence
from pydicom.sr.codedict import codes
from pydicom.uid import (
    DeflatedExplicitVRLittleEndian,
    ExplicitVRLittleEndian,
    generate_uid,
)
from pypdf import PdfWriter
from pypdf.generic import ArrayObject, DictionaryObject, NameObject

TEST_FILES = Path(pydicom.__file__).parent / "data" / "test_files"
CT_IMAGE = "1.2.840.10008.5.1.4.1.1.2"
X_RAY_DOSE = "1.2.840.10008.5.1.4.1.1.88.67"
STUDY_UID = "1.2.826.0.1.3680043.8.498.1001"
SERIES_UID = "1.2.826.0.1.3680043.8.498.2001"
#: Of the patient whom `make_case` makes, but for the record number.
RIVERA = {"PatientName": "Rivera^Ana", "PatientSex": "F"}


def bundled(name: str) -> bytes:
    """One of the test files that come with pydicom itself."""
    return (TEST_FILES / name).read_bytes()


def instance(*, side: int = 16, syntax: str = ExplicitVRLittleEndian, **given: Any) -> Dataset:
    """A small CT picture; `given` are elements by keyword."""
    made = Dataset()
    elements = {
        "SOPClassUID": CT_IMAGE,
        "SOPInstanceUID": generate_uid(),
        "StudyInstanceUID": STUDY_UID,
        "SeriesInstanceUID": SERIES_UID,
        "SeriesNumber": 2,
        "InstanceNumber": 1,
        "Modality": "CT",
        "StudyDate": "20260112",
        **RIVERA,
        **given,
    }
    if side:
        pixels = (np.arange(side * side, dtype=np.uint16).reshape(side, side) * 3) % 4096
        elements = {
            "Rows": side,
            "Columns": side,
            "SamplesPerPixel": 1,
            "PhotometricInterpretation": "MONOCHROME2",
            "BitsAllocated": 16,
            "BitsStored": 12,
            "HighBit": 11,
            "PixelRepresentation": 0,
            "PixelData": pixels.tobytes(),
            **elements,
        }
    for keyword, value in elements.items():
        setattr(made, keyword, value)
    made.file_meta = FileMetaDataset()
    made.file_meta.TransferSyntaxUID = syntax
    made.file_meta.MediaStorageSOPClassUID = made.SOPClassUID
    made.file_meta.MediaStorageSOPInstanceUID = made.SOPInstanceUID
    return made


def written(made: Dataset) -> bytes:
    """The bytes of an instance."""
    out = io.BytesIO()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        made.save_as(out, enforce_file_format=True)
    return out.getvalue()


def dicom(**given: Any) -> bytes:
    """The bytes of `instance`."""
    return written(instance(**given))


def with_preamble(beginning: bytes, content: bytes) -> bytes:
    """A DICOM file whose preamble begins otherwise."""
    return beginning.ljust(128, b"\x00")[:128] + content[128:]


def archive(*contents: bytes, names: list[str] | None = None, method: int = 8) -> bytes:
    """A ZIP of files."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", compression=method) as packed:
        for number, content in enumerate(contents):
            packed.writestr(names[number] if names else f"IM{number:05}", content)
    return out.getvalue()


def encrypted_archive(content: bytes) -> bytes:
    """A ZIP whose one member says that it is encrypted."""
    packed = bytearray(archive(content))
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        packed[packed.index(mark) + offset] |= 1
    return bytes(packed)


def deflated_bomb(size: int = 400_000_000) -> bytes:
    """A deflated instance of some 400 KB that unpacks to `size` zeros."""
    small = written(instance(syntax=DeflatedExplicitVRLittleEndian))
    meta_length = struct.unpack("<L", small[140:144])[0]
    packer = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    private = b"\x09\x00\x10\x00OB\x00\x00" + struct.pack("<L", size)
    parts = [small[: 144 + meta_length], packer.compress(private)]
    chunk = bytes(1_000_000)
    parts += [packer.compress(chunk) for _ in range(size // len(chunk))]
    return b"".join([*parts, packer.flush()])


def nested(depth: int = 10_000) -> bytes:
    """Sequences inside sequences, each without an end of its own."""
    begin = b"\x08\x00\x15\x11SQ\x00\x00\xff\xff\xff\xff" + b"\xfe\xff\x00\xe0\xff\xff\xff\xff"
    return dicom(side=0) + begin * depth


def nested_report(depth: int = 100) -> bytes:
    """A structured report nested deeper than any is."""
    inner = Dataset()
    for _ in range(depth):
        outer = Dataset()
        outer.ContentSequence = Sequence([inner])
        inner = outer
    return dicom(side=0, Modality="SR", ContentSequence=inner.ContentSequence)


def png(width: int = 8, height: int = 8) -> bytes:
    """A PNG picture."""
    out = io.BytesIO()
    Image.new("L", (width, height)).save(out, format="PNG")
    return out.getvalue()


def png_bomb(side: int = 30_000) -> bytes:
    """A small PNG that says it has 900 million pixels."""
    content = bytearray(png())
    content[16:24] = struct.pack(">LL", side, side)
    content[29:33] = struct.pack(">L", zlib.crc32(content[12:29]))
    return bytes(content)


def jpeg() -> bytes:
    """A JPEG picture."""
    out = io.BytesIO()
    Image.new("RGB", (8, 8)).save(out, format="JPEG")
    return out.getvalue()


def pdf(*, password: str = "", script: str = "", pages: int = 1) -> bytes:
    """A PDF of blank pages; `script` says where it holds one: open, names, note, then, page."""
    writer = PdfWriter()
    for _ in range(pages):
        writer.add_blank_page(width=200, height=200)
    action = _pdf_action("/JavaScript")
    root, page = writer.root_object, writer.pages[0] if pages else {}
    if script == "open":
        root[NameObject("/OpenAction")] = action
    elif script == "then":
        going = _pdf_action("/GoTo")
        going[NameObject("/Next")] = ArrayObject([_pdf_action("/Launch")])
        root[NameObject("/OpenAction")] = going
    elif script == "names":
        root[NameObject("/Names")] = DictionaryObject({NameObject("/JavaScript"): action})
    elif script == "page":
        page[NameObject("/AA")] = DictionaryObject({NameObject("/O"): action})
    elif script == "note":
        note = DictionaryObject({NameObject("/A"): writer._add_object(action)})
        page[NameObject("/Annots")] = ArrayObject([note])
    elif script == "hidden":
        # In a bookmark, where neither the document nor a page holds it.
        mark = DictionaryObject({NameObject("/A"): writer._add_object(action)})
        root[NameObject("/Outlines")] = DictionaryObject({NameObject("/First"): mark})
    elif script == "circle":
        round_and_round = _pdf_action("/GoTo")
        reference = writer._add_object(round_and_round)
        round_and_round[NameObject("/Next")] = reference
        root[NameObject("/OpenAction")] = reference
    if password:
        writer.encrypt(password, algorithm="RC4-128")
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def pdf_holding(**entries: Any) -> bytes:
    """A PDF with one annotation that has these entries; names begin with a slash."""
    writer = PdfWriter()
    page = writer.add_blank_page(width=200, height=200)
    note = DictionaryObject({NameObject(f"/{key}"): value for key, value in entries.items()})
    page[NameObject("/Annots")] = ArrayObject([writer._add_object(note)])
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def _pdf_action(kind: str) -> DictionaryObject:
    return DictionaryObject({NameObject("/S"): NameObject(kind)})


def measurement_report(*groups: tuple[str, list[tuple[Any, ...]]], **given: Any) -> bytes:
    """A report after TID 1500: for each lesion its name and what was measured.

    That is tuples of concept, value, unit, and where it is derived how.
    """
    image = instance(**given)
    image.PatientBirthDate = image.get("PatientBirthDate", "")
    for keyword in ("PatientID", "AccessionNumber", "StudyID", "ReferringPhysicianName"):
        setattr(image, keyword, image.get(keyword, ""))
    image.StudyTime = "120000"
    observer = hd.sr.ObservationContext(
        observer_person_context=hd.sr.ObserverContext(
            observer_type=codes.DCM.Person,
            observer_identifying_attributes=hd.sr.PersonObserverIdentifyingAttributes(
                name="Reader^Rita"
            ),
        )
    )
    report = hd.sr.MeasurementReport(
        observation_context=observer,
        procedure_reported=codes.LN.CTUnspecifiedBodyRegion,
        imaging_measurements=[
            hd.sr.MeasurementsAndQualitativeEvaluations(
                tracking_identifier=hd.sr.TrackingIdentifier(identifier=name, uid=generate_uid()),
                finding_type=codes.SCT.Neoplasm,
                finding_sites=[hd.sr.FindingSite(anatomic_location=codes.SCT.Liver)],
                measurements=[
                    hd.sr.Measurement(
                        name=concept, value=value, unit=unit, derivation=next(iter(derived), None)
                    )
                    for concept, value, unit, *derived in measured
                ],
            )
            for name, measured in groups
        ],
    )
    made = hd.sr.Comprehensive3DSR(
        evidence=[image],
        content=report,
        series_instance_uid=generate_uid(),
        series_number=90,
        sop_instance_uid=generate_uid(),
        instance_number=1,
        manufacturer="Test",
        institution_name="North Hospital",
        is_complete=True,
    )
    return written(made)


def dose_report(
    *, dlp: float = 612.5, ctdi: tuple[float, ...] = (8.1, 11.4), unit: str = "mGy.cm", **given: Any
) -> bytes:
    """A CT dose report after TID 10011, as far as it is read."""
    acquisitions = [
        _container(
            "113819",
            "CT Acquisition",
            [_container("113829", "CT Dose", [_number("113830", "Mean CTDIvol", value, "mGy")])],
        )
        for value in ctdi
    ]
    accumulated = _container(
        "113811",
        "CT Accumulated Dose Data",
        [_number("113813", "CT Dose Length Product Total", dlp, unit)],
    )
    return _report("113701", "X-Ray Radiation Dose Report", [accumulated, *acquisitions], given)


def activity_report(*, activity: float = 185.0, unit: str = "MBq", **given: Any) -> bytes:
    """A radiopharmaceutical dose report after TID 10021, as far as it is read."""
    agent = _item("CODE", _code("349358000", "SCT", "Radiopharmaceutical agent"))
    agent.ConceptCodeSequence = Sequence([_code("C2713594", "UMLS", "Edotreotide DOTATOC Ga^68^")])
    items = [agent, _number("113507", "Administered activity", activity, unit)]
    return _report("113500", "Radiopharmaceutical Radiation Dose Report", items, given)


def _report(code: str, meaning: str, items: list[Dataset], given: dict[str, Any]) -> bytes:
    made = instance(
        side=0,
        **{
            "SOPClassUID": X_RAY_DOSE,
            "Modality": "SR",
            "SeriesInstanceUID": generate_uid(),
            "SeriesNumber": 99,
            **given,
        },
    )
    root = _container(code, meaning, items)
    made.update(root)
    return written(made)


def _code(value: str, scheme: str, meaning: str) -> Dataset:
    code = Dataset()
    code.CodeValue, code.CodingSchemeDesignator, code.CodeMeaning = value, scheme, meaning
    return code


def _item(kind: str, concept: Dataset) -> Dataset:
    item = Dataset()
    item.ValueType = kind
    item.ConceptNameCodeSequence = Sequence([concept])
    return item


def _container(code: str, meaning: str, children: list[Dataset]) -> Dataset:
    item = _item("CONTAINER", _code(code, "DCM", meaning))
    item.ContentSequence = Sequence(children)
    return item


def _number(code: str, meaning: str, value: float, unit: str) -> Dataset:
    item = _item("NUM", _code(code, "DCM", meaning))
    measured = Dataset()
    measured.NumericValue = str(value)
    measured.MeasurementUnitsCodeSequence = Sequence([_code(unit, "UCUM", unit)])
    item.MeasuredValueSequence = Sequence([measured])
    return item


def with_study_date(text: str) -> bytes:
    """A picture whose study date is `text`, whatever that is."""
    padded = text.encode("latin-1", "replace").ljust(8)[:8]
    return dicom().replace(b"20260112", padded)


def radiopharmaceutical(name: str, total: float) -> Sequence:
    """What a nuclear study says of its tracer."""
    given = Dataset()
    given.Radiopharmaceutical, given.RadionuclideTotalDose = name, total
    return Sequence([given])


def bare_measurement() -> bytes:
    """A measurement report with a group that has neither tracking nor number."""
    axis = _item("NUM", _code("103339001", "SCT", "Long axis"))
    group = _container("125007", "Measurement Group", [axis])
    return _report("126000", "Imaging Measurement Report", [group], {})


def archive_that_lies(content: bytes) -> bytes:
    """A ZIP whose member says that it is smaller than it is."""
    packed = bytearray(archive(content))
    for mark, offset in ((b"PK\x03\x04", 22), (b"PK\x01\x02", 24)):
        place = packed.index(mark) + offset
        packed[place : place + 4] = struct.pack("<L", 140)
    return bytes(packed)
