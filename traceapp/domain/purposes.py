"""Why somebody looks (最小必要信息): chosen for a session or a request, carried by a token, recorded with every look."""

from enum import StrEnum


class Purpose(StrEnum):
    """访问目的; each has its set of fields in the policy."""

    INBOUND = "inbound"
    PRODUCTION = "production"
    INSPECTION = "inspection"
    RELEASE = "release"
    OUTBOUND = "outbound"
    COMPLAINT = "complaint"
    RECALL = "recall"
    AUDIT = "audit"
    SUPPLIER_QUERY = "supplier_query"
    MAINTENANCE = "maintenance"
