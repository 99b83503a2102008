"""What is left of a deletion: the cleaner's jobs, pods, events and logs, and why nothing was cleaned."""
