"""The commands: a module for each, imported when called."""
