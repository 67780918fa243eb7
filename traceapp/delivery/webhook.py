"""Alerts and notices to a web hook, signed as Standard Webhooks 1.0 has it (`v1`, HMAC-SHA-256).

https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
"""

import base64
import binascii
import hashlib
import hmac
import ssl
from collections.abc import Mapping, Sequence
from datetime import datetime
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

import orjson

from traceapp.delivery.alert_message import alert_message
from traceapp.delivery.notice_message import link_of, notice_message
from traceapp.domain.alerts import Alert
from traceapp.domain.errors import AlertDeliveryError, NoticeDeliveryError, OutboundError, SettingsError
from traceapp.domain.notices import Notice
from traceapp.host.outbound import OutboundGuard
from traceapp.host.private_files import read_secret

SETTING: Final = "TRACEAPP_ALERT_WEBHOOK_SECRET_FILE"
PREFIX: Final = "whsec_"
SHORTEST, LONGEST = 24, 64
"""Bytes of a secret, by the specification."""
SECONDS: Final = 5.0


def read_webhook_secret(path: Path) -> bytes:
    """The key in a file: `whsec_` and base64 of 24 to 64 random bytes; raises SettingsError."""
    text = read_secret(path, SETTING).decode("ascii", "replace").strip()
    try:
        key = base64.b64decode(text.removeprefix(PREFIX), validate=True)
    except (binascii.Error, ValueError):
        key = b""
    if not text.startswith(PREFIX) or not SHORTEST <= len(key) <= LONGEST:
        raise SettingsError(f"{SETTING}: wanted {PREFIX} and base64 of {SHORTEST} to {LONGEST} random bytes in {path}")
    return key


def sign(key: bytes, message_id: str, seconds: int, body: bytes) -> str:
    """What stands in `webhook-signature`."""
    said = f"{message_id}.{seconds}.".encode() + body
    return f"v1,{base64.b64encode(hmac.digest(key, said, hashlib.sha256)).decode()}"


class WebhookError(Exception):
    """A message was not taken."""


class WebhookSink:
    """One address; the guard is asked at every call, and the connection goes to the address that it checked."""

    name = "webhook"

    def __init__(self, url: str, key: bytes, guard: OutboundGuard) -> None:
        self._url = url
        self._key = key
        self._guard = guard

    def send(self, alert: Alert, title: str, now: datetime) -> None:
        """The id of the message is the alert's, so that a receiver knows one that comes twice; raises AlertDeliveryError."""
        try:
            self.post(alert.uid, alert_message(alert, title), now)
        except WebhookError as error:
            raise AlertDeliveryError(str(error)) from None

    def post(self, message_id: str, message: Mapping[str, Any], now: datetime) -> None:
        """raises  WebhookError: no 2xx within five seconds, or an address that may not be called. No redirect is followed."""
        body, seconds = orjson.dumps(message), int(now.timestamp())
        headers = {
            "Content-Type": "application/json",
            "Connection": "close",
            "User-Agent": "traceapp",
            "webhook-id": message_id,
            "webhook-timestamp": str(seconds),
            "webhook-signature": sign(self._key, message_id, seconds, body),
        }
        try:
            status = self._post(body, headers)
        except (OSError, HTTPException, OutboundError) as error:
            raise WebhookError(_why(error)) from None
        if not 200 <= status < 300:
            raise WebhookError(f"it answered {status}")

    def _post(self, body: bytes, headers: dict[str, str]) -> int:
        wanted = self._guard.check(self._url)
        parts = urlsplit(self._url)
        path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        connection = HTTPConnection(wanted.host, wanted.port, timeout=SECONDS)
        opened = self._guard.connect(self._url)
        try:
            opened.settimeout(SECONDS)
            if wanted.scheme == "https":
                opened = ssl.create_default_context().wrap_socket(opened, server_hostname=wanted.host)
            connection.sock = opened
            connection.request("POST", path, body, headers)
            return connection.getresponse().status
        finally:
            connection.close()
            opened.close()


def _why(error: Exception) -> str:
    """Without the address, which may hold a secret of its receiver."""
    return str(error) if isinstance(error, OutboundError) else f"it does not answer ({type(error).__name__})"


class NoticeHook:
    """The same web hook for notices: one message for each, to no person."""

    name = "webhook"

    def __init__(self, hook: WebhookSink, address: str) -> None:
        """address  under which people open the service; empty where nobody said it."""
        self._hook = hook
        self._address = address

    def recipients(self, persons: Sequence[tuple[str, str]]) -> tuple[str, ...]:
        return ("",)

    def send(self, notice: Notice, recipient: str, now: datetime) -> None:
        """raises  NoticeDeliveryError."""
        try:
            self._hook.post(notice.uid, notice_message(notice, link_of(self._address, notice), now), now)
        except WebhookError as error:
            raise NoticeDeliveryError(str(error)) from None
