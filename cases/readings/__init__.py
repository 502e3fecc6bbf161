"""What a message of another system says of a patient, in our words. Plain Python.

Whoever takes something in (FHIR, the inbox, CDS Hooks) reads it here; nobody else knows how a
resource or a segment says a thing. What could not be read is told, never dropped.
"""
