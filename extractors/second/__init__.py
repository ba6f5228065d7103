"""A second, independent reading of native documents: other libraries, other assignment, the same `Document`."""

from extractors.second.again import read_again, readable_again

__all__ = ["read_again", "readable_again"]
