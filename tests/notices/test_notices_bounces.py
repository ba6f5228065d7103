"""Mail that comes back: noticed once, tried again, and then given up."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from test_notices_outbox import Server, message

from notices.bounces import Bounce, bounce_of, bounces
from notices.outbox import Outbox

NOW = datetime(2026, 3, 1, 18, 0, tzinfo=UTC)
NAME = "gouji-r0001-a"


def returned(action: str = "failed", name: str = NAME) -> bytes:
    """A delivery status notification as mail servers write it."""
    lines = f"""\
From: MAILER-DAEMON@mx.example
To: gouji@example.org
Subject: Undelivered Mail Returned to Sender
Content-Type: multipart/report; report-type=delivery-status; boundary="b"

--b
Content-Type: text/plain

I'm sorry to have to inform you
--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example

Final-Recipient: rfc822; a@example.org
Action: {action}
Status: 5.1.1
Diagnostic-Code: smtp; 550 5.1.1 no such user

--b
Content-Type: text/rfc822-headers

From: gouji@example.org
Message-ID: <{name}@example.org>

--b--
"""
    return lines.replace("\n", "\r\n").encode()


def test_a_bounce_names_the_message_and_the_reason() -> None:
    assert bounce_of(returned()) == Bounce(NAME, "bounced: 5.1.1 smtp; 550 5.1.1 no such user")


@pytest.mark.parametrize(
    "data",
    [b"", b"\xff\x00", b"Message-ID: <gouji-r0001-a@x>\r\n\r\nhello", returned("delayed"), returned(name="other")],
)
def test_what_is_no_bounce_of_ours(data: bytes) -> None:
    assert bounce_of(data) is None


def test_a_maildir_and_a_folder(tmp_path: Path) -> None:
    for place in ("new", "cur", "tmp"):
        (tmp_path / "box" / place).mkdir(parents=True)
    (tmp_path / "box" / "new" / "1.host").write_bytes(returned())
    (tmp_path / "box" / "cur" / "2.host:2,S").write_bytes(returned(name="gouji-r0001-b"))
    (tmp_path / "box" / "tmp" / "3.host").write_bytes(returned())
    assert {file: it.name for file, it in bounces(tmp_path / "box").items()} == {
        "1.host": NAME,
        "2.host": "gouji-r0001-b",
    }
    assert list(bounces(tmp_path / "box" / "new")) == ["1.host"]
    assert bounces(tmp_path / "none") == {}


def test_a_mail_that_came_back_is_tried_again_and_then_given_up(tmp_path: Path) -> None:
    outbox, server = Outbox(tmp_path), Server()
    outbox.put(message(), "report", "r0001", NOW, True)
    outbox.deliver(server, NOW)
    for number in range(3):
        later = NOW + timedelta(days=number)
        assert outbox.bounced(f"{number}", NAME, "bounced: no such user", later)
        assert not outbox.bounced(f"{number}", NAME, "bounced: no such user", later)
        outbox.deliver(server, later)  # not at once
        outbox.deliver(server, later + timedelta(hours=13))
    assert len(server.received) == 3
    (entry,) = outbox.entries()
    assert (entry.state, entry.error) == ("refused", "bounced: no such user")
    assert not outbox.bounced("x", "gouji-r0009-a", "of no mail here", NOW)
