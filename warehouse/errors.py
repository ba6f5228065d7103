"""What goes wrong in the warehouse: each message is one line that says what and where."""

from __future__ import annotations


class WarehouseError(Exception):
    """The warehouse cannot do what was asked."""


class SpecError(WarehouseError):
    """Rows that do not fit the table they are meant for."""


class StagingError(WarehouseError):
    """A staged part that is absent, incomplete or damaged."""


class WarehouseBusyError(WarehouseError):
    """Another process writes to the warehouse."""


class QueryError(WarehouseError):
    """A query that cannot be answered: bad SQL, a write, an unknown release."""
