"""One file a type of resource: how rows become it."""
