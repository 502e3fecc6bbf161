"""Taking in messages of other systems: kept, matched, proposed, and written once accepted."""
