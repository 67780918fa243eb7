"""OpenID Connect: the authorisation code flow with PKCE, against the one provider that the settings name.

What comes back is believed for its signature alone, by a key that the provider publishes at the address which its own
configuration names; what the token says of keys (`jku`, `jwk`, `x5u`) is a reason to refuse it.
"""

import base64
import json
import secrets
import ssl
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import Annotated, Any, Final, Self
from urllib.parse import urlencode, urlsplit

from pydantic import BaseModel, ConfigDict, Field, model_validator

from traceapp.domain.errors import ProviderError, SettingsError, SignInError
from traceapp.domain.rights import Role
from traceapp.host.outbound import Destination, OutboundGuard
from traceapp.host.private_files import read_secret
from traceapp.host.settings_files import read_settings_file

ALGORITHMS: Final = ("RS256", "PS256", "ES256")
FOREIGN_KEYS: Final = frozenset({"jku", "jwk", "x5u", "x5c", "crit"})
DRIFT: Final = timedelta(minutes=2)
OLDEST: Final = timedelta(minutes=10)
LARGEST: Final = 1024 * 1024
SECONDS: Final = 10.0
SETTING: Final = "TRACEAPP_OIDC_FILE"


class GroupRow(BaseModel):
    """What a group of the provider may do here."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: Annotated[str, Field(min_length=1)]
    role: Role
    sites: frozenset[str] = frozenset({"*"})
    lines: frozenset[str] = frozenset({"*"})


class OidcSettings(BaseModel):
    """The file of the provider. Of the groups that a person is in, the first row counts."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    issuer: Annotated[str, Field(pattern=r"^https?://")]
    client_id: Annotated[str, Field(min_length=1)]
    client_secret_file: Path
    redirect: Annotated[str, Field(pattern=r"^https?://.+/sign-in/provider/back$")]
    group_claim: str = "groups"
    groups: Annotated[tuple[GroupRow, ...], Field(min_length=1)]

    @model_validator(mode="after")
    def _redirect_is_ours(self) -> Self:
        parts = urlsplit(self.redirect)
        if parts.scheme == "http" and parts.hostname not in {"localhost", "127.0.0.1", "::1"}:
            raise ValueError("redirect: wanted https, or the loopback address")
        return self

    def row_of(self, groups: frozenset[str]) -> GroupRow | None:
        return next((row for row in self.groups if row.name in groups), None)


@dataclass(frozen=True, slots=True)
class Asked:
    """What the browser keeps between leaving and coming back, for one sign-in."""

    url: str
    state: str
    nonce: str = field(repr=False)
    verifier: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Claims:
    """Who the provider says it is."""

    issuer: str
    subject: str
    username: str
    printed_name: str
    groups: frozenset[str]


def read_oidc(path: Path) -> OidcSettings:
    """raises  SettingsError: the file cannot be read, or says something unknown; it names the place, never a secret."""
    return read_settings_file(path, OidcSettings, SETTING)


