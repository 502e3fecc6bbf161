"""What a board did in a period, counted from its rows."""
