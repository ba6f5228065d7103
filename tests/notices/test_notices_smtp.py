"""Sending, against a real SMTP server: encrypted as asked or not at all, and every refusal told."""

from __future__ import annotations

import asyncio
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from email import policy
from email.headerregistry import Address
from email.message import EmailMessage
from email.parser import BytesParser
from pathlib import Path
from typing import Any

import pytest
import trustme
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session
from made_release import NAMES, READER, RUN, faults, tables

from notices.addresses import SettingsError
from notices.digest import build
from notices.mail import compose, message_id
from notices.smtp import SendError, SmtpSettings, send, settings_from

SENDER = Address("勾稽", addr_spec="gouji@example.org")
TO = Address(addr_spec="a@example.org")
STEPS = ("EHLO", "AUTH", "MAIL", "RCPT", "DATA", "QUIT")


@dataclass
class Box:
    """Keeps what arrives; answers, or drops the connection, as told."""

    answers: dict[str, str] = field(default_factory=dict)  # recipient or step -> answer
    drop: str | None = None
    silent: bool = False
    arrived: list[Envelope] = field(default_factory=list)
    encrypted: list[bool] = field(default_factory=list)
    commands: list[str] = field(default_factory=list)

    def step(self, name: str, server: SMTP) -> None:
        self.commands.append(name)
        if self.drop == name:
            assert server.transport is not None
            server.transport.abort()
            raise ConnectionResetError(name)

    async def handle_EHLO(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, hostname: str, responses: list[str]
    ) -> list[str]:
        self.step("EHLO", server)
        session.host_name = hostname
        return responses

    async def handle_MAIL(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        self.step("MAIL", server)
        assert server.transport is not None
        self.encrypted.append(server.transport.get_extra_info("ssl_object") is not None)
        envelope.mail_from = address
        return "250 OK"

    async def handle_RCPT(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        self.step("RCPT", server)
        answer = self.answers.get(address, "250 OK")
        if answer.startswith("250"):
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        self.step("DATA", server)
        if self.silent:
            await asyncio.sleep(60)
        answer = self.answers.get("DATA", "250 OK")
        if answer.startswith("250"):
            self.arrived.append(envelope)
        return answer

    async def handle_QUIT(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        self.step("QUIT", server)
        return "221 Bye"


@dataclass(frozen=True)
class Post:
    """A running server and the settings that reach it."""

    box: Box
    settings: SmtpSettings


Open = Callable[..., Post]


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture
def post(authority: trustme.CA, tmp_path: Path) -> Iterator[Open]:
    ca_file = tmp_path / "ca.pem"
    authority.cert_pem.write_to_path(str(ca_file))
    running: list[Controller] = []

    def open_(security: str = "starttls", host: str = "127.0.0.1", tls: bool = True, **box_options: Any) -> Post:
        box = Box(**box_options)

        def login(server: SMTP, session: Session, envelope: Envelope, mechanism: str, data: Any) -> AuthResult:
            box.step("AUTH", server)
            good = isinstance(data, LoginPassword) and (data.login, data.password) == (b"gouji", b"secret")
            return AuthResult(success=good, handled=False)

        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        authority.issue_cert(host).configure_cert(context)
        options: dict[str, Any] = {}
        if security == "starttls" and tls:
            options = {
                "tls_context": context,
                "require_starttls": True,
                "authenticator": login,
                "auth_required": True,
            }
        elif security == "tls":
            options = {"ssl_context": context}
        with socket.create_server(("127.0.0.1", 0)) as free:  # aiosmtpd cannot choose a port itself
            port = free.getsockname()[1]
        controller = Controller(box, hostname="127.0.0.1", port=port, **options)
        controller.start()
        running.append(controller)
        named = security == "starttls"
        return Post(
            box,
            SmtpSettings(
                host="127.0.0.1",
                port=port,
                security=security,  # type: ignore[arg-type]  # a parameter of the tests
                username="gouji" if named else None,
                password="secret" if named else None,
                sender=SENDER,
                ca_file=ca_file,
                timeout=5,
            ),
        )

    yield open_
    for controller in running:
        controller.stop()


@pytest.fixture(scope="module")
def message() -> EmailMessage:
    digest = build(RUN, tables(faults(), []), NAMES, READER)
    date = datetime(2025, 4, 1, 19, 2, tzinfo=UTC)
    return compose(digest, (SENDER, TO), message_id(digest, SENDER, TO), date)


@pytest.fixture
def raw() -> Iterator[Callable[[list[bytes | None]], int]]:
    """A server that says its lines, one a command; None drops the connection."""
    sockets: list[socket.socket] = []
    threads: list[threading.Thread] = []

    def serve(listener: socket.socket, lines: list[bytes | None]) -> None:
        connection, _ = listener.accept()
        with connection, connection.makefile("rb") as commands:
            for line in lines:
                if line is None:
                    return
                connection.sendall(line + b"\r\n")
                if not commands.readline():
                    return

    def start(lines: list[bytes | None]) -> int:
        listener = socket.create_server(("127.0.0.1", 0))
        sockets.append(listener)
        threads.append(threading.Thread(target=serve, args=(listener, lines), daemon=True))
        threads[-1].start()
        return int(listener.getsockname()[1])

    yield start
    for listener in sockets:
        listener.close()
    for thread in threads:
        thread.join(5)


def test_arrives_encrypted_and_authenticated(post: Open, message: EmailMessage) -> None:
    opened = post()
    send(message, opened.settings)
    assert opened.box.encrypted == [True]
    assert opened.box.commands[:3] == ["EHLO", "EHLO", "AUTH"]
    (arrived,) = opened.box.arrived
    assert (arrived.mail_from, arrived.rcpt_tos) == ("gouji@example.org", ["a@example.org"])
    content = arrived.content
    assert isinstance(content, bytes)
    assert content == message.as_bytes(policy=policy.SMTP)
    read = BytesParser(policy=policy.default).parsebytes(content)
    assert isinstance(read, EmailMessage)
    for kind in ("plain", "html"):
        body = read.get_body((kind,))
        assert body is not None
        assert "172 + 5" in body.get_content()


def test_arrives_over_tls_and_in_the_clear(post: Open, message: EmailMessage) -> None:
    for security in ("tls", "none"):
        opened = post(security)
        send(message, opened.settings)
        assert len(opened.box.arrived) == 1
        assert opened.box.encrypted == [security == "tls"]


def test_never_falls_back_to_clear_text(post: Open, message: EmailMessage) -> None:
    opened = post(tls=False)
    with pytest.raises(SendError) as caught:
        send(message, opened.settings)
    assert caught.value.kind == "permanent"
    assert "STARTTLS" in caught.value.detail
    assert not {"AUTH", "MAIL"} & set(opened.box.commands)


@pytest.mark.parametrize(
    ("lines", "temporary"),
    [
        ([None], True),
        ([b"421 busy", None], True),
        ([b"554 no", None], False),
        ([b"220 x", b"250-x\r\n250 STARTTLS", b"454 not now", None], True),
        ([b"220 x", b"250-x\r\n250 STARTTLS", b"220 go", None], True),
        # Answers injected before the handshake must not be taken for answers after it.
        ([b"220 x", b"250-x\r\n250 STARTTLS", b"220 go\r\n250 x\r\n235 x\r\n250 x\r\n250 x", None], True),
    ],
)
def test_trouble_before_encryption(
    raw: Callable[[list[bytes | None]], int], message: EmailMessage, lines: list[bytes | None], temporary: bool
) -> None:
    settings = SmtpSettings("127.0.0.1", raw(lines), "starttls", "u", "p", SENDER, timeout=5)
    with pytest.raises(SendError) as caught:
        send(message, settings)
    assert caught.value.kind == ("temporary" if temporary else "permanent")


def test_an_unknown_certificate_is_refused(post: Open, message: EmailMessage) -> None:
    opened = post()
    with pytest.raises(SendError, match="CERTIFICATE_VERIFY_FAILED") as caught:
        send(message, replace(opened.settings, ca_file=None))
    assert caught.value.kind == "permanent"
    assert not {"AUTH", "MAIL"} & set(opened.box.commands)


def test_a_certificate_for_another_host_is_refused(post: Open, message: EmailMessage) -> None:
    opened = post(host="mail.example.org")
    with pytest.raises(SendError, match="CERTIFICATE_VERIFY_FAILED"):
        send(message, opened.settings)


def test_a_wrong_password(post: Open, message: EmailMessage) -> None:
    opened = post()
    with pytest.raises(SendError, match="535") as caught:
        send(message, replace(opened.settings, password="wrong"))
    assert caught.value.kind == "permanent"
    assert "wrong" not in str(caught.value)
    assert "MAIL" not in opened.box.commands


@pytest.mark.parametrize(("answer", "kind"), [("550 no such user", "permanent"), ("450 later", "temporary")])
def test_the_reader_refused(post: Open, message: EmailMessage, answer: str, kind: str) -> None:
    opened = post(answers={"a@example.org": answer})
    with pytest.raises(SendError, match=answer) as caught:
        send(message, opened.settings)
    assert caught.value.kind == kind
    assert not opened.box.arrived


@pytest.mark.parametrize(("answer", "temporary"), [("451 later", True), ("554 spam", False)])
def test_the_message_refused(post: Open, message: EmailMessage, answer: str, temporary: bool) -> None:
    opened = post(answers={"DATA": answer})
    with pytest.raises(SendError, match=answer) as caught:
        send(message, opened.settings)
    assert caught.value.kind == ("temporary" if temporary else "permanent")


@pytest.mark.parametrize("step", STEPS[:-1])
def test_a_dropped_connection_says_what_is_known(post: Open, message: EmailMessage, step: str) -> None:
    """Before the end of the message no server can have taken it; after it nobody can tell."""
    opened = post(drop=step)
    handed: list[str] = []
    with pytest.raises(SendError) as caught:
        send(message, opened.settings, lambda: handed.append(step))
    assert caught.value.kind == ("unanswered" if step == "DATA" else "temporary")
    assert handed == (["DATA"] if step == "DATA" else [])
    assert opened.box.commands[-1] == step


def test_a_drop_after_acceptance_is_no_failure(post: Open, message: EmailMessage) -> None:
    opened = post(drop="QUIT")
    send(message, opened.settings)
    assert len(opened.box.arrived) == 1


def test_no_answer_in_time_is_no_answer(post: Open, message: EmailMessage) -> None:
    opened = post(silent=True)
    with pytest.raises(SendError, match=r"no answer to the end of the message.*timed out") as caught:
        send(message, replace(opened.settings, last_word=0.3))
    assert caught.value.kind == "unanswered"


def test_a_failing_record_leaves_the_message_unended(post: Open, message: EmailMessage) -> None:
    opened = post()

    def fail() -> None:
        raise OSError("disk full")

    with pytest.raises(SendError, match="disk full"):
        send(message, opened.settings, fail)
    assert not opened.box.arrived


def test_lines_of_dots_arrive_as_they_are(post: Open, message: EmailMessage) -> None:
    dotted = EmailMessage(policy=policy.SMTP)
    for name in ("From", "To", "Subject", "Message-ID"):
        dotted[name] = str(message[name])
    dotted.set_content(".\r\n..\r\n.x\r\n\r\n.\r\n", cte="7bit")
    opened = post()
    send(dotted, opened.settings)
    assert opened.box.arrived[0].content == dotted.as_bytes(policy=policy.SMTP)


def test_nobody_listens(message: EmailMessage) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    with pytest.raises(SendError, match="ConnectionRefusedError") as caught:
        send(message, SmtpSettings("127.0.0.1", port, "none", None, None, SENDER, timeout=5))
    assert caught.value.kind == "temporary"


MAIL = {"GOUJI_SMTP_HOST": "smtp.example.org", "GOUJI_MAIL_FROM": "g@example.org"}


def test_no_host_no_settings() -> None:
    assert settings_from({}) is None
    assert settings_from({"GOUJI_SMTP_HOST": " ", "GOUJI_MAIL_TO": "a@b"}) is None


@pytest.mark.parametrize(("security", "port"), [("starttls", 587), ("tls", 465), ("none", 25)])
def test_ports_follow_security(security: str, port: int) -> None:
    settings = settings_from(MAIL | {"GOUJI_SMTP_SECURITY": security})
    assert settings is not None
    assert (settings.security, settings.port) == (security, port)


def test_settings(authority: trustme.CA, tmp_path: Path) -> None:
    ca_file = tmp_path / "ca.pem"
    authority.cert_pem.write_to_path(str(ca_file))
    more = {"USERNAME": "u", "PASSWORD": " p ", "PORT": "2525", "CA_FILE": str(ca_file)}
    settings = settings_from(MAIL | {f"GOUJI_SMTP_{name}": value for name, value in more.items()})
    assert settings is not None
    assert (settings.host, settings.port, settings.security) == ("smtp.example.org", 2525, "starttls")
    assert (settings.username, settings.password, settings.ca_file) == ("u", " p ", ca_file)
    assert str(settings.sender) == "g@example.org"
    assert " p " not in repr(settings)


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"GOUJI_SMTP_SECURITY": "ssl"}, "GOUJI_SMTP_SECURITY"),
        ({"GOUJI_SMTP_PORT": "0"}, "GOUJI_SMTP_PORT"),
        ({"GOUJI_SMTP_PORT": "65536"}, "GOUJI_SMTP_PORT"),
        ({"GOUJI_SMTP_PORT": "２５"}, "GOUJI_SMTP_PORT"),
        ({"GOUJI_SMTP_USERNAME": "u"}, "GOUJI_SMTP_USERNAME and GOUJI_SMTP_PASSWORD"),
        ({"GOUJI_SMTP_PASSWORD": "p"}, "GOUJI_SMTP_USERNAME and GOUJI_SMTP_PASSWORD"),
        ({"GOUJI_SMTP_USERNAME": "u", "GOUJI_SMTP_PASSWORD": "密"}, "ASCII"),
        (
            {"GOUJI_SMTP_USERNAME": "u", "GOUJI_SMTP_PASSWORD": "p", "GOUJI_SMTP_SECURITY": "none"},
            "GOUJI_SMTP_SECURITY",
        ),
        ({"GOUJI_SMTP_CA_FILE": "/nowhere/ca.pem"}, "GOUJI_SMTP_CA_FILE"),
        ({"GOUJI_MAIL_FROM": ""}, "GOUJI_MAIL_FROM"),
        ({"GOUJI_MAIL_FROM": "nobody"}, "GOUJI_MAIL_FROM"),
    ],
)
def test_settings_that_cannot_be_used(change: dict[str, str], named: str) -> None:
    with pytest.raises(SettingsError, match=named) as caught:
        settings_from(MAIL | change)
    assert "\n" not in str(caught.value)