class OidcProvider:
    """The provider of the settings; asks the network only at a sign-in."""

    def __init__(self, settings: OidcSettings, guard: OutboundGuard) -> None:
        """raises  SettingsError: the extra `oidc` is not installed."""
        try:
            import authlib  # noqa: F401
        except ImportError:
            raise SettingsError(f"{SETTING} wants the extra: pip install 'traceapp[oidc]'") from None
        self.settings = settings
        self._guard = guard

    def ask(self) -> Asked:
        """Where to send the browser; raises ProviderError."""
        from authlib.oauth2.rfc7636 import create_s256_code_challenge

        state, nonce, verifier = (secrets.token_urlsafe(32) for _ in range(3))
        query = {
            "response_type": "code",
            "client_id": self.settings.client_id,
            "redirect_uri": self.settings.redirect,
            "scope": "openid profile",
            "state": state,
            "nonce": nonce,
            "code_challenge": create_s256_code_challenge(verifier),
            "code_challenge_method": "S256",
        }
        endpoint = _text(self._configuration(), "authorization_endpoint")
        self._guard.check(endpoint)
        return Asked(f"{endpoint}{'&' if '?' in endpoint else '?'}{urlencode(query)}", state, nonce, verifier)

    def redeem(self, code: str, verifier: str, nonce: str, now: datetime) -> Claims:
        """Who it is, for the code that the browser brought back.

        raises  SignInError: the provider does not take the code, or its token is not for us, not now, not signed by a key
                of its own, or says where to find another key. ProviderError: it cannot be asked.
        """
        configuration = self._configuration()
        said = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": self.settings.redirect,
            "client_id": self.settings.client_id,
            "client_secret": read_secret(self.settings.client_secret_file, "client_secret_file").decode().strip(),
            "code_verifier": verifier,
        }
        status, answer = self._call(_text(configuration, "token_endpoint"), urlencode(said).encode())
        if status != 200 or not isinstance(answer.get("id_token"), str):
            raise SignInError("The identity provider did not take the sign-in.")
        return self._claims(self.verify(answer["id_token"], self._keys(configuration), nonce, now))

    def verify(self, token: str, keys: Mapping[str, Any], nonce: str, now: datetime) -> Mapping[str, Any]:
        """The claims of an ID token, as OpenID Connect Core 1.0 3.1.3.7 has them looked at. raises SignInError."""
        from authlib.oidc.core import CodeIDToken
        from joserfc import jwt
        from joserfc.errors import JoseError
        from joserfc.jwk import KeySet

        refused = SignInError("The identity provider sent a token that is not for this service.")
        header = _header(token)
        if header is None or header.get("alg") not in ALGORITHMS or FOREIGN_KEYS & header.keys():
            raise refused
        client, seconds = self.settings.client_id, int(now.timestamp())
        options = {"iss": {"essential": True, "value": self.settings.issuer}, "aud": {"essential": True, "value": client}}
        try:
            decoded = jwt.decode(token, KeySet.import_key_set({"keys": list(keys["keys"])}), algorithms=list(ALGORITHMS))
            claims = CodeIDToken(decoded.claims, decoded.header, options, {"nonce": nonce, "client_id": client})
            claims.validate(seconds, int(DRIFT.total_seconds()))
            recent = abs(seconds - claims["iat"]) < OLDEST.total_seconds()
        except (JoseError, ValueError, KeyError, TypeError):
            raise refused from None
        if not nonce or not recent or not isinstance(claims["sub"], str) or not claims["sub"]:
            raise refused
        return dict(claims)

    def _claims(self, claims: Mapping[str, Any]) -> Claims:
        groups = claims.get(self.settings.group_claim)
        username = str(claims.get("preferred_username") or claims["sub"])
        named = frozenset(map(str, groups)) if isinstance(groups, list) else frozenset()
        return Claims(self.settings.issuer, claims["sub"], username, str(claims.get("name") or username), named)

    def _configuration(self) -> Mapping[str, Any]:
        status, found = self._call(self.settings.issuer.rstrip("/") + "/.well-known/openid-configuration")
        if status != 200 or found.get("issuer") != self.settings.issuer:
            raise ProviderError("The identity provider does not tell its configuration, or calls itself something else.")
        return found

    def _keys(self, configuration: Mapping[str, Any]) -> Mapping[str, Any]:
        status, keys = self._call(_text(configuration, "jwks_uri"))
        if status != 200 or not isinstance(keys.get("keys"), list):
            raise ProviderError("The identity provider does not tell its keys.")
        return keys

    def _call(self, url: str, form: bytes | None = None) -> tuple[int, Mapping[str, Any]]:
        """Status and JSON object. No redirect is followed; the connection goes to the address that was checked."""
        wanted = self._guard.check(url)
        parts = urlsplit(url)
        path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        headers = {"Accept": "application/json", "Connection": "close"}
        if form is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        connection = self._connect(wanted)
        try:
            connection.request("POST" if form is not None else "GET", path, form, headers)
            reply = connection.getresponse()
            body = reply.read(LARGEST + 1)
            found = json.loads(body) if len(body) <= LARGEST else None
        except (OSError, HTTPException, ValueError):
            raise ProviderError("The identity provider does not answer.") from None
        finally:
            connection.close()
        return reply.status, found if isinstance(found, dict) else {}

    def _connect(self, wanted: Destination) -> HTTPConnection:
        connection = HTTPConnection(wanted.host, wanted.port, timeout=SECONDS)
        try:
            opened = self._guard.connect(wanted.url)
            opened.settimeout(SECONDS)
            if wanted.scheme == "https":
                opened = ssl.create_default_context().wrap_socket(opened, server_hostname=wanted.host)
        except OSError:
            raise ProviderError("The identity provider does not answer.") from None
        connection.sock = opened
        return connection


def _header(token: str) -> dict[str, Any] | None:
    first = token.partition(".")[0]
    try:
        found = json.loads(base64.urlsafe_b64decode(first + "=" * (-len(first) % 4)))
    except ValueError:
        return None
    return found if isinstance(found, dict) else None


def _text(document: Mapping[str, Any], name: str) -> str:
    found = document.get(name)
    if not isinstance(found, str):
        raise ProviderError(f"The identity provider does not tell its {name}.")
    return found
