"""What docs/security.md says, held to the standard's numbers, to the files and to the tests."""
