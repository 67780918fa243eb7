"""Notices by mail: SMTP over TLS from the first byte (`smtps`), or from STARTTLS on (`smtp`) before anything is said."""

import smtplib
import socket
import ssl
from collections.abc import Mapping, Sequence
from datetime import datetime
from email.message import EmailMessage
from email.utils import format_datetime
from pathlib import Path
from typing import Annotated, Final, Self
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, model_validator

from traceapp.delivery.notice_message import link_of, notice_words
from traceapp.domain.errors import NoticeDeliveryError, OutboundError, SettingsError
from traceapp.domain.notices import Notice
from traceapp.domain.rights import Role
from traceapp.host.outbound import OutboundGuard
from traceapp.host.private_files import read_secret
from traceapp.host.settings_files import read_settings_file

SETTING: Final = "TRACEAPP_MAIL_FILE"
SECONDS: Final = 10.0
PORTS: Final = {"smtps": 465, "smtp": 587}
Mailbox = Annotated[str, Field(pattern=r"^[^@\s<>,;:\"]+@[^@\s<>,;:\"]+$", max_length=254)]


class MailSettings(BaseModel):
    """The file of the mail server.

    server         smtps://mail.example.org, or smtp:// for STARTTLS; another port behind a colon.
    sender         whom notices come from.
    address        under which people open the service; links begin with it.
    user, password_file  where the server wants them; the password in a file (0400).
    ca_file        certificates (PEM) of the authority that signed the server's; not said: those of the system.
    persons        user name → mail address.   roles  role → address of a group; for whoever has none of his own.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    server: Annotated[str, Field(pattern=r"^smtps?://[A-Za-z0-9.\[\]:-]+$")]
    sender: Mailbox
    address: Annotated[str, Field(pattern=r"^https?://[^\s/]+/?$")]
    user: str | None = None
    password_file: Path | None = None
    ca_file: Path | None = None
    persons: Mapping[str, Mailbox] = {}
    roles: Mapping[Role, Mailbox] = {}

    @model_validator(mode="after")
    def _is_whole(self) -> Self:
        if (self.user is None) != (self.password_file is None):
            raise ValueError("wanted user and password_file, or neither")
        if not self.persons and not self.roles:
            raise ValueError("wanted somebody in persons or roles")
        return self

    @property
    def place(self) -> tuple[str, str, int]:
        """Scheme, host and port."""
        parts = urlsplit(self.server)
        return parts.scheme, parts.hostname or "", parts.port or PORTS[parts.scheme]


def read_mail(path: Path) -> MailSettings:
    """raises  SettingsError: the file cannot be read, or says something unknown; it names the place, never what stands there."""
    return read_settings_file(path, MailSettings, SETTING)


class MailSink:
    """One mail a person; the guard is asked at every one, and the connection goes to the address that it checked."""

    name = "mail"

    def __init__(self, settings: MailSettings, guard: OutboundGuard) -> None:
        """raises  SettingsError: the password or the certificates cannot be read."""
        self._settings = settings
        self._guard = guard
        secret = settings.password_file
        self._password = read_secret(secret, f"{SETTING}: password_file").decode().strip() if secret is not None else None
        try:
            self._context = ssl.create_default_context(cafile=settings.ca_file)
        except (OSError, ssl.SSLError):
            raise SettingsError(f"{SETTING}: ca_file cannot be read") from None

    def recipients(self, persons: Sequence[tuple[str, str]]) -> tuple[str, ...]:
        said = self._settings
        roles = {role.value: box for role, box in said.roles.items()}
        found = (said.persons.get(name) or roles.get(role) for name, role in persons)
        return tuple(dict.fromkeys(one for one in found if one is not None))

    def send(self, notice: Notice, recipient: str, now: datetime) -> None:
        """raises  NoticeDeliveryError: nobody answers within ten seconds, without TLS, or it was not taken."""
        message = EmailMessage()
        subject, text = notice_words(notice, link_of(self._settings.address, notice))
        message["From"], message["To"], message["Subject"] = self._settings.sender, recipient, subject
        message["Date"] = format_datetime(now)
        message["Message-ID"] = f"<{notice.uid}@traceapp.invalid>"
        message["Auto-Submitted"] = "auto-generated"
        message.set_content(text)
        try:
            self._send(message)
        except OutboundError as error:
            raise NoticeDeliveryError(str(error)) from None
        except (OSError, smtplib.SMTPException) as error:
            raise NoticeDeliveryError(f"it was not taken ({type(error).__name__})") from None

    def _send(self, message: EmailMessage) -> None:
        scheme, host, port = self._settings.place
        opened = self._guard.connect(f"https://{host}:{port}")  # the guard knows hosts by such addresses
        opened.settimeout(SECONDS)
        if scheme == "smtps":
            opened = self._context.wrap_socket(opened, server_hostname=host)
        with _Connected(host, port, opened) as server:
            if scheme == "smtp":
                server.starttls(context=self._context)
            if self._settings.user is not None and self._password is not None:
                server.login(self._settings.user, self._password)
            server.send_message(message)


class _Connected(smtplib.SMTP):
    """On a connection that is there."""

    def __init__(self, host: str, port: int, opened: socket.socket) -> None:
        self._opened = opened
        super().__init__(host, port, timeout=SECONDS)

    def _get_socket(self, host: str, port: int, timeout: float) -> socket.socket:
        return self._opened
