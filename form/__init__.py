"""The core: what a report is. Standard library only; no I/O beyond package data, no clock."""
