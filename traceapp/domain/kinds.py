"""The closed lists of node kinds, link types and event types (labels and types never come from input)."""

from enum import StrEnum
from typing import Final


class NodeKind(StrEnum):
    """A node's kind is its label in the store."""

    MATERIAL = "Material"
    BATCH = "Batch"
    UNIT = "Unit"
    TRANSFORMATION = "Transformation"
    CONTAINER = "Container"
    SHIPMENT = "Shipment"
    PARTY = "Party"
    EQUIPMENT = "Equipment"
    OPERATOR = "Operator"
    INSPECTION = "Inspection"
    PRODUCT = "Product"
    LOCATION = "Location"
    ORDER = "Order"
    DISPOSAL = "Disposal"


LOTS = frozenset({NodeKind.MATERIAL, NodeKind.BATCH, NodeKind.UNIT})
"""What a walk passes through, beside transformations."""

TRACEABLE = LOTS | {NodeKind.TRANSFORMATION, NodeKind.CONTAINER, NodeKind.SHIPMENT, NodeKind.PARTY}
"""Kinds that carry the shared label `:Traceable` as well."""


SHARED_KINDS = frozenset({NodeKind.PARTY, NodeKind.PRODUCT})
"""Kinds that belong to no site: shown to whoever may see a link that leads there."""


class LinkType(StrEnum):
    """Arrow law: arrows point the way material flows in time."""

    SUPPLIED = "SUPPLIED"
    CONSUMED_IN = "CONSUMED_IN"
    PRODUCED = "PRODUCED"
    SPLIT_INTO = "SPLIT_INTO"
    SERIALISED_AS = "SERIALISED_AS"
    SHIPPED_IN = "SHIPPED_IN"
    DELIVERED_TO = "DELIVERED_TO"
    FORWARDED_IN = "FORWARDED_IN"
    PACKED_IN = "PACKED_IN"
    UNPACKED_FROM = "UNPACKED_FROM"
    EMPTIED = "EMPTIED"
    SENT_BACK = "SENT_BACK"
    RETURNED = "RETURNED"
    STOCKED_AT = "STOCKED_AT"
    ALLOCATED_TO = "ALLOCATED_TO"
    ORDERED_BY = "ORDERED_BY"
    USED_AT = "USED_AT"
    DISPOSED_IN = "DISPOSED_IN"
    PROCESSED_ON = "PROCESSED_ON"
    WORKED_BY = "WORKED_BY"
    INSPECTED_IN = "INSPECTED_IN"
    IS_A = "IS_A"


SEALED_IDENTITIES: Final = frozenset({NodeKind.MATERIAL, NodeKind.PARTY, NodeKind.OPERATOR})
"""Kinds whose identity tells a confidential number (a supplier's lot, a consignee, a person): ciphertext in the store, and
never in clear in the ledger. The dictionary has an entry `identity` for them and for no other kind."""
INDEXED_IDENTITIES: Final = (NodeKind.MATERIAL, NodeKind.PARTY)
"""Those of them that are looked up by number, through a blind index."""
IDENTIFIED_BY: Final = {NodeKind.MATERIAL: "supplier_lot", NodeKind.PARTY: "identity", NodeKind.OPERATOR: "identity"}
"""Which sealed property their printed number is. Things of any other kind go by a plain number, a material by our receipt
number where it has one."""


class EventType(StrEnum):
    """What a source system sent. The first five are those of EPCIS 2.0; the others are rows of the plain forms."""

    OBJECT = "ObjectEvent"
    AGGREGATION = "AggregationEvent"
    TRANSACTION = "TransactionEvent"
    TRANSFORMATION = "TransformationEvent"
    ASSOCIATION = "AssociationEvent"
    RECEIPT = "receipt"
    CONSUMPTION = "consumption"
    PROCESS_STEP = "process-step"
    INSPECTION = "inspection"
    RELEASE = "release"
    STOCK = "stock"
    ORDER = "order"
    SHIPMENT = "shipment"
    RETURN = "return"
    USE = "use"
    DISPOSAL = "disposal"
    BATCH_RECORD = "batch-record"
    HOLD = "hold"
    MASTER_DATA = "master-data"


class Direction(StrEnum):
    """Forward goes with the arrows (where did it go), backward against them (where did it come from)."""

    FORWARD = "forward"
    BACKWARD = "backward"
    BOTH = "both"


class Certainty(StrEnum):
    """`exact` with one input, one output or equal pair of a transformation, else `possible`."""

    EXACT = "exact"
    POSSIBLE = "possible"
