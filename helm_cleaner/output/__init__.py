"""Findings and differences as text, and in the formats that other tools read."""
