"""The language server: what `validate` finds, while somebody types, and what `fix` does about it."""
