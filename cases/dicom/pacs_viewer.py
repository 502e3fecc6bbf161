"""The address of a study in the hospital's viewer, from a template."""

import re
from urllib.parse import quote, urlsplit

from cases.dicom.pacs_access import address_fault

PLACEHOLDER = re.compile(r"\{(study_uid|accession_number)\}")


def template_fault(template: str) -> str:
    """Why `template` is no template of a viewer's address; empty where it is one."""
    if not PLACEHOLDER.search(template):
        return "Say where the study stands: {study_uid} or {accession_number}."
    sample = PLACEHOLDER.sub("1", template)
    if "{" in sample or "}" in sample:
        return "Use no placeholders but {study_uid} and {accession_number}."
    # A viewer's address may have a query and a fragment, a service's may not.
    fault = address_fault(sample.partition("?")[0].partition("#")[0])
    if fault:
        return fault
    if not sample.isascii() or not sample.isprintable() or re.search(r"[\s\"'<>\\]", sample):
        return "Use only characters that may stand in an address."
    if urlsplit(sample).netloc != urlsplit(PLACEHOLDER.sub("2", template)).netloc:
        return "Put the placeholder behind the name of the host."
    return ""


def filled(template: str, *, study_uid: str, accession_number: str) -> str:
    """The address of one study; empty where `template` needs what is not known."""
    values = {"study_uid": study_uid, "accession_number": accession_number}
    if not template or not all(values[name] for name in PLACEHOLDER.findall(template)):
        return ""
    return PLACEHOLDER.sub(lambda found: quote(values[found[1]], safe=""), template)
