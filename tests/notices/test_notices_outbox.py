"""Each message once: over runs, over failures, over kills."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from email import policy
from email.headerregistry import Address
from email.message import EmailMessage
from pathlib import Path

import pytest
from made_release import NAMES, RUN, faults, tables

from notices.digest import build
from notices.mail import Parties, compose, message_id
from notices.outbox import Outbox
from notices.smtp import Refusal, SendError

SENDER = Address(addr_spec="gouji@example.org")
READERS = (Address(addr_spec="a@example.org"), Address(addr_spec="b@example.org"))
BOTH = ["a@example.org", "b@example.org"]


class Killed(BaseException):
    """Stands for the end of the process: nothing may catch it."""


class Server:
    """Plays what `notices.smtp.send` gives, and remembers who received how often."""

    def __init__(self, *, refuse: dict[str, bool] | None = None, error: SendError | None = None) -> None:
        self.refuse, self.error = refuse or {}, error
        self.received: list[str] = []

    def __call__(self, message: EmailMessage, recipients: Sequence[str]) -> tuple[Refusal, ...]:
        if self.error:
            raise self.error
        refusals = tuple(Refusal(to, self.refuse[to], "no") for to in recipients if to in self.refuse)
        if len(refusals) == len(recipients):
            raise SendError(any(it.temporary for it in refusals), "every recipient was refused", refusals)
        self.received += [to for to in recipients if to not in self.refuse]
        return refusals


@pytest.fixture
def message() -> EmailMessage:
    digest = build(RUN, tables(faults(), []), NAMES)
    date = datetime(2025, 4, 1, 19, 2, tzinfo=UTC)
    return compose(digest, SENDER, READERS, message_id(digest, Parties(SENDER, READERS)), date)


@pytest.fixture
def outbox(tmp_path: Path) -> Outbox:
    return Outbox(tmp_path / "outbox")


def test_without_a_server_it_is_kept(outbox: Outbox, message: EmailMessage) -> None:
    assert outbox.state(message["Message-ID"]) is None
    path = outbox.keep(message)
    assert path.parent == outbox.folder
    assert path.name.startswith("gouji-r0003-")
    assert path.read_bytes() == message.as_bytes(policy=policy.SMTP)
    assert outbox.state(message["Message-ID"]) == "kept"
    assert outbox.keep(message) == path
    assert [it.name for it in outbox.folder.iterdir()] == [path.name]
    server = Server()
    assert outbox.deliver(server) == ()
    assert not server.received


def test_sent_once(outbox: Outbox, message: EmailMessage) -> None:
    server = Server()
    queued = outbox.queue(message)
    assert outbox.state(message["Message-ID"]) == "queued"
    (delivery,) = outbox.deliver(server)
    assert (delivery.delivered, delivery.refused, delivery.pending, delivery.error) == (tuple(BOTH), (), (), None)
    assert outbox.state(message["Message-ID"]) == "sent"
    assert not queued.exists()
    assert outbox.queue(message).parent.name == "sent"
    assert outbox.deliver(server) == ()
    assert server.received == BOTH


def test_a_failure_leaves_it_in_line(outbox: Outbox, message: EmailMessage) -> None:
    outbox.queue(message)
    for temporary in (True, False):
        (delivery,) = outbox.deliver(Server(error=SendError(temporary, "421 busy")))
        assert (delivery.delivered, delivery.pending, delivery.error) == ((), tuple(BOTH), "421 busy")
        assert outbox.state(message["Message-ID"]) == "queued"
    server = Server()
    outbox.deliver(server)
    assert server.received == BOTH


def test_those_who_have_it_are_not_sent_it_again(outbox: Outbox, message: EmailMessage) -> None:
    outbox.queue(message)
    first = Server(refuse={BOTH[1]: True})
    (delivery,) = outbox.deliver(first)
    assert (delivery.delivered, delivery.pending) == ((BOTH[0],), (BOTH[1],))
    later = Server()
    outbox.deliver(later)
    assert (first.received, later.received) == ([BOTH[0]], [BOTH[1]])
    assert outbox.state(message["Message-ID"]) == "sent"


def test_a_lasting_refusal_is_recorded_and_not_tried_again(outbox: Outbox, message: EmailMessage) -> None:
    outbox.queue(message)
    outbox.deliver(Server(refuse={BOTH[1]: False}))
    assert outbox.state(message["Message-ID"]) == "sent"
    (record,) = (outbox.folder / "sent").glob("*.json")
    assert json.loads(record.read_text("utf-8")) == {BOTH[0]: "delivered", BOTH[1]: "refused: no"}


def test_refused_by_all_is_not_called_sent(outbox: Outbox, message: EmailMessage) -> None:
    outbox.queue(message)
    outbox.deliver(Server(refuse={BOTH[0]: False, BOTH[1]: True}))
    assert outbox.state(message["Message-ID"]) == "queued"
    server = Server(refuse=dict.fromkeys(BOTH, False))
    (delivery,) = outbox.deliver(server)
    assert delivery.refused == (Refusal(BOTH[1], False, "no"),)
    assert outbox.state(message["Message-ID"]) == "refused"
    assert outbox.deliver(server) == ()
    assert outbox.queue(message).parent.name == "refused"


def test_a_kill_before_the_server_has_it(outbox: Outbox, message: EmailMessage) -> None:
    def die(message: EmailMessage, recipients: Sequence[str]) -> tuple[Refusal, ...]:
        raise Killed

    outbox.queue(message)
    with pytest.raises(Killed):
        outbox.deliver(die)
    server = Server()
    outbox.deliver(server)
    assert server.received == BOTH


@pytest.mark.parametrize("at", [1, 2, 3])
def test_a_kill_while_putting_away(
    outbox: Outbox, message: EmailMessage, monkeypatch: pytest.MonkeyPatch, at: int
) -> None:
    """Renames are: the record, the message, the record again. Only before the first is a second mail due."""
    outbox.queue(message)
    server = Server()
    moved, rename = 0, Path.replace

    def dying(self: Path, target: Path) -> Path:
        nonlocal moved
        moved += 1
        if moved == at:
            raise Killed
        return rename(self, target)

    with monkeypatch.context() as patch:
        patch.setattr(Path, "replace", dying)
        with pytest.raises(Killed):
            outbox.deliver(server)
    outbox.deliver(server)
    assert outbox.state(message["Message-ID"]) == "sent"
    assert server.received == (BOTH * 2 if at == 1 else BOTH)


def test_the_queue_is_read_back_whole(outbox: Outbox, message: EmailMessage) -> None:
    seen: list[bytes] = []

    def look(message: EmailMessage, recipients: Sequence[str]) -> tuple[Refusal, ...]:
        seen.append(message.as_bytes(policy=policy.SMTP))
        return ()

    outbox.queue(message)
    outbox.deliver(look)
    assert seen == [message.as_bytes(policy=policy.SMTP)]


@pytest.mark.parametrize("name", ["<../../x@y>", "<a/b@c>", "x", "<.hidden@x>", "<a\x00@x>"])
def test_a_name_stays_in_the_folder(outbox: Outbox, name: str) -> None:
    with pytest.raises(ValueError, match="not a message id"):
        outbox.state(name)
