"""What was read of a resource, written through the services that the pages use."""
