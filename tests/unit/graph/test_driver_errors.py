"""What the driver raises becomes one of our errors, by class and code alone."""

import pytest
from neo4j.exceptions import (
    BrokenRecordError,
    ConfigurationError,
    IncompleteCommit,
    Neo4jError,
    ServiceUnavailable,
    SessionExpired,
)

from traceapp.domain.errors import (
    SettingsError,
    StatementError,
    StoreConflictError,
    StoreCredentialsError,
    StoreError,
    StoreTimeoutError,
    StoreUnavailableError,
    StoreVersionError,
)
from traceapp.graph.connection import ServerVersion, server_version
from traceapp.graph.driver_errors import domain_error, is_repeatable

VALUE = "lot 4711 of a customer"
CODES = {
    "Neo.ClientError.Security.Unauthorized": (StoreCredentialsError, False),
    "Neo.ClientError.Security.AuthenticationRateLimit": (StoreCredentialsError, False),
    "Neo.ClientError.Security.CredentialsExpired": (StoreCredentialsError, False),
    "Neo.ClientError.Security.Forbidden": (StoreCredentialsError, False),
    "Neo.ClientError.Database.DatabaseNotFound": (SettingsError, False),
    "Neo.ClientError.Schema.ConstraintValidationFailed": (StoreConflictError, True),
    "Neo.ClientError.Statement.SyntaxError": (StatementError, False),
    "Neo.ClientError.Statement.TypeError": (StatementError, False),
    "Neo.ClientError.Transaction.TransactionTimedOut": (StoreTimeoutError, False),
    "Neo.ClientError.Transaction.TransactionTimedOutClientConfiguration": (StoreTimeoutError, False),
    "Neo.ClientError.General.ForbiddenOnReadOnlyDatabase": (StoreUnavailableError, True),
    "Neo.TransientError.Transaction.DeadlockDetected": (StoreUnavailableError, True),
    "Neo.TransientError.General.OutOfMemoryError": (StoreUnavailableError, True),
    "Neo.TransientError.General.DatabaseUnavailable": (StoreUnavailableError, True),
    "Neo.ClientError.Schema.EquivalentSchemaRuleAlreadyExists": (StoreConflictError, True),
    "Neo.DatabaseError.General.UnknownError": (StoreError, False),
}


def server_error(code: str) -> Neo4jError:
    """As the driver builds it from the answer of a server."""
    return Neo4jError._hydrate_neo4j(code=code, message=VALUE)


@pytest.mark.parametrize(("code", "kind", "repeated"), [(code, *row) for code, row in CODES.items()])
def test_server_errors(code: str, kind: type[StoreError], repeated: bool) -> None:
    error = server_error(code)
    found = domain_error(error, "area.find_things")
    assert type(found) is kind
    assert VALUE not in str(found)
    assert is_repeatable(error) is repeated


@pytest.mark.parametrize(
    ("error", "kind", "repeated"),
    [
        (ServiceUnavailable(VALUE), StoreUnavailableError, True),
        (SessionExpired(VALUE), StoreUnavailableError, True),
        (IncompleteCommit(VALUE), StoreUnavailableError, True),
        (ConfigurationError(VALUE), SettingsError, False),
        (BrokenRecordError(VALUE), StoreError, False),
        (ValueError(VALUE), StoreError, False),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, Exception) else "",
)
def test_driver_errors(error: Exception, kind: type[StoreError], repeated: bool) -> None:
    found = domain_error(error, "area.find_things")
    assert type(found) is kind
    assert VALUE not in str(found)
    assert is_repeatable(error) is repeated


@pytest.mark.parametrize(
    ("agent", "found"),
    [
        ("Neo4j/5.26.30", ServerVersion("Neo4j", "5.26.30")),
        ("Neo4j/2026.08.1", ServerVersion("Neo4j", "2026.08.1")),
        ("Neo4j/v5.27-aura", ServerVersion("Neo4j", "v5.27-aura")),
        ("Neo4j/5.26.0 compatible (ArcadeDB 26.10.2)", ServerVersion("ArcadeDB", "26.10.2")),
    ],
)
def test_servers_that_can_be_used(agent: str, found: ServerVersion) -> None:
    assert server_version(agent) == found


@pytest.mark.parametrize("agent", ["Neo4j/5.25.1", "Neo4j/4.4.38", "Neo4j/3.5", "neo4j", "", "Memgraph/2.1", "Neo4j/dev"])
def test_servers_that_cannot_be_used_are_named(agent: str) -> None:
    with pytest.raises(StoreVersionError, match=r"Neo4j"):
        server_version(agent)
