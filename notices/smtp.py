"""Handing a message to an SMTP server: encrypted as asked or not at all, every refusal reported."""

from __future__ import annotations

import contextlib
import smtplib
import ssl
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from email import policy
from email.message import EmailMessage
from pathlib import Path
from typing import Final, Literal, cast, get_args

from notices.mail import Parties, SettingsError, parties_from

Security = Literal["starttls", "tls", "none"]

_PORTS: Final[Mapping[Security, int]] = {"starttls": 587, "tls": 465, "none": 25}
_TIMEOUT: Final = 30.0


@dataclass(frozen=True, slots=True)
class SmtpSettings:
    """How to reach the server. `ca_file` replaces the system's authorities; `timeout` is in seconds."""

    host: str
    port: int
    security: Security
    username: str | None
    password: str | None = field(repr=False)
    parties: Parties
    ca_file: Path | None = None
    timeout: float = _TIMEOUT


@dataclass(frozen=True, slots=True)
class Refusal:
    """A recipient that the server did not take; temporary where it may take it later (4xx)."""

    recipient: str
    temporary: bool
    detail: str


class SendError(Exception):
    """No recipient was accepted. `temporary` where another try may succeed; `refusals` as far as known."""

    def __init__(self, temporary: bool, detail: str, refusals: tuple[Refusal, ...] = ()) -> None:
        self.temporary = temporary
        self.detail = " ".join(detail.split())[:500]
        self.refusals = refusals
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
    for variable in ("GOUJI_MAIL_FROM", "GOUJI_MAIL_TO"):
        if variable not in given:
            raise SettingsError(f"{variable}: missing, while GOUJI_SMTP_HOST is set")
    return SmtpSettings(
        host=host,
        port=_port(given.get("GOUJI_SMTP_PORT"), security),
        security=security,
        username=username,
        password=password,
        parties=parties_from(given),
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


def send(
    message: EmailMessage, settings: SmtpSettings, recipients: Sequence[str] | None = None
) -> tuple[Refusal, ...]:
    """Send to `recipients` (default: the message's To) and return those that the server refused.

    Once this returns, the server has taken the message for all others. Raises SendError where it has
    taken it for none; a connection lost before the server's last word counts as not taken.
    """
    to = list(recipients) if recipients is not None else [a.addr_spec for a in message["To"].addresses]
    sender = message["From"].addresses[0].addr_spec
    try:
        with contextlib.closing(_connect(settings)) as server:
            refused = server.sendmail(sender, to, message.as_bytes(policy=policy.SMTP))
            # The server has the message: whatever goes wrong in saying goodbye is no failure.
            with contextlib.suppress(smtplib.SMTPException, OSError):
                server.quit()
    except smtplib.SMTPRecipientsRefused as error:
        refusals = _refusals(error.recipients)
        raise SendError(any(it.temporary for it in refusals), "every recipient was refused", refusals) from error
    except (smtplib.SMTPException, OSError, UnicodeError) as error:
        raise SendError(_temporary(error), _detail(error)) from error
    return _refusals(refused)


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


def _refusals(refused: Mapping[str, tuple[int, bytes]]) -> tuple[Refusal, ...]:
    return tuple(
        Refusal(recipient, 400 <= code < 500, f"{code} {text.decode('utf-8', 'replace')}")
        for recipient, (code, text) in refused.items()
    )


def _temporary(error: Exception) -> bool:
    """Whether a later try may succeed: lost connections and 4xx answers, but no certificate or 5xx."""
    if isinstance(error, smtplib.SMTPResponseException):
        return error.smtp_code < 500
    if isinstance(error, smtplib.SMTPServerDisconnected):
        return True
    return isinstance(error, OSError) and not isinstance(error, smtplib.SMTPException | ssl.SSLCertVerificationError)


def _detail(error: Exception) -> str:
    if isinstance(error, smtplib.SMTPResponseException):
        text = error.smtp_error
        shown = text.decode("utf-8", "replace") if isinstance(text, bytes) else text
        return f"{error.smtp_code} {shown}"
    return f"{type(error).__name__}: {error}"
