"""The numbers of a board on paper, as tables and as charts."""
