"""TLS as the service speaks it: 1.2 or newer, ciphers with forward secrecy, a renewed certificate without a restart."""

import logging
import re
import socket
import ssl
import threading
from pathlib import Path
from typing import Final

from traceapp.domain.errors import CertificateError, SettingsError
from traceapp.host.private_files import check_private

CIPHERS: Final = "ECDHE+AESGCM:ECDHE+CHACHA20"
"""Of TLS 1.2; those of 1.3 are all of this kind."""
HANDSHAKE_SECONDS: Final = 5.0
HANDSHAKE: Final = 0x16
_PLAIN_BYTES: Final = 8192
_HOST: Final = re.compile(rb"\r\nhost:[ \t]*([a-z0-9.\-]{1,253}|\[[0-9a-f:.]{2,45}\])(:[0-9]{1,5})?[ \t]*\r\n", re.IGNORECASE)
_ASKED: Final = re.compile(rb"(GET|HEAD) (/[\x21-\x7e]*) HTTP/1\.[01]\r\n")
_TOLD: Final = b"This port speaks HTTPS alone: write https:// in front of the address. What you sent was not read.\n"

_log = logging.getLogger("traceapp.host")


class ServerTls:
    """The service's certificate, and the one way in. gunicorn asks for it at every connection."""

    def __init__(self, certificate: Path, key: Path) -> None:
        """raises  SettingsError: a file is missing or the key open to others. CertificateError: the two do not fit."""
        self._certificate = certificate
        self._key = key
        self._lock = threading.Lock()
        self._seen = self._stamp()
        self._context = self._load()

    def context(self) -> ssl.SSLContext:
        """The newest pair of files that fits; while one of them is being replaced, the pair before."""
        stamp = self._stamp()
        if stamp == self._seen:
            return self._context
        with self._lock:
            if stamp == self._seen:
                return self._context
            try:
                self._context = self._load()
                self._seen = stamp
                _log.warning("the certificate %s was taken up anew", self._certificate)
            except (CertificateError, SettingsError) as error:
                _log.warning("the certificate of before stays in use: %s", error)
            return self._context

    def wrap_socket(self, plain: socket.socket, *, server_side: bool, suppress_ragged_eofs: bool, **_: bool) -> ssl.SSLSocket:
        """What gunicorn calls in place of a context's own: the handshake, within five seconds.

        Who speaks plain HTTP is told where to go.

        raises  ssl.SSLError: SSL_ERROR_EOF, which gunicorn takes as a connection that was closed.
        """
        try:
            plain.settimeout(HANDSHAKE_SECONDS)
            first = plain.recv(1, socket.MSG_PEEK)
            if first and first[0] == HANDSHAKE:
                wrapped = self.context().wrap_socket(
                    plain,
                    server_side=server_side,
                    suppress_ragged_eofs=suppress_ragged_eofs,
                    do_handshake_on_connect=True,  # within the time that is set above
                )
                wrapped.settimeout(None)
                return wrapped
            _turn_away(plain)
        except OSError as error:
            raise ssl.SSLError(ssl.SSL_ERROR_EOF, f"no handshake ({type(error).__name__})") from None
        raise ssl.SSLError(ssl.SSL_ERROR_EOF, "no handshake")

    def _stamp(self) -> tuple[tuple[int, int, int], ...]:
        try:
            found = [path.stat() for path in (self._certificate, self._key)]
        except OSError:
            return ()
        return tuple((status.st_ino, status.st_mtime_ns, status.st_size) for status in found)

    def _load(self) -> ssl.SSLContext:
        return server_context(self._certificate, self._key)


def server_context(certificate: Path, key: Path) -> ssl.SSLContext:
    """raises  SettingsError: a file is missing or the key open to others. CertificateError: the two are no pair."""
    check_private(key, "TRACEAPP_TLS_KEY_FILE")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.set_ciphers(CIPHERS)
    context.options |= ssl.OP_NO_COMPRESSION | ssl.OP_NO_RENEGOTIATION | ssl.OP_CIPHER_SERVER_PREFERENCE
    context.set_alpn_protocols(["http/1.1"])
    try:
        # A key under a password would ask at the terminal; an answer that is none ends that.
        context.load_cert_chain(certificate, key, password=lambda: b"")
    except FileNotFoundError:
        raise SettingsError(f"TRACEAPP_TLS_CERT_FILE: the file {certificate} is missing") from None
    except (ssl.SSLError, OSError, ValueError):
        raise CertificateError(f"{certificate} and {key} are no certificate with its key (PEM, without a password)") from None
    return context


def client_context(*authorities: Path, system: bool = True) -> ssl.SSLContext:
    """What a client of ours trusts: the authorities of the system, and those in these files; names are compared.

    system  False: the files alone, which pins them.
    raises  CertificateError: a file holds no certificate.
    """
    context = ssl.create_default_context() if system else ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    for path in authorities:
        try:
            context.load_verify_locations(path)
        except (ssl.SSLError, OSError):
            raise CertificateError(f"{path} holds no certificate (PEM) that can be read") from None
    return context


def pinned_context(certificate: Path) -> ssl.SSLContext:
    """For the service's look at itself: this certificate and no other, whatever name it was called by."""
    context = client_context(certificate, system=False)
    context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN
    context.check_hostname = False
    return context


def _turn_away(plain: socket.socket) -> None:
    """A browser is sent to the same address over TLS; anything that carries a body or a token is refused unread."""
    sent = plain.recv(_PLAIN_BYTES)
    asked, host = _ASKED.match(sent), _HOST.search(sent)
    if asked is not None and host is not None and b"\r\nauthorization:" not in sent.lower():
        place = b"https://" + host[1] + (host[2] or b"") + asked[2]
        head = b"HTTP/1.1 307 Temporary Redirect\r\nLocation: " + place
    else:
        head = b"HTTP/1.1 400 Bad Request"
    plain.sendall(
        head
        + b"\r\nContent-Type: text/plain; charset=utf-8\r\nCache-Control: no-store\r\nConnection: close\r\nContent-Length: "
        + str(len(_TOLD)).encode()
        + b"\r\n\r\n"
        + _TOLD
    )
    plain.shutdown(socket.SHUT_RDWR)
