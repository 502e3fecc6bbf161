"""Search: what parameters there are, what they say, and which resources they are true of."""
