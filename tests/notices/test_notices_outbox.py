"""Each message once: over runs, over failures, over newer releases."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email import policy
from email.message import EmailMessage
from pathlib import Path

import pytest

from notices.outbox import AFTER_REFUSAL, BACK_OFF, Outbox
from notices.smtp import Failure, SendError

NOW = datetime(2026, 3, 1, 18, 0, tzinfo=UTC)


def message(about: str = "r0001", reader: str = "a@example.org") -> EmailMessage:
    made = EmailMessage(policy=policy.SMTP)
    made["From"] = "gouji@example.org"
    made["To"] = reader
    made["Subject"] = about
    made["Message-ID"] = f"<gouji-{about}-{reader.partition('@')[0]}@example.org>"
    made.set_content(f"{about} 172 + 5 ≠ 170 + 6\n", cte="base64")
    return made


class Server:
    """Plays what `notices.smtp.send` gives, and remembers who received how often."""

    def __init__(self, *failures: Failure) -> None:
        self.failures = list(failures)
        self.received: list[str] = []

    def __call__(self, message: EmailMessage, handing_over: Callable[[], None]) -> None:
        failure = self.failures.pop(0) if self.failures else None
        if failure != "temporary":
            handing_over()
        if failure:
            raise SendError(failure, f"{failure} no")
        self.received.append(f"{message['To']} {message['Subject']}")


@pytest.fixture
def outbox(tmp_path: Path) -> Outbox:
    return Outbox(tmp_path / "outbox")


def put(outbox: Outbox, about: str = "r0001", reader: str = "a@example.org", send: bool = True) -> Path:
    return outbox.put(message(about, reader), "report", about, NOW, send)


def test_without_a_server_it_is_kept(outbox: Outbox) -> None:
    assert outbox.state(message()["Message-ID"]) is None
    assert outbox.entries() == ()
    path = put(outbox, send=False)
    assert path == outbox.folder / "gouji-r0001-a.eml"
    assert path.read_bytes() == message().as_bytes(policy=policy.SMTP)
    server = Server()
    assert outbox.deliver(server, NOW) == ()
    assert not server.received
    assert outbox.state(message()["Message-ID"]) == "kept"
    last = outbox.last("report", "A@example.org")
    assert last is not None
    assert last.about == "r0001"


def test_sent_once(outbox: Outbox) -> None:
    server = Server()
    put(outbox)
    put(outbox, reader="b@example.org")
    assert [it.state for it in outbox.deliver(server, NOW)] == ["sent", "sent"]
    put(outbox)
    assert outbox.deliver(server, NOW) == ()
    assert server.received == ["a@example.org r0001", "b@example.org r0001"]


def test_a_failure_is_tried_again_later_and_later_and_then_given_up(outbox: Outbox) -> None:
    put(outbox)
    server = Server(*["temporary"] * 20)
    moment, waits = NOW, []
    for _ in range(len(BACK_OFF)):
        (entry,) = outbox.deliver(server, moment)
        assert (entry.state, entry.error) == ("queued", "temporary no")
        waits.append(datetime.fromisoformat(entry.not_before) - moment)
        assert outbox.deliver(server, moment) == ()  # not yet
        moment += waits[-1]
    assert tuple(waits) == BACK_OFF
    (entry,) = outbox.deliver(server, moment)
    assert entry.state == "refused"
    assert outbox.deliver(server, moment + timedelta(days=9), force=True) == ()


def test_a_refusal_for_good_is_tried_a_few_times(outbox: Outbox) -> None:
    put(outbox)
    server = Server(*["permanent"] * 9)
    states = [outbox.deliver(server, NOW + timedelta(days=day))[0].state for day in range(len(AFTER_REFUSAL) + 1)]
    assert states == ["queued", "queued", "refused"]
    assert outbox.last("report", "a@example.org") is None


def test_force_does_not_wait(outbox: Outbox) -> None:
    put(outbox)
    server = Server("temporary")
    outbox.deliver(server, NOW)
    assert [it.state for it in outbox.deliver(server, NOW, force=True)] == ["sent"]


def test_unanswered_is_sent_again_or_asked_about(outbox: Outbox) -> None:
    put(outbox)
    put(outbox, reader="b@example.org")
    (first, _) = outbox.deliver(Server("unanswered"), NOW)
    assert (first.state, first.tries) == ("queued", 1)
    (first,) = outbox.deliver(Server("unanswered"), NOW, force=True, resend=False)
    assert first.state == "doubt"
    server = Server()
    assert outbox.deliver(server, NOW + timedelta(days=9), force=True) == ()
    assert not server.received


@pytest.mark.parametrize("taken", [True, False])
def test_a_person_settles_a_doubt(outbox: Outbox, taken: bool) -> None:
    put(outbox)
    outbox.deliver(Server("unanswered"), NOW, resend=False)
    settled = outbox.settle("gouji-r0001-a", taken, NOW)
    assert settled is not None
    server = Server()
    outbox.deliver(server, NOW)
    assert server.received == ([] if taken else ["a@example.org r0001"])
    assert outbox.settle("gouji-r0001-a", taken, NOW) is None
    assert outbox.settle("nothing", taken, NOW) is None


def test_a_newer_report_takes_the_place_of_one_that_waits(outbox: Outbox) -> None:
    put(outbox, "r0001")
    outbox.deliver(Server("temporary"), NOW)
    assert outbox.last("report", "a@example.org") is None
    put(outbox, "r0002")
    server = Server()
    outbox.deliver(server, NOW)
    assert server.received == ["a@example.org r0002"]
    assert [it.state for it in outbox.entries()] == ["superseded", "sent"]


def test_a_newer_report_leaves_alerts_and_doubts_and_others_alone(outbox: Outbox) -> None:
    put(outbox, "r0001")
    outbox.deliver(Server("unanswered"), NOW, resend=False)
    outbox.put(message("alert"), "alert", "x", NOW, True)
    put(outbox, "r0001", "b@example.org")
    put(outbox, "r0002")
    assert [it.state for it in outbox.entries()] == ["doubt", "queued", "queued", "queued"]


def test_what_a_reader_last_got(outbox: Outbox) -> None:
    for about in ("r0001", "r0002"):
        put(outbox, about)
        outbox.deliver(Server(), NOW)
    put(outbox, "r0003")
    last = outbox.last("report", "a@example.org")
    assert last is not None
    assert last.about == "r0002"
    assert outbox.last("report", "b@example.org") is None


def test_the_queue_is_read_back_whole(outbox: Outbox) -> None:
    seen: list[bytes] = []
    put(outbox)
    outbox.deliver(lambda it, _: seen.append(it.as_bytes(policy=policy.SMTP)), NOW)
    assert seen == [message().as_bytes(policy=policy.SMTP)]


@pytest.mark.parametrize("name", ["<../../x@y>", "<a/b@c>", "x", "<.hidden@x>", "<a\x00@x>"])
def test_a_name_stays_in_the_folder(outbox: Outbox, name: str) -> None:
    with pytest.raises(ValueError, match="not a message id"):
        outbox.state(name)
