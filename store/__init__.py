"""Where a gouji keeps what it keeps: a folder, or objects of a store that speaks S3; one writer at a time there."""
