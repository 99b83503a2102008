"""What the commands do: pure functions on data."""
