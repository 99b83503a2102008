"""Times helm-cleaner, and what it holds in memory, beside things that everybody knows. Run by `make bench`.

Machines differ, so each time stands beside that of its peers, measured in the same run, turn by turn: the import of
PyYAML (less is hardly possible), a plain copy in Python, Helm itself, and what one would do without this tool.
"""
