"""What the driver raises, as errors of the domain: by class and code, never with its words, which may hold values."""

from typing import Final

from neo4j.exceptions import (
    AuthError,
    BrokenRecordError,
    ClientError,
    ConfigurationError,
    ConstraintError,
    CypherSyntaxError,
    CypherTypeError,
    DriverError,
    Neo4jError,
    ServiceUnavailable,
    SessionExpired,
    UnsupportedServerProduct,
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

UNREACHABLE: Final = (ServiceUnavailable, SessionExpired)
TIMEOUTS: Final = ("TransactionTimedOut", "TransactionTimedOutClientConfiguration", "LockClientStopped", "ExecutionTimeout")

MEETING: Final = "asking the server who it is"
"""At this moment a driver's complaint of the configuration means that no version of Bolt is spoken by both."""
SCHEMA_RACES: Final = ("EquivalentSchemaRuleAlreadyExists", "ConstraintAlreadyExists", "IndexAlreadyExists")
"""What `IF NOT EXISTS` runs into when two services create the same rule at one moment."""


def is_timeout(error: Exception) -> bool:
    return isinstance(error, Neo4jError) and (error.code or "").rpartition(".")[2] in TIMEOUTS


def is_conflict(error: Exception) -> bool:
    """Whether something that must be one was about to become two; the other may be a writer at this moment, or stand for good."""
    code = (error.code or "") if isinstance(error, Neo4jError) else ""
    return isinstance(error, ConstraintError) or code.rpartition(".")[2] in SCHEMA_RACES


def is_repeatable(error: Exception) -> bool:
    """Whether the same work may succeed if it is run again: conflicts, deadlocks, a connection that broke.

    A COMMIT without an answer is among them: the driver never repeats it, but our writes know how to ask for their fate.
    """
    if is_timeout(error) or isinstance(error, AuthError):
        return False
    if is_conflict(error) or isinstance(error, UNREACHABLE):
        return True
    return isinstance(error, DriverError | Neo4jError) and error.is_retryable()


def domain_error(error: Exception, statement: str) -> StoreError | SettingsError:
    """The error to raise instead; `statement` is a name of the catalogue, or what was tried.

    Raise it `from None`: the driver's own message can hold stored values.
    """
    code = (error.code or "without a code") if isinstance(error, Neo4jError) else type(error).__name__
    if isinstance(error, AuthError) or code.startswith("Neo.ClientError.Security."):
        return StoreCredentialsError("the store refused the user name or the password")
    if is_timeout(error):
        return StoreTimeoutError(f"{statement} ran longer than it may")
    if is_conflict(error):
        return StoreConflictError(f"{statement}: a uniqueness rule of the store was broken, again after every repetition")
    if isinstance(error, CypherSyntaxError | CypherTypeError):
        return StatementError(f"{statement} was not understood by the store ({code})")
    if isinstance(error, UnsupportedServerProduct) or (isinstance(error, ConfigurationError) and statement == MEETING):
        return StoreVersionError("what answers at the address of the store is no Neo4j that can be used, or one before 5.26")
    if isinstance(error, ConfigurationError):
        return SettingsError(f"the address or the options of the store are wrong ({code})")
    if isinstance(error, ClientError) and "DatabaseNotFound" in code:
        return SettingsError("the database named by NEO4J_DATABASE is not on this server")
    if isinstance(error, UNREACHABLE):
        return StoreUnavailableError("the store does not answer")
    if is_repeatable(error):
        return StoreUnavailableError(f"the store could not carry out {statement}, again after every repetition ({code})")
    if isinstance(error, BrokenRecordError):
        return StoreError(f"{statement}: the answer of the store could not be read")
    return StoreError(f"{statement} failed in the store ({code})")
