"""What things are called: the forms `party`, `product`, `equipment` and `operator`."""

from traceapp.domain.errors import InputError
from traceapp.domain.identifiers import Identity
from traceapp.domain.kinds import EventType, NodeKind
from traceapp.domain.scopes import Scope
from traceapp.intake.csv_columns import Column, Form, both, site_column, time_column
from traceapp.intake.csv_rows import Row, Told
