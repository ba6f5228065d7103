"""What a person saved from a portal that would not answer us: read, checked, and kept like what we fetch."""
