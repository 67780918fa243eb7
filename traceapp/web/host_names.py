"""Under which names the service answers. A page under another name could be anybody's whose name was turned to this address.

A browser keeps pages apart by name, and a name can be made to mean any address at any moment (DNS rebinding). So a request that
names another host is refused, whoever sends it, and no absolute address is made of a name that was not checked.
"""

import re
from collections.abc import Collection
from pathlib import Path
from typing import Final

from flask import Flask, current_app, request

from traceapp.domain.errors import CertificateError, HostNameError
from traceapp.host.certificates import read_facts

LOOPBACK: Final = frozenset({"localhost", "127.0.0.1", "::1"})
WILDCARDS: Final = frozenset({"0.0.0.0", "::"})  # noqa: S104 - what a service that listens everywhere is bound to, no name of it
ANYWHERE: Final = frozenset({"/healthz", "/readyz"})
"""Asked by machines that know an address only; they tell nothing of the data."""
_HOST: Final = re.compile(r"(?:\[(?P<address>[0-9a-f:.]+)\]|(?P<name>[a-z0-9._-]+))(?::[0-9]{1,5})?")
_EXTENSION: Final = "traceapp.host_names"


class HostNames:
    """Names and addresses of this service: those of the settings, those of its certificate, and the loopback ones.

    said         DNS names and addresses, small letters.
    certificate  PEM file of the host; read again where a name is not known, since it may have been renewed for another one.
    """

    def __init__(self, said: Collection[str] = (), certificate: Path | None = None) -> None:
        self._said = (LOOPBACK | frozenset(name.strip("[]") for name in said)) - WILDCARDS
        self._certificate = certificate
        self._certified: frozenset[str] = frozenset()

    def __contains__(self, name: str) -> bool:
        return name in self._said or _covers(self._certified, name) or _covers(self._read(), name)

    def _read(self) -> frozenset[str]:
        """A certificate that cannot be read names nothing; the server that shows it says so itself."""
        if self._certificate is not None:
            try:
                self._certified = frozenset(map(str.lower, read_facts(self._certificate).names))
            except CertificateError:
                self._certified = frozenset()
        return self._certified


def register(app: Flask, names: HostNames) -> None:
    app.extensions[_EXTENSION] = names


def check_host() -> None:
    """raises  HostNameError: the request names a host that is not this one; what it named is not repeated."""
    if request.path in ANYWHERE:
        return
    names: HostNames = current_app.extensions[_EXTENSION]
    found = _HOST.fullmatch(request.host.lower())
    name = (found["address"] or found["name"]).rstrip(".") if found else ""
    if name not in names:
        raise HostNameError("The request names a host that is not this service.")


def _covers(certified: frozenset[str], name: str) -> bool:
    """By name, or by one that stands for every name one label longer (RFC 9525 §6.3)."""
    _, _, rest = name.partition(".")
    return name in certified or f"*.{rest}" in certified
