"""What a dose report says: TID 10011 (CT) and TID 10021 (radiopharmaceutical), DICOM PS3.16."""

from dataclasses import dataclass

from cases.dicom.content_items import ContentItem

CT_REPORT = ("DCM", "113701")
RADIOPHARMACEUTICAL_REPORT = ("DCM", "113500")
CT_ACCUMULATED = ("DCM", "113811")
DLP_TOTAL = ("DCM", "113813")
MEAN_CTDI_VOL = ("DCM", "113830")
ADMINISTERED_ACTIVITY = ("DCM", "113507")
AGENT = (("SCT", "349358000"), ("SCT", "F-61FDB"))
MBQ_OF = {"MBq": 1.0, "Bq": 1e-6, "kBq": 1e-3, "GBq": 1e3}


@dataclass(frozen=True)
class Dose:
    """The dose of one report; None for what it does not say in its own units.

    `ctdi_vol_mgy` is the highest mean CTDIvol of the report's `acquisitions`.
    """

    dlp_mgy_cm: float | None = None
    ctdi_vol_mgy: float | None = None
    acquisitions: int = 0
    activity_mbq: float | None = None
    agent: str = ""


def dose_of(report: ContentItem) -> Dose | None:
    """The dose in `report`; None where it is no dose report."""
    if report.concept.is_one_of(CT_REPORT):
        return _of_ct(report)
    if report.concept.is_one_of(RADIOPHARMACEUTICAL_REPORT):
        return _of_radiopharmaceutical(report)
    return None


def _of_ct(report: ContentItem) -> Dose:
    totals = (item.child(DLP_TOTAL) for item in report.walk() if _is(item, CT_ACCUMULATED))
    dlp = next((t.number for t in totals if t is not None and t.unit == "mGy.cm"), None)
    ctdi = [
        item.number
        for item in report.walk()
        if _is(item, MEAN_CTDI_VOL) and item.unit == "mGy" and item.number is not None
    ]
    return Dose(dlp_mgy_cm=dlp, ctdi_vol_mgy=max(ctdi, default=None), acquisitions=len(ctdi))


def _of_radiopharmaceutical(report: ContentItem) -> Dose:
    activity, agent = None, ""
    for item in report.walk():
        if _is(item, ADMINISTERED_ACTIVITY) and item.unit in MBQ_OF and item.number is not None:
            activity = round(item.number * MBQ_OF[item.unit], 3)
        elif item.concept.is_one_of(*AGENT):
            agent = item.code.meaning or item.text
    return Dose(activity_mbq=activity, agent=agent)


def _is(item: ContentItem, concept: tuple[str, str]) -> bool:
    return item.concept.is_one_of(concept)
