"""Following events by FHIR Subscriptions, told through the endpoints and deliveries of webhooks."""
