"""A certificate authority of one home, and the host certificates that it signs: ECDSA P-256, as browsers take them.

HOME/tls/authority/ca.key   signs and nothing else; wanted at `tls renew` only, so it may be kept elsewhere meanwhile
HOME/tls/authority/ca.pem   what a browser or a client is told to trust; its fingerprint is what people compare
HOME/tls/host/host.key      of the running service
HOME/tls/host/host.pem      the host's certificate, then the authority's

Every file is 0400 in a folder 0700. The authority may sign for the names and addresses that it was made for and for no other
(name constraints), so that its stolen key makes nobody's bank.
"""

import ipaddress
import re
from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from traceapp.domain.errors import CertificateError
from traceapp.host.private_files import write_private

HOST_DAYS: Final = 397
"""Browsers refuse a host certificate that is valid for longer than 398 days."""
AUTHORITY_DAYS: Final = 3650
RENEW_DAYS: Final = 30
"""Days left from which on a renewal is asked for."""
CLOCK_SLACK: Final = timedelta(hours=1)
LOOPBACK: Final = ("localhost", "127.0.0.1", "::1")
_NAME: Final = re.compile(
    r"(?=.{1,253}\Z)(?:\*\.)?(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)*[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
)


@dataclass(frozen=True, slots=True)
class TlsFolder:
    """Where the files of a home lie."""

    home: Path

    @property
    def folder(self) -> Path:
        return self.home / "tls"

    @property
    def authority_key(self) -> Path:
        return self.folder / "authority" / "ca.key"

    @property
    def authority(self) -> Path:
        return self.folder / "authority" / "ca.pem"

    @property
    def host_key(self) -> Path:
        return self.folder / "host" / "host.key"

    @property
    def host(self) -> Path:
        return self.folder / "host" / "host.pem"


@dataclass(frozen=True, slots=True)
class CertificateFacts:
    """What a certificate says. names: DNS names, then addresses; fingerprint: SHA-256, as `AB:CD:…`."""

    names: tuple[str, ...]
    fingerprint: str
    ends: datetime

    def days_left(self, now: datetime) -> int:
        """Whole days; negative where it has ended."""
        return (self.ends - now) // timedelta(days=1)


def init_tls(home: Path, names: Collection[str], now: datetime) -> CertificateFacts:
    """Make the authority of a home and its first host certificate.

    names    of the host, DNS names or addresses; the loopback ones are added.
    returns  the facts of the authority, whose fingerprint people compare.
    raises   CertificateError: there is one already, a name is none, or the folder cannot be written.
    """
    files = TlsFolder(home)
    wanted = _read_names((*names, *LOOPBACK))
    if files.folder.exists():
        raise CertificateError(f"{files.folder} is there already; traceapp tls renew makes its host certificate anew")
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name(
        [
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, "traceapp"),
            x509.NameAttribute(NameOID.COMMON_NAME, f"traceapp local authority {now:%Y-%m-%d}"),
        ]
    )
    authority = (
        _begin(subject, subject, key.public_key(), now, AUTHORITY_DAYS)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_key_usage(signs_certificates=True), critical=True)
        .add_extension(x509.NameConstraints(_subtrees(wanted), None), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .sign(key, hashes.SHA256())
    )
    try:
        for folder in (files.folder, files.authority.parent, files.host.parent):
            folder.mkdir(mode=0o700, parents=True)
        write_private(files.authority_key, _key_bytes(key))
        write_private(files.authority, authority.public_bytes(serialization.Encoding.PEM))
        _put_host(files, _sign_host(authority, key, wanted, now), authority)
    except OSError as error:
        raise CertificateError(f"{files.folder} cannot be written ({error.strerror})") from None
    return _facts(authority)


def renew_tls(home: Path, names: Collection[str], now: datetime) -> CertificateFacts:
    """Another host certificate with a key of its own; a running service takes it up at the next connection.

    names   of the host; empty for the ones that it has. The loopback ones are added.
    raises  CertificateError: no authority or its key is kept elsewhere, the authority has ended or may not sign a name.
    """
    files = TlsFolder(home)
    authority = _read_certificates(files.authority)[0]
    key = _read_key(files.authority_key)
    if key.public_key() != authority.public_key():
        raise CertificateError(f"{files.authority_key} is not the key of {files.authority}")
    if authority.not_valid_after_utc < now + timedelta(days=HOST_DAYS):
        raise CertificateError(f"the authority ends on {authority.not_valid_after_utc:%Y-%m-%d}, before a new certificate would")
    wanted = _read_names((*(names or read_facts(files.host).names), *LOOPBACK))
    permitted = authority.extensions.get_extension_for_class(x509.NameConstraints).value.permitted_subtrees or ()
    for name in wanted:
        if not any(_permits(tree, name) for tree in permitted):
            raise CertificateError(
                f"the authority was not made for {name.value}; move {files.folder} away, then traceapp tls init"
            )
    made = _sign_host(authority, key, wanted, now)
    try:
        files.host.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        _put_host(files, made, authority)
    except OSError as error:
        raise CertificateError(f"{files.folder} cannot be written ({error.strerror})") from None
    return _facts(made[1])


