"""Diagnostic services by HL7's table 0074: which of them are pathology, which are imaging."""

PATHOLOGY = frozenset({"PAT", "SP", "CP"})
IMAGING = frozenset({"RAD", "IMG", "CT", "NMR", "NMS", "RUS", "RX"})
