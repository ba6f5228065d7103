"""Handing a message to an SMTP server: encrypted as asked or not at all, and no more said than is known."""

from __future__ import annotations

import contextlib
import re
import smtplib
import ssl
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from email import policy
from email.headerregistry import Address
from email.message import EmailMessage
from pathlib import Path
from typing import Final, Literal, cast, get_args

from notices.addresses import SettingsError, sender_from

Security = Literal["starttls", "tls", "none"]

_PORTS: Final[Mapping[Security, int]] = {"starttls": 587, "tls": 465, "none": 25}
_TIMEOUT: Final = 30.0
#: RFC 5321, 4.5.3.2.6: a server may take ten minutes over the end of a message, and is not to be doubted before
_LAST_WORD: Final = 600.0
#: lines that begin with a dot get another one (RFC 5321, 4.5.2)
_DOTS: Final = re.compile(rb"(?m)^\.")


def _nothing() -> None:
    """What `send` calls where nobody wants to know."""


@dataclass(frozen=True, slots=True)
class SmtpSettings:
    """How to reach the server. `ca_file` replaces the system's authorities.

    Seconds: `timeout` for each step, `last_word` for the answer to the end of a message.
    """

    host: str
    port: int
    security: Security
    username: str | None
    password: str | None = field(repr=False)
    sender: Address
    ca_file: Path | None = None
    timeout: float = _TIMEOUT
    last_word: float = _LAST_WORD


Failure = Literal["temporary", "permanent", "unanswered"]


class SendError(Exception):
    """The server has not said that it took the message.

    `kind` is `temporary` where it has not got it and another try may succeed (a lost connection, 4xx), `permanent`
    where it said no for good (5xx, a certificate that is not valid), and `unanswered` where it got the whole message
    and the connection ended before its last word: it may have taken it or not.
    """

    def __init__(self, kind: Failure, detail: str) -> None:
        self.kind: Failure = kind
        self.detail = " ".join(detail.split())[:500]
        super().__init__(self.detail)


def settings_from(mapping: Mapping[str, str]) -> SmtpSettings | None:
    """Return the settings of the GOUJI_SMTP_… and GOUJI_MAIL_… variables; None without GOUJI_SMTP_HOST.

    Raises SettingsError, which names the variable.
    """
    given = {name: value.strip() for name, value in mapping.items() if value.strip()}
    host = given.get("GOUJI_SMTP_HOST")
    if host is None:
        return None
    security = given.get("GOUJI_SMTP_SECURITY", "starttls")
    if security not in get_args(Security):
        raise SettingsError(f"GOUJI_SMTP_SECURITY: starttls, tls or none, not {security!r}")
    security = cast(Security, security)
    username, password = given.get("GOUJI_SMTP_USERNAME"), mapping.get("GOUJI_SMTP_PASSWORD") or None
    if (username is None) != (password is None):
        raise SettingsError("GOUJI_SMTP_USERNAME and GOUJI_SMTP_PASSWORD: both or neither")
    if password is not None and not (password + (username or "")).isascii():
        raise SettingsError("GOUJI_SMTP_USERNAME and GOUJI_SMTP_PASSWORD: ASCII only")
    if username is not None and security == "none":
        raise SettingsError("GOUJI_SMTP_SECURITY: a password is never sent unencrypted; use starttls or tls")
    if "GOUJI_MAIL_FROM" not in given:
        raise SettingsError("GOUJI_MAIL_FROM: missing, while GOUJI_SMTP_HOST is set")
    return SmtpSettings(
        host=host,
        port=_port(given.get("GOUJI_SMTP_PORT"), security),
        security=security,
        username=username,
        password=password,
        sender=sender_from(given),
        ca_file=_ca_file(given.get("GOUJI_SMTP_CA_FILE")),
    )


def _port(value: str | None, security: Security) -> int:
    if value is None:
        return _PORTS[security]
    if not (value.isascii() and value.isdecimal() and 0 < int(value) < 65536):
        raise SettingsError(f"GOUJI_SMTP_PORT: a number from 1 to 65535, not {value!r}")
    return int(value)


