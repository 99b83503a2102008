"""The programs that the Jobs of `leftovers` run, in the cleaner's image.

They need Python 3.8, its standard library and Polyaxon's SDK, nothing else of this package. Each Job holds the text of
`rules` and of one program as the argument of `python3 -c`.
"""
