"""What a repository says of itself: its configuration file, and comments that ignore findings."""
