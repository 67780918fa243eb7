"""Sole home of the driver: transactions, query catalogue, schema, one store class per `cypher/` area, embedded engine."""
