"""Errors in a command line."""


class UsageError(Exception):
    """The command line is invalid; the exception's text is the message."""
