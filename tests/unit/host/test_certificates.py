"""The local authority and what it signs, as a strict reader sees it."""

import stat
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.verification import PolicyBuilder, Store, VerificationError

from traceapp.domain.errors import CertificateError
from traceapp.host.certificates import HOST_DAYS, TlsFolder, init_tls, read_facts, renew_tls

NOW = datetime(2026, 11, 25, 20, 0, tzinfo=UTC)


@pytest.fixture
def files(tmp_path: Path) -> TlsFolder:
    init_tls(tmp_path, ("trace.example.org", "10.1.0.7"), NOW)
    return TlsFolder(tmp_path)


def load(path: Path) -> list[x509.Certificate]:
    return x509.load_pem_x509_certificates(path.read_bytes())


def test_every_file_is_for_its_owner_alone(files: TlsFolder) -> None:
    found = {path: stat.S_IMODE(path.stat().st_mode) for path in files.folder.rglob("*")}

    assert {mode for path, mode in found.items() if path.is_file()} == {0o400}
    assert {mode for path, mode in found.items() if path.is_dir()} == {0o700}
    assert files.authority_key.parent != files.host_key.parent


def test_the_host_certificate_is_what_browsers_take(files: TlsFolder) -> None:
    host, authority = load(files.host)
    key = serialization.load_pem_private_key(files.host_key.read_bytes(), None)

    assert isinstance(key, ec.EllipticCurvePrivateKey)
    assert isinstance(key.curve, ec.SECP256R1)
    assert key.public_key() == host.public_key()
    assert host.not_valid_after_utc - host.not_valid_before_utc < timedelta(days=HOST_DAYS)
    assert authority == load(files.authority)[0]
    assert authority.public_key() != host.public_key()
    assert set(read_facts(files.host).names) == {"trace.example.org", "localhost", "10.1.0.7", "127.0.0.1", "::1"}
    verifier = PolicyBuilder().store(Store([authority])).time(NOW).build_server_verifier(x509.DNSName("trace.example.org"))
    assert verifier.verify(host, [])[0] == host


def test_it_is_for_no_other_name(files: TlsFolder) -> None:
    host, authority = load(files.host)
    verifier = PolicyBuilder().store(Store([authority])).time(NOW).build_server_verifier(x509.DNSName("bank.example.org"))

    with pytest.raises(VerificationError):
        verifier.verify(host, [])


def test_attacker_with_the_key_of_the_authority_makes_nobody_elses_certificate(files: TlsFolder, tmp_path: Path) -> None:
    """The authority's key is stolen and used for another name: readers refuse what it signs, since it may sign ours alone."""
    authority = load(files.authority)[0]
    signer = serialization.load_pem_private_key(files.authority_key.read_bytes(), None)
    assert isinstance(signer, ec.EllipticCurvePrivateKey)
    key = ec.generate_private_key(ec.SECP256R1())
    host = load(files.host)[0]
    forged = x509.CertificateBuilder(
        issuer_name=authority.subject,
        subject_name=host.subject,
        public_key=key.public_key(),
        serial_number=x509.random_serial_number(),
        not_valid_before=host.not_valid_before_utc,
        not_valid_after=host.not_valid_after_utc,
        extensions=[
            x509.Extension(
                x509.SubjectAlternativeName.oid, False, x509.SubjectAlternativeName([x509.DNSName("bank.example.org")])
            ),
            *(extension for extension in host.extensions if extension.oid != x509.SubjectAlternativeName.oid),
        ],
    ).sign(signer, hashes.SHA256())
    verifier = PolicyBuilder().store(Store([authority])).time(NOW).build_server_verifier(x509.DNSName("bank.example.org"))

    with pytest.raises(VerificationError, match=r"(?i)permitted|constraint"):
        verifier.verify(forged, [])


def test_a_renewal_has_a_key_of_its_own_and_the_names_of_before(files: TlsFolder) -> None:
    old, old_key = read_facts(files.host), files.host_key.read_bytes()
    renewed = renew_tls(files.home, (), NOW + timedelta(days=300))

    assert renewed.names == old.names
    assert renewed.fingerprint != old.fingerprint
    assert files.host_key.read_bytes() != old_key
    assert (old.days_left(NOW), renewed.days_left(NOW + timedelta(days=300))) == (396, 396)


def test_a_renewal_for_fewer_names_keeps_the_loopback_ones(files: TlsFolder) -> None:
    assert set(renew_tls(files.home, ("10.1.0.7",), NOW).names) == {"localhost", "10.1.0.7", "127.0.0.1", "::1"}


@pytest.mark.parametrize("name", ["other.example.org", "example.org", "10.1.0.8", "xtrace.example.org"])
def test_a_name_beyond_the_authority_is_refused(name: str, files: TlsFolder) -> None:
    before = files.host.read_bytes()

    with pytest.raises(CertificateError, match="the authority was not made for"):
        renew_tls(files.home, (name,), NOW)
    assert files.host.read_bytes() == before


def test_the_key_of_the_authority_may_be_kept_elsewhere(files: TlsFolder) -> None:
    files.authority_key.unlink()

    with pytest.raises(CertificateError, match="bring it back"):
        renew_tls(files.home, (), NOW)


def test_an_authority_is_not_made_twice(files: TlsFolder) -> None:
    with pytest.raises(CertificateError, match="is there already"):
        init_tls(files.home, (), NOW)


def test_an_authority_that_ends_first_signs_nothing(files: TlsFolder) -> None:
    with pytest.raises(CertificateError, match="the authority ends on"):
        renew_tls(files.home, (), NOW + timedelta(days=3400))


@pytest.mark.parametrize("name", ["", "no spaces", "a..b", "-a.example", "x" * 64 + ".example", "*", "https://a.example", "a_b"])
def test_what_is_no_name_is_refused(name: str, tmp_path: Path) -> None:
    with pytest.raises(CertificateError, match="wanted a name"):
        init_tls(tmp_path, (name,), NOW)
    assert not TlsFolder(tmp_path).folder.exists()
