"""A finding's fix as verified edits of the text; every other byte stays.

`find_edits` gives the edits for each finding of a report, for a presenter or an editor's quick fixes. `fix_files` makes
all safe fixes, and those that show up then.
"""
