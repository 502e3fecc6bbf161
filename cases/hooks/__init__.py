"""CDS Hooks 2.0: guidance in an EHR's order screen, while the order is typed."""
