"""People are told of approvals: once, over TLS, with no word of what it is about; and nothing waits for a mail server."""

import base64
import hashlib
import hmac
import json
import socketserver
import ssl
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import timedelta
from email import message_from_bytes
from email.message import Message
from ipaddress import ip_network
from pathlib import Path

import pytest

from tests.approving import agree
from tests.clockwork import Clockwork
from tests.contract.test_alert_sinks import KEY, Hook, hook, webhook
from tests.signing import signed_by
from traceapp.composition import terminal_actor
from traceapp.delivery.mail import MailSettings, MailSink, read_mail
from traceapp.delivery.webhook import NoticeHook
from traceapp.domain.approvals import Approval, Operation
from traceapp.domain.errors import NoticeDeliveryError, SettingsError
from traceapp.domain.notices import Notice, NoticeKind
from traceapp.domain.rights import Role
from traceapp.domain.sessions import Client
from traceapp.host.certificates import TlsFolder, init_tls
from traceapp.host.outbound import OutboundGuard
from traceapp.ledger.notice_book import NoticeBook
from traceapp.usecases.accounts.create_account import create_account
from traceapp.usecases.approvals.keep_approvals import keep_approvals
from traceapp.usecases.approvals.request_approval import request_approval
from traceapp.usecases.approvals.tell_of_approvals import Notices, deliver_notices, note_notices
from traceapp.usecases.sessions.open_session import make_session
from traceapp.usecases.stations import Stations

__all__ = ["hook"]
pytestmark = pytest.mark.one_store

EVERYWHERE = frozenset({"*"})
GUARD = OutboundGuard(("localhost",), (ip_network("127.0.0.0/8"), ip_network("::1/128")))
WHY = "The new interface asks for numbers before they are imported."
SECRET = "a password of the mail server"
BOXES = {"anna": "anna@example.org", "cleo": "cleo@example.org"}
TO = {Role.AUDITOR: "audit@example.org"}


class _Session(socketserver.StreamRequestHandler):
    """As much of RFC 5321, STARTTLS and AUTH PLAIN as a client needs; it takes no mail before TLS and no stranger."""

    server: "MailServer"

    def handle(self) -> None:
        tls, known = self.server.implicit, False
        if tls:
            self._begin_tls()
        self._say("220 mail")
        while line := self.rfile.readline():
            word = line.decode().strip()
            match word.partition(" ")[0].upper():
                case "EHLO":
                    self._say("250-mail", "250 AUTH PLAIN" if tls else "250 STARTTLS")
                case "STARTTLS" if self.server.speaks_tls:
                    self._say("220 go on")
                    self._begin_tls()
                    tls = True
                case "AUTH":
                    known = base64.b64decode(word.split()[2]) == f"\0traceapp\0{SECRET}".encode()
                    self._say("235 welcome" if known else "535 no")
                case "MAIL" | "RCPT" | "RSET":
                    self._say("250 ok" if tls and known else "530 no")
                case "DATA":
                    self._say("354 go on")
                    lines = iter(self.rfile.readline, b".\r\n")
                    self.server.got.append(message_from_bytes(b"".join(lines)))
                    self._say("250 taken")
                case "QUIT":
                    self._say("221 bye")
                    return
                case _:
                    self._say("502 no")

    def finish(self) -> None:
        """The connection that TLS made of the one that the server knows."""
        self.wfile.close()
        self.rfile.close()
        self.connection.close()

    def _begin_tls(self) -> None:
        self.connection = self.server.context.wrap_socket(self.connection, server_side=True)
        self.rfile.close()
        self.rfile, self.wfile = self.connection.makefile("rb"), self.connection.makefile("wb", buffering=0)

    def _say(self, *lines: str) -> None:
        self.wfile.write(b"".join(f"{line}\r\n".encode() for line in lines))


