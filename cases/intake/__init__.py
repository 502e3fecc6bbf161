"""Doors for messages of other systems: HL7 v2 and FHIR over HTTPS, HL7 v2 over MLLP."""
