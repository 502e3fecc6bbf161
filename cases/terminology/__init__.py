"""Codes of the standards and what each stands for here; plain Python, importable by every floor."""