def _ca_file(value: str | None) -> Path | None:
    if value is None:
        return None
    path = Path(value)
    try:
        ssl.create_default_context(cafile=path)
    except OSError as error:
        raise SettingsError(f"GOUJI_SMTP_CA_FILE: {value}: {error}") from error
    return path


def send(message: EmailMessage, settings: SmtpSettings, handing_over: Callable[[], None] = _nothing) -> None:
    """Send a message to the one reader in its To; once this returns, the server has taken it.

    `handing_over` is called when the server has got everything but the line that ends the message: before it, no
    server can have taken the message; after it, one may have. Raises SendError.
    """
    (reader,) = message["To"].addresses
    (sender,) = message["From"].addresses
    data = _DOTS.sub(b"..", message.as_bytes(policy=policy.SMTP))
    try:
        with contextlib.closing(_connect(settings)) as server:
            _envelope(server, sender.addr_spec, reader.addr_spec, len(data))
            server.send(data)
            handing_over()
            _end(server, settings)
            # The server has the message: whatever goes wrong in saying goodbye is no failure.
            with contextlib.suppress(smtplib.SMTPException, OSError):
                server.quit()
    except (smtplib.SMTPException, OSError, UnicodeError) as error:
        raise SendError("temporary" if _temporary(error) else "permanent", _detail(error)) from error


def _envelope(server: smtplib.SMTP, sender: str, reader: str, size: int) -> None:
    """MAIL, RCPT and DATA; raises SMTPResponseException for an answer that is not yes."""
    server.ehlo_or_helo_if_needed()
    options = [f"size={size}"] if server.does_esmtp and server.has_extn("size") else []
    _expect(server.mail(sender, options), 250)
    _expect(server.rcpt(reader), 250, 251)
    _expect(server.docmd("data"), 354)


def _end(server: smtplib.SMTP, settings: SmtpSettings) -> None:
    """The end of the message and the server's last word on it."""
    try:
        if server.sock is not None:
            server.sock.settimeout(settings.last_word)
        server.send(b".\r\n")
        answer = server.getreply()
    except (smtplib.SMTPException, OSError) as error:
        raise SendError("unanswered", f"no answer to the end of the message: {_detail(error)}") from error
    if not 200 <= answer[0] < 600:
        raise SendError("unanswered", f"no proper answer to the end of the message: {answer[0]} {_text(answer[1])}")
    _expect(answer, 250)


def _expect(answer: tuple[int, bytes], *codes: int) -> None:
    if answer[0] not in codes:
        raise smtplib.SMTPResponseException(*answer)


def _connect(settings: SmtpSettings) -> smtplib.SMTP:
    context = ssl.create_default_context(cafile=settings.ca_file)
    server: smtplib.SMTP
    if settings.security == "tls":
        server = smtplib.SMTP_SSL(settings.host, settings.port, timeout=settings.timeout, context=context)
    else:
        server = smtplib.SMTP(settings.host, settings.port, timeout=settings.timeout)
    try:
        if settings.security == "starttls":
            # Raises where the server does not offer it: the connection never goes on in the clear.
            server.starttls(context=context)
        if settings.username is not None and settings.password is not None:
            server.login(settings.username, settings.password)
    except BaseException:
        server.close()
        raise
    return server


def _temporary(error: Exception) -> bool:
    """Whether a later try may succeed: lost connections and 4xx answers, but no certificate or 5xx."""
    if isinstance(error, smtplib.SMTPResponseException):
        return error.smtp_code < 500
    if isinstance(error, smtplib.SMTPServerDisconnected):
        return True
    return isinstance(error, OSError) and not isinstance(error, smtplib.SMTPException | ssl.SSLCertVerificationError)


def _detail(error: Exception) -> str:
    if isinstance(error, smtplib.SMTPResponseException):
        return f"{error.smtp_code} {_text(error.smtp_error)}"
    return f"{type(error).__name__}: {error}"


def _text(answer: bytes | str) -> str:
    return answer.decode("utf-8", "replace") if isinstance(answer, bytes) else answer
