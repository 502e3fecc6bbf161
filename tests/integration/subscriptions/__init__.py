"""Events by FHIR Subscriptions."""
