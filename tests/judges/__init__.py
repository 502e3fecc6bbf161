"""What FHIR resources are held against in tests, beside the house's own judge."""
