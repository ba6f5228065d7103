"""Addresses of the published site's pages."""

from __future__ import annotations

from notices.text import link


def report_page(site: str | None, report_id: str, finding_id: str = "") -> str | None:
    """The page of a report, at one of its findings if given; None without a site, or for what may be no link."""
    place = f"{report_id}/{finding_id}" if finding_id else report_id
    return link(f"{site}/report.html#{place}") if site else None
