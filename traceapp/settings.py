"""The only reader of the environment."""

import os
from pathlib import Path
from typing import Annotated, Final, Literal
from zoneinfo import ZoneInfo

from pydantic import Field, SecretStr, ValidationError, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from traceapp.domain.errors import SettingsError
from traceapp.environment import Hosts, LogLevel, Networks, ShiftTimes, Zone, check_debuggers, check_names

TOGETHER: Final = (
    ("tls_cert_file", "tls_key_file"),
    ("alert_webhook", "alert_webhook_secret_file"),
    ("anchor_witness", "anchor_witness_key"),
    ("anchor_tsa", "anchor_tsa_ca_file"),
)
"""Settings of which the one says nothing without the other."""


class Settings(BaseSettings):
    """Everything that an environment variable or the command line can decide.

    `NEO4J_*` are the names every Neo4j tool uses; without `NEO4J_URI` the embedded engine is started under `home`.
    The descriptions are docs/settings.md.
    """

    model_config = SettingsConfigDict(extra="ignore", arbitrary_types_allowed=True)

    home: Annotated[
        Path,
        Field(
            validation_alias="TRACEAPP_HOME",
            description="Home folder: keys, ledger, raw files, the embedded store, `organisation.toml`. `--home` goes before it.",
        ),
    ] = Path("var")
    neo4j_uri: Annotated[
        str | None,
        Field(
            validation_alias="NEO4J_URI",
            description="The Neo4j server, 5.26 or newer, such as `neo4j+s://graph.example.org:7687`. "
            "Not set: the embedded engine is started under the home folder.",
        ),
    ] = None
    neo4j_username: Annotated[
        str, Field(validation_alias="NEO4J_USERNAME", description="User of the Neo4j server; read only where `NEO4J_URI` is set.")
    ] = "neo4j"
    neo4j_password: Annotated[
        SecretStr | None,
        Field(validation_alias="NEO4J_PASSWORD", description="Password of that user. This one or the next, never both."),
    ] = None
    neo4j_password_file: Annotated[
        Path | None,
        Field(
            validation_alias="NEO4J_PASSWORD_FILE",
            description="File that holds the password, so that it stands in no environment and no process list. "
            "Like every file of a secret, it must be closed to others (0400).",
        ),
    ] = None
    neo4j_ca_file: Annotated[
        Path | None,
        Field(
            validation_alias="NEO4J_CA_FILE",
            description="Certificates (PEM) of the authority that signed the server's: that one is trusted and no other. "
            "Wants `neo4j+s://` or `bolt+s://`. Not set: the authorities of the system.",
        ),
    ] = None
    neo4j_database: Annotated[str, Field(validation_alias="NEO4J_DATABASE", description="Database on the Neo4j server.")] = (
        "neo4j"
    )
    policy: Annotated[
        str,
        Field(
            validation_alias="TRACEAPP_POLICY",
            description="Who may do what: `default`, `small` (a maker with five persons) or the path of a document of your own. "
            "A change denies everything until it is accepted with `traceapp policy accept`.",
        ),
    ] = "default"
    allow_plain_bolt: Annotated[
        bool,
        Field(
            validation_alias="TRACEAPP_ALLOW_PLAIN_BOLT",
            description="Dangerous: `1` sends password and data unencrypted to a server on another machine. "
            "Only for a network that nobody else can read; on the loopback address it is not needed.",
        ),
    ] = False
    key_provider: Annotated[
        Literal["file", "pkcs11"],
        Field(
            validation_alias="TRACEAPP_KEY_PROVIDER",
            description="Who holds the key-encryption key: `file`, a file of the home folder, with which a stolen disk speaks, "
            "or `pkcs11`, a hardware security module. Read when keys are made; `traceapp keys rotate --kek` moves later.",
        ),
    ] = "file"
    pkcs11_module: Annotated[
        Path | None,
        Field(
            validation_alias="TRACEAPP_PKCS11_MODULE",
            description="Library of the module's vendor, such as `/usr/lib/softhsm/libsofthsm2.so`; for `pkcs11`.",
        ),
    ] = None
    pkcs11_token: Annotated[
        str | None, Field(validation_alias="TRACEAPP_PKCS11_TOKEN", description="Label of the token; for `pkcs11`.")
    ] = None
    pkcs11_pin_file: Annotated[
        Path | None,
        Field(
            validation_alias="TRACEAPP_PKCS11_PIN_FILE",
            description="File that holds the PIN of the token, 0400, so that it stands in no environment and no process list; "
            "for `pkcs11`.",
        ),
    ] = None
    recovery_key: Annotated[
        Literal["officers", "elsewhere"],
        Field(
            validation_alias="TRACEAPP_RECOVERY_KEY",
            description="What opens the home when its key provider is lost: `officers`, a recovery key that `traceapp keys "
            "officers` cuts in two, or `elsewhere`, something that you keep otherwise. Without the first the service does not "
            "start, unless you say the second.",
        ),
    ] = "officers"
    reencrypt_rate: Annotated[
        float,
        Field(
            validation_alias="TRACEAPP_REENCRYPT_RATE",
            gt=0,
            allow_inf_nan=False,
            description="Records a second that the service brings under new keys after a rotation, or to the new place of a site "
            "or product line that was moved; more or less.",
        ),
    ] = 2000.0
    ledger_reserve: Annotated[
        int,
        Field(
            validation_alias="TRACEAPP_LEDGER_RESERVE",
            ge=0,
            le=4096,
            description="MiB of the ledger's disk that are set aside for records, so that a full disk stops nobody half-way: "
            "64 hold about 60,000 records. `0` sets nothing aside.",
        ),
    ] = 64
    verify_every: Annotated[
        float,
        Field(
            validation_alias="TRACEAPP_VERIFY_EVERY",
            gt=0,
            le=24,
            allow_inf_nan=False,
            description="Hours between two checks of the whole ledger, which the service makes by itself at the lowest priority; "
            "a day without one is an alert.",
        ),
    ] = 6.0
    anchor_every: Annotated[
        float,
        Field(
            validation_alias="TRACEAPP_ANCHOR_EVERY",
            ge=1,
            allow_inf_nan=False,
            description="Seconds between two checkpoints of the ledger that go to the witness and to the second file system; "
            "the time-stamp authority is asked once an hour.",
        ),
    ] = 60.0
    anchor_copy: Annotated[
        Path | None,
        Field(
            validation_alias="TRACEAPP_ANCHOR_COPY",
            description="Folder on a second file system, out of reach of this host's administrator: checkpoints of the ledger "
            "are appended to a file there.",
        ),
    ] = None
    anchor_witness: Annotated[
        Path | None,
        Field(
            validation_alias="TRACEAPP_ANCHOR_WITNESS",
            description="Folder that a witness (`traceapp-witness`) reaches as well, and countersigns checkpoints in.",
        ),
    ] = None
    anchor_witness_key: Annotated[
        str | None,
        Field(
            validation_alias="TRACEAPP_ANCHOR_WITNESS_KEY",
            description="Verifier key of that witness, as `traceapp-witness --make-key` printed it.",
        ),
    ] = None
    anchor_tsa: Annotated[
        str | None,
        Field(
            validation_alias="TRACEAPP_ANCHOR_TSA",
            description="Address of a time-stamp authority (RFC 3161), which stamps a checkpoint once an hour; its host belongs "
            "into `TRACEAPP_OUTBOUND_HOSTS`. Needs `traceapp[timestamps]`.",
        ),
    ] = None
    anchor_tsa_ca_file: Annotated[
        Path | None,
        Field(
            validation_alias="TRACEAPP_ANCHOR_TSA_CA_FILE",
            description="Certificates (PEM) that the time stamps of that authority are believed under.",
        ),
    ] = None
    statement_timeout: Annotated[
        float,
        Field(
            validation_alias="TRACEAPP_STATEMENT_TIMEOUT",
            gt=0,
            allow_inf_nan=False,
            description="Seconds that one statement may run in the store before it is ended and the question fails.",
        ),
    ] = 60.0
    port: Annotated[
        int,
        Field(
            validation_alias="TRACEAPP_PORT",
            ge=0,
            le=65535,
            description="Port of the web pages and the API; `0` takes a free one. `--port` goes before it.",
        ),
    ] = 8000
    host: Annotated[
        str,
        Field(
            validation_alias="TRACEAPP_HOST",
            description="Address that the service listens on. On another than the loopback address set the next two, "
            "or put a proxy with TLS on this machine.",
        ),
    ] = "127.0.0.1"
    tls_cert_file: Annotated[
        Path | None,
        Field(
            validation_alias="TRACEAPP_TLS_CERT_FILE",
            description="Certificate of the service (PEM, with the chain behind it): with it the service speaks HTTPS, TLS 1.2 "
            "or newer, and nothing else. `--tls` takes the one that `traceapp tls init` made.",
        ),
    ] = None
    tls_key_file: Annotated[
        Path | None,
        Field(validation_alias="TRACEAPP_TLS_KEY_FILE", description="Key of that certificate (PEM, without a password)."),
    ] = None
    trusted_proxies: Annotated[
        Networks,
        Field(
            validation_alias="TRACEAPP_TRUSTED_PROXIES",
            description="Addresses or networks of the proxies in front, such as `127.0.0.1, 10.1.0.0/24`. From them alone "
            "`X-Forwarded-For` and `X-Forwarded-Proto` count; from others they are passed over, and that is on record.",
        ),
    ] = ()
    oidc_file: Annotated[
        Path | None,
        Field(
            validation_alias="TRACEAPP_OIDC_FILE",
            description="File that names the identity provider (OpenID Connect) and which of its groups have which role; "
            "docs/sign-in.md shows one. The provider's host belongs into `TRACEAPP_OUTBOUND_HOSTS`.",
        ),
    ] = None
    host_names: Annotated[
        Hosts,
        Field(
            validation_alias="TRACEAPP_HOST_NAMES",
            description="Names and addresses under which people open the service, such as `trace.example.org`, where its "
            "certificate does not say them (behind a proxy). Those of the certificate, `TRACEAPP_HOST` and the loopback ones "
            "count besides; a request for another is refused (421).",
        ),
    ] = ()
    outbound_hosts: Annotated[
        Hosts,
        Field(
            validation_alias="TRACEAPP_OUTBOUND_HOSTS",
            description="Hosts that the service may call by itself, such as `id.example.org`; no other is called.",
        ),
    ] = ()
    outbound_networks: Annotated[
        Networks,
        Field(
            validation_alias="TRACEAPP_OUTBOUND_NETWORKS",
            description="Networks that are not public and hold such a host all the same, such as `10.1.0.0/16`.",
        ),
    ] = ()
    alert_webhook: Annotated[
        SecretStr | None,
        Field(
            validation_alias="TRACEAPP_ALERT_WEBHOOK",
            description="Address to which alerts are sent, such as `https://hooks.example.org/x`, signed as "
            "Standard Webhooks has it ([alerts](alerts.md)). Its host belongs into `TRACEAPP_OUTBOUND_HOSTS`.",
        ),
    ] = None
    alert_webhook_secret_file: Annotated[
        Path | None,
        Field(
            validation_alias="TRACEAPP_ALERT_WEBHOOK_SECRET_FILE",
            description="File (0400) with the key of the signature: `whsec_` and base64 of 24 to 64 random bytes.",
        ),
    ] = None
    alert_syslog: Annotated[
        str | None,
        Field(
            validation_alias="TRACEAPP_ALERT_SYSLOG",
            description="Syslog to which alerts are sent (RFC 5424): `unix:/dev/log`, `udp://log.example.org:514` or "
            "`tcp://log.example.org:601`. A host belongs into `TRACEAPP_OUTBOUND_HOSTS`.",
        ),
    ] = None
    mail_file: Annotated[
        Path | None,
        Field(
            validation_alias="TRACEAPP_MAIL_FILE",
            description="File that names the mail server by which people are told of approvals that wait, and their addresses; "
            "docs/approvals.md shows one. The server's host belongs into `TRACEAPP_OUTBOUND_HOSTS`.",
        ),
    ] = None
    shift: Annotated[
        ShiftTimes,
        Field(
            validation_alias="TRACEAPP_SHIFT",
            description="When people work, such as `07:30-18:00`; the end may lie on the next day. Restricted values (T3) that "
            "are shown outside of it are an alert. Not set: at no time.",
        ),
    ] = None
    shift_zone: Annotated[
        Zone,
        Field(validation_alias="TRACEAPP_SHIFT_ZONE", description="By whose clock, such as `Asia/Shanghai`."),
    ] = ZoneInfo("UTC")
    workers: Annotated[
        int,
        Field(validation_alias="TRACEAPP_WORKERS", ge=1, description="Worker processes of the web service, eight threads each."),
    ] = 2
    log_level: Annotated[
        LogLevel,
        Field(
            validation_alias="TRACEAPP_LOG_LEVEL",
            description="How much the web service says of itself: `DEBUG`, `INFO`, `WARNING`, `ERROR` or `CRITICAL`. "
            "Who looked at what stands in the ledger, never in a log, and neither does an address or what else a caller sent.",
        ),
    ] = "WARNING"
    parent: Annotated[
        int | None,
        Field(
            validation_alias="TRACEAPP_PARENT",
            description="Process that started the workers, with which they end. Set by the service itself.",
        ),
    ] = None
    listener: Annotated[
        int | None,
        Field(
            validation_alias="TRACEAPP_LISTENER",
            ge=3,
            description="Descriptor of the socket that the workers listen on, held since the start. Set by the service itself.",
        ),
    ] = None

    @model_validator(mode="after")
    def _whole_pairs(self) -> "Settings":
        for one, other in TOGETHER:
            if (getattr(self, one) is None) != (getattr(self, other) is None):
                raise ValueError(f"set {variable_of(one)} and {variable_of(other)}, or neither")
        return self

    @model_validator(mode="after")
    def _one_password(self) -> "Settings":
        if self.neo4j_password is not None and self.neo4j_password_file is not None:
            raise ValueError("set NEO4J_PASSWORD or NEO4J_PASSWORD_FILE, not both")
        return self

    @model_validator(mode="after")
    def _whole_token(self) -> "Settings":
        if self.key_provider == "pkcs11" and None in {self.pkcs11_module, self.pkcs11_token, self.pkcs11_pin_file}:
            raise ValueError(
                "TRACEAPP_KEY_PROVIDER=pkcs11 needs TRACEAPP_PKCS11_MODULE, TRACEAPP_PKCS11_TOKEN and TRACEAPP_PKCS11_PIN_FILE"
            )
        return self

    @property
    def tls(self) -> bool:
        return self.tls_cert_file is not None

    @property
    def embedded(self) -> bool:
        return self.neo4j_uri is None


def read_settings(**overrides: object) -> Settings:
    """Environment first, then what the command line says.

    raises  SettingsError: names each wrong variable, never its value; a name that is none of ours, or a debugger's.
    """
    check_names(os.environ, {variable_of(name) for name in Settings.model_fields})
    check_debuggers(os.environ)
    try:
        said = {variable_of(name): value for name, value in overrides.items() if value is not None}
        return Settings.model_validate(said)
    except ValidationError as error:
        wrong = "; ".join(f"{'.'.join(map(str, item['loc'])) or 'settings'}: {item['msg']}" for item in error.errors())
        raise SettingsError(wrong) from None


def variable_of(setting: str) -> str:
    """Name of the environment variable that decides a setting."""
    return str(Settings.model_fields[setting].validation_alias)


def forget_secrets() -> None:
    """Take what is secret out of this process's environment, so that no child inherits it; read the settings before."""
    os.environ.pop("NEO4J_PASSWORD", None)
