"""What a reader may spend on one document. Everything fetched is hostile until it fits these."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """Upper bounds for one document; going over one raises `DocumentError`.

    Real reports stay far below: under 60 pages, 3 MB, 2,000 table cells, 100,000 characters.
    """

    #: size of the file in bytes (`too_large`)
    max_bytes: int = 50_000_000
    #: pages of a paged document (`too_many_pages`)
    max_pages: int = 200
    #: positions of all grids together, spans counted in full (`too_complex`)
    max_cells: int = 200_000
    #: rows of one grid, and columns of one grid (`too_complex`)
    max_rows: int = 10_000
    max_columns: int = 200
    #: depth of nested elements, or of anything else that nests (`too_complex`)
    max_depth: int = 250
    #: characters of text kept from the whole document (`too_large`)
    max_text: int = 5_000_000
    #: files in a zip container (`too_large`)
    max_parts: int = 5_000
    #: bytes that one part of a container unpacks to, and all of them (`too_large`)
    max_part: int = 30_000_000
    max_unpacked: int = 200_000_000
    #: pictures of one document that are looked at for tables
    max_pictures: int = 30
    #: seconds that LibreOffice may take for one document (`timeout`)
    max_seconds: float = 40.0
