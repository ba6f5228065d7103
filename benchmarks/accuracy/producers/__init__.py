"""Makers of documents: each turns a report into the bytes of one kind of file."""
