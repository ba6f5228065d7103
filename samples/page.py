"""What every renderer is given: a report in words and tables, and the marks of the page around it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from samples.narrative import Story
from samples.tables import Form, Table


@dataclass(frozen=True, slots=True)
class Page:
    """A page of the site: its title, who publishes it, and when."""

    title: str
    source: str
    published: date
    site: str = "甘肃样例政务网"


@dataclass(frozen=True, slots=True)
class Paper:
    """A report ready to be drawn."""

    page: Page
    story: Story
    form: Form

    def tables(self, section: str) -> tuple[Table, ...]:
        """The tables under a section's head."""
        return {
            "proactive": self.form.proactive,
            "applications": (self.form.applications,),
            "disputes": (self.form.disputes,),
        }.get(section, ())
