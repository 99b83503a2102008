"""What is left of a deletion: the cleaner's jobs, pods, events and logs, and what they say about why nothing was cleaned."""
