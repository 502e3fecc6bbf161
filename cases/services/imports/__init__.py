"""Importing cases from a table: reading, mapping columns, checking every row, writing in jobs."""
