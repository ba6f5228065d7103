"""Addresses of the published site's pages."""

from __future__ import annotations

from notices.text import link


def report_page(site: str | None, report_id: str) -> str | None:
    """The page of a report on the site at `site`; None where there is no site, or no address that may be a link."""
    return link(f"{site}/report.html?id={report_id}") if site else None
