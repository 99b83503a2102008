"""A finding's fix as edits of the text: every other byte stays."""