class MailServer(socketserver.ThreadingTCPServer):
    """On the loopback address, with a certificate of an authority of its own."""

    daemon_threads = True

    def __init__(self, certificates: Path, *, implicit: bool, speaks_tls: bool = True) -> None:
        super().__init__(("127.0.0.1", 0), _Session)
        self.implicit, self.speaks_tls, self.got = implicit, speaks_tls, list[Message]()
        folder = TlsFolder(certificates)
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.context.load_cert_chain(folder.host, folder.host_key)

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that believes another certificate hangs up."""


@dataclass
class Mailing:
    """How a mail server is started, and what a file that names it says."""

    folder: Path
    running: list[MailServer] = field(default_factory=list)

    def server(self, *, implicit: bool = True, speaks_tls: bool = True) -> MailServer:
        made = MailServer(self.folder, implicit=implicit, speaks_tls=speaks_tls)
        threading.Thread(target=made.serve_forever, args=(0.01,), daemon=True).start()
        self.running.append(made)
        return made

    def sink(self, server: MailServer, *, trusts: bool = True, password: str = SECRET) -> MailSink:
        secret = self.folder / "secret"
        secret.unlink(missing_ok=True)
        secret.write_text(password)
        secret.chmod(0o400)
        scheme, port = "smtps" if server.implicit else "smtp", server.server_address[1]
        settings = MailSettings(
            server=f"{scheme}://localhost:{port}",
            sender="traceapp@example.org",
            address="https://trace.example.org",
            user="traceapp",
            password_file=secret,
            ca_file=TlsFolder(self.folder).authority if trusts else None,
            persons=BOXES,
            roles=TO,
        )
        return MailSink(settings, GUARD)


@pytest.fixture(scope="module")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("mail")
    init_tls(folder, ("localhost",), Clockwork().now())
    return folder


@pytest.fixture
def mailing(certificates: Path) -> Iterator[Mailing]:
    made = Mailing(certificates)
    yield made
    for server in made.running:
        server.shutdown()
        server.server_close()


def waiting(now: Clockwork) -> Notice:
    return Notice(NoticeKind.WAITING, "a" * 16, 0, now.moment + timedelta(hours=4))


@pytest.mark.parametrize("implicit", [True, False], ids=["smtps", "starttls"])
def test_promise_a_mail_says_that_one_waits_and_nothing_else(implicit: bool, mailing: Mailing, clockwork: Clockwork) -> None:
    server = mailing.server(implicit=implicit)
    notice = waiting(clockwork)

    mailing.sink(server).send(notice, "anna@example.org", clockwork.moment)

    (message,) = server.got
    assert (message["To"], message["From"]) == ("anna@example.org", "traceapp@example.org")
    assert message["Message-ID"] == f"<{notice.uid}@traceapp.invalid>"
    text = bytes(message.get_payload(decode=True)).decode()
    until = notice.until.strftime("%Y-%m-%d %H:%M UTC")
    assert text.splitlines() == [
        f"An approval waits, until {until}.",
        f"有一项审批等待处理，截止时间 {until}。",
        "",
        f"https://trace.example.org/approvals/{'a' * 16}",
    ]


def test_attacker_between_us_and_the_mail_server_reads_nothing(mailing: Mailing, clockwork: Clockwork) -> None:
    """A certificate of somebody else, a server that hides STARTTLS, a host that is not on the list: neither mail nor password."""
    forged, plain = mailing.server(), mailing.server(implicit=False, speaks_tls=False)
    other = MailSink(mailing.sink(forged)._settings, OutboundGuard(("mail.example.org",)))
    for sink in (
        mailing.sink(forged, trusts=False),
        mailing.sink(plain),
        other,
        mailing.sink(mailing.server(), password="wrong"),
    ):
        with pytest.raises(NoticeDeliveryError) as refused:
            sink.send(waiting(clockwork), "anna@example.org", clockwork.moment)
        assert SECRET not in str(refused.value)
    assert [server.got for server in mailing.running] == [[], [], []]


def test_promise_a_receiver_of_the_web_hook_can_verify_a_notice(hook: Hook, clockwork: Clockwork) -> None:
    notice = waiting(clockwork)

    NoticeHook(webhook(hook), "https://trace.example.org/").send(notice, "", clockwork.moment)

    ((headers, body),) = hook.got
    signed = f"{notice.uid}.{headers['webhook-timestamp']}.".encode() + body
    assert headers["webhook-signature"] == f"v1,{base64.b64encode(hmac.new(KEY, signed, hashlib.sha256).digest()).decode()}"
    told = json.loads(body)
    assert told["type"] == "approval.waiting"
    assert set(told["data"]) == {"approval", "until", "link"}
    assert told["data"]["link"] == f"https://trace.example.org/approvals/{'a' * 16}"


def test_what_a_mail_file_may_say(tmp_path: Path) -> None:
    path = tmp_path / "mail.toml"
    whole = 'server = "smtps://mail.example.org"\nsender = "t@example.org"\naddress = "https://t.example.org"\n'
    path.write_text(whole + '[roles]\nquality = "qa@example.org"\n')
    assert read_mail(path).place == ("smtps", "mail.example.org", 465)
    for wrong in (
        whole,
        whole + '[roles]\nquality = "qa@example.org, all@example.org"\n',
        whole.replace("smtps", "http") + '[roles]\nquality = "qa@example.org"\n',
        whole + 'user = "a"\n[roles]\nquality = "qa@example.org"\n',
        "server = ",
    ):
        path.write_text(wrong)
        with pytest.raises(SettingsError):
            read_mail(path)


@dataclass
class Kept:
    """A sink that keeps what it gets, and takes nothing while it is away."""

    name: str = "mail"
    away: bool = False
    got: list[tuple[NoticeKind, str]] = field(default_factory=list)

    def recipients(self, persons: list[tuple[str, str]]) -> tuple[str, ...]:
        return tuple(name for name, _ in persons)

    def send(self, notice: Notice, recipient: str, _now: object) -> None:
        if self.away:
            raise NoticeDeliveryError("it is away")
        self.got.append((notice.kind, recipient))


def asked_for(stations: Stations) -> Approval:
    then = replace(stations, clock=Clockwork.before(stations.clock.now()))
    for name, role in (("anna", Role.QUALITY), ("cleo", Role.QUALITY), ("ben", Role.AUDITOR), ("vera", Role.VIEWER)):
        create_account(then, terminal_actor(), name, "correct horse battery", name, role, EVERYWHERE, EVERYWHERE)
    said = {"rule": "denials", "hours": 4}
    return request_approval(stations, _session(stations, "anna"), Operation.ALERT_SILENCE, said, WHY).value


def _session(stations: Stations, name: str):  # type: ignore[no-untyped-def]
    account = stations.accounts.get_account_by_username(name)
    assert account is not None
    opened = make_session(stations, account, Client("", ""), factor_at=stations.clock.now())
    stations.sessions.append_session(opened.session)
    return opened.actor


def test_promise_everybody_who_may_sign_is_told_once_and_the_asker_that_it_expired(
    clocked: Stations, clockwork: Clockwork
) -> None:
    sink = Kept()
    notices = Notices(NoticeBook(clocked.settings.home), [sink], clockwork)
    asked = asked_for(clocked)
    for _ in range(3):
        note_notices(clocked, notices)
        deliver_notices(notices, lambda _: None)
    assert sorted(sink.got) == [(NoticeKind.WAITING, "ben"), (NoticeKind.WAITING, "cleo")], "not whoever asked, nor who may not"

    clockwork.moment = asked.expires_at
    keep_approvals(clocked, terminal_actor())
    note_notices(clocked, notices)
    note_notices(clocked, notices)
    deliver_notices(notices, lambda _: None)
    assert sink.got[2:] == [(NoticeKind.EXPIRED, "anna")]


def test_promise_a_mail_server_that_is_away_blocks_nothing_and_gets_it_later(clocked: Stations, clockwork: Clockwork) -> None:
    away, there = Kept("mail", away=True), Kept("webhook")
    said: list[str] = []
    notices = Notices(NoticeBook(clocked.settings.home), [away, there], clockwork)
    asked = asked_for(clocked)
    note_notices(clocked, notices)

    deliver_notices(notices, said.append)
    ben = _session(clocked, "ben")
    agree(clocked, ben, asked.uid, WHY, signed_by(ben))

    assert (away.got, len(there.got)) == ([], 2)
    assert said == ["a notice was not taken by the mail: it is away; it is offered again"]
    away.away = False
    assert deliver_notices(notices, said.append) == 0, "not before its pause is over"
    clockwork.go_on(10)
    assert deliver_notices(notices, said.append) == 2
    assert sorted(one for _, one in away.got) == ["ben", "cleo"]
