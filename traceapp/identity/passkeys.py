"""Passkeys (WebAuthn): a key that never leaves the device signs a challenge, for this host and no other."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from typing import Any

import webauthn
from webauthn.helpers import base64url_to_bytes, bytes_to_base64url
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from traceapp.domain.errors import FactorRefusedError
from traceapp.domain.factors import Passkey, Site

REFUSED = "The passkey was refused."


def registration_options(site: Site, account_uid: str, username: str, known: tuple[Passkey, ...], challenge: bytes) -> str:
    """What the browser makes a passkey from, as JSON."""
    return webauthn.options_to_json(
        webauthn.generate_registration_options(
            rp_id=site.host,
            rp_name="traceapp",
            user_name=username,
            user_id=bytes.fromhex(account_uid),
            challenge=challenge,
            exclude_credentials=_descriptors(known),
            authenticator_selection=AuthenticatorSelectionCriteria(
                resident_key=ResidentKeyRequirement.PREFERRED, user_verification=UserVerificationRequirement.REQUIRED
            ),
        )
    )


def verify_registration(credential: str, challenge: bytes, site: Site, label: str, now: datetime) -> Passkey:
    """The new passkey; raises FactorRefusedError: for another challenge or host, or no proof at all."""
    with _refused_where_it_fails():
        made = webauthn.verify_registration_response(
            credential=credential,
            expected_challenge=challenge,
            expected_rp_id=site.host,
            expected_origin=site.origin,
            require_user_verification=True,
        )
    return Passkey(
        bytes_to_base64url(made.credential_id), bytes_to_base64url(made.credential_public_key), made.sign_count, label, now
    )


def assertion_options(site: Site, known: tuple[Passkey, ...], challenge: bytes) -> str:
    """What the browser lets a passkey sign, as JSON; `known` is empty where nobody is known yet."""
    return webauthn.options_to_json(
        webauthn.generate_authentication_options(
            rp_id=site.host,
            challenge=challenge,
            allow_credentials=_descriptors(known),
            user_verification=UserVerificationRequirement.REQUIRED,
        )
    )


def verify_assertion(credential: str, known: tuple[Passkey, ...], challenge: bytes, site: Site) -> Passkey:
    """The passkey that signed, with its counter as it is now.

    raises  FactorRefusedError: none of these, made for another challenge or host, without the person's finger or PIN, or
            with a counter that did not grow, as that of a copied key.
    """
    found = _document(credential)
    passkey = next((key for key in known if key.credential_id == found.get("id")), None)
    if passkey is None:
        raise FactorRefusedError(REFUSED)
    with _refused_where_it_fails():
        shown = webauthn.verify_authentication_response(
            credential=credential,
            expected_challenge=challenge,
            expected_rp_id=site.host,
            expected_origin=site.origin,
            credential_public_key=base64url_to_bytes(passkey.public_key),
            credential_current_sign_count=passkey.sign_count,
            require_user_verification=True,
        )
    return replace(passkey, sign_count=shown.new_sign_count)


@contextmanager
def _refused_where_it_fails() -> Iterator[None]:
    """Whatever the library finds wrong, and what it stumbles over in a form of the attacker's own, is one refusal."""
    try:
        yield
    except (WebAuthnException, ValueError, KeyError, TypeError):
        raise FactorRefusedError(REFUSED) from None


def account_uid_of(credential: str) -> str | None:
    """Whose passkey it says it is; proven by nothing but the signature."""
    response = _document(credential).get("response")
    handle = response.get("userHandle") if isinstance(response, dict) else None
    try:
        return base64url_to_bytes(handle).hex() if isinstance(handle, str) else None
    except ValueError:
        return None


def _document(credential: str) -> dict[str, Any]:
    try:
        found = json.loads(credential)
    except ValueError:
        raise FactorRefusedError(REFUSED) from None
    return found if isinstance(found, dict) else {}


def _descriptors(known: tuple[Passkey, ...]) -> list[PublicKeyCredentialDescriptor]:
    return [PublicKeyCredentialDescriptor(id=base64url_to_bytes(key.credential_id)) for key in known]
