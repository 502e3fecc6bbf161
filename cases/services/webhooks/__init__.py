"""Telling other systems of events: endpoints, deliveries, and how one is sent."""