def read_facts(path: Path) -> CertificateFacts:
    """Of the first certificate in a PEM file; raises CertificateError."""
    return _facts(_read_certificates(path)[0])


def _begin(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePublicKey, now: datetime, days: int
) -> x509.CertificateBuilder:
    begins = now.astimezone(UTC).replace(microsecond=0) - CLOCK_SLACK
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(begins)
        .not_valid_after(begins + timedelta(days=days) - timedelta(seconds=1))
    )


def _sign_host(
    authority: x509.Certificate, signer: ec.EllipticCurvePrivateKey, names: Collection[x509.GeneralName], now: datetime
) -> tuple[ec.EllipticCurvePrivateKey, x509.Certificate]:
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.ORGANIZATION_NAME, "traceapp")])
    identifier = authority.extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value
    made = (
        _begin(subject, authority.subject, key.public_key(), now, HOST_DAYS)
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_key_usage(signs_certificates=False), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(identifier), critical=False)
        .sign(signer, hashes.SHA256())
    )
    return key, made


def _put_host(files: TlsFolder, made: tuple[ec.EllipticCurvePrivateKey, x509.Certificate], authority: x509.Certificate) -> None:
    """Key first: a service that looks between the two finds a pair that does not fit, keeps the old one and looks again."""
    key, certificate = made
    chain = certificate.public_bytes(serialization.Encoding.PEM) + authority.public_bytes(serialization.Encoding.PEM)
    write_private(files.host_key, _key_bytes(key))
    write_private(files.host, chain)


def _key_usage(*, signs_certificates: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not signs_certificates,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=signs_certificates,
        crl_sign=signs_certificates,
        encipher_only=False,
        decipher_only=False,
    )


def _key_bytes(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )  # closed by its mode, as every key file of a home


def _read_names(said: Collection[str]) -> list[x509.GeneralName]:
    names: dict[str, x509.GeneralName] = {}
    for text in said:
        word = text.strip().lower().rstrip(".")
        try:
            address = ipaddress.ip_address(word)
        except ValueError:
            if not _NAME.fullmatch(word):
                raise CertificateError(f"wanted a name such as trace.example.org or an address, found {text[:80]!r}") from None
            names[word] = x509.DNSName(word)
        else:
            names[str(address)] = x509.IPAddress(address)
    return list(names.values())


def _subtrees(names: Collection[x509.GeneralName]) -> list[x509.GeneralName]:
    """Each name, and each address as a network of its own; a wildcard stands for its domain."""
    return [
        x509.IPAddress(ipaddress.ip_network(name.value))
        if isinstance(name, x509.IPAddress)
        else x509.DNSName(str(name.value).removeprefix("*."))
        for name in names
    ]


def _permits(tree: x509.GeneralName, name: x509.GeneralName) -> bool:
    if isinstance(name, x509.IPAddress):
        return isinstance(tree, x509.IPAddress) and str(name.value) == str(tree.value).partition("/")[0]
    word = str(name.value).removeprefix("*.")
    return isinstance(tree, x509.DNSName) and (word == tree.value or word.endswith(f".{tree.value}"))


def _read_certificates(path: Path) -> list[x509.Certificate]:
    try:
        return x509.load_pem_x509_certificates(path.read_bytes())
    except OSError as error:
        raise CertificateError(f"the certificate {path} cannot be read ({error.strerror})") from None
    except ValueError:
        raise CertificateError(f"{path} holds no certificate (PEM)") from None


def _read_key(path: Path) -> ec.EllipticCurvePrivateKey:
    try:
        key = serialization.load_pem_private_key(path.read_bytes(), None)
    except FileNotFoundError:
        raise CertificateError(f"the key of the authority is not at {path}; bring it back for the renewal") from None
    except OSError as error:
        raise CertificateError(f"the key {path} cannot be read ({error.strerror})") from None
    except (ValueError, TypeError):
        raise CertificateError(f"{path} holds no key (PEM, without a password)") from None
    if not isinstance(key, ec.EllipticCurvePrivateKey):
        raise CertificateError(f"{path} holds no key of an authority that traceapp made")
    return key


def _facts(certificate: x509.Certificate) -> CertificateFacts:
    digest = certificate.fingerprint(hashes.SHA256()).hex().upper()
    try:
        said = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
        names = (*said.get_values_for_type(x509.DNSName), *map(str, said.get_values_for_type(x509.IPAddress)))
    except x509.ExtensionNotFound:
        names = ()
    pairs = (digest[place : place + 2] for place in range(0, len(digest), 2))
    return CertificateFacts(names, ":".join(pairs), certificate.not_valid_after_utc)
