"""Whether a resource is one of FHIR R4: its JSON, its structure, its codes. Plain Python."""
