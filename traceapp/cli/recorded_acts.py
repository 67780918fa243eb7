"""What every terminal command puts on record: acts of the ledger, or one sentence why there is none."""

from collections.abc import Mapping
from typing import Final

from traceapp.domain.permissions import Act, Permission

RECORDED: Final[Mapping[str, tuple[Permission | Act, ...] | str]] = {
    "account close": (Permission.ACCOUNT_CHANGE,),
    "account create": (Permission.ACCOUNT_CREATE,),
    "account open": (Permission.ACCOUNT_CHANGE,),
    "account password": (Permission.ACCOUNT_CHANGE,),
    "account person": (Permission.ACCOUNT_CHANGE,),
    "account reset-factors": (Permission.ACCOUNT_CHANGE,),
    "account role": (Permission.ACCOUNT_CHANGE,),
    "alerts acknowledge": (Permission.ALERT_ACKNOWLEDGE,),
    "alerts list": (Permission.ALERT_LIST,),
    "alerts silence": (Act.ALERT_SILENCE,),
    "audit checkpoint": (Permission.LEDGER_VERIFY,),
    "audit key": "prints the public key of the ledger",
    "audit prove": (Permission.LEDGER_VERIFY,),
    "audit rotate-key": (Act.LEDGER_KEY,),
    "audit status": "prints how writer, disk and anchors are, and no record",
    "audit verify": (Permission.LEDGER_VERIFY,),
    "break-glass list": (Permission.BREAK_GLASS_LIST,),
    "import": (Permission.EVENT_IMPORT,),
    "keys destroy": (Act.KEY_DESTROY,),
    "keys officers": (Act.KEY_OFFICERS,),
    "keys recover": (Act.KEY_RECOVER,),
    "keys retire": (Act.KEY_RETIRE,),
    "keys rotate": (Act.KEY_ROTATE, Act.KEY_REENCRYPT, Act.KEY_REWRAP),
    "keys status": "prints names, states and dates of keys, and opens none",
    "policy accept": (Act.POLICY_ACCEPT,),
    "policy explain": (Permission.POLICY_EXPLAIN,),
    "run": (Act.SERVICE_START, Act.STORE_MIGRATE, Permission.ACCOUNT_CREATE, Permission.TOKEN_CREATE, Permission.EVENT_IMPORT),
    "serve": (Act.SERVICE_START, Act.STORE_MIGRATE),
    "session end": (Permission.SESSION_STOP,),
    "session list": (Permission.SESSION_LIST,),
    "tls init": "makes a certificate; what the service shows from then on is on record at its start",
    "tls renew": "makes a certificate; what the service shows from then on is on record at its start",
    "tls status": "prints the dates of a certificate",
    "token create": (Permission.TOKEN_CREATE,),
    "token list": (Permission.TOKEN_LIST,),
    "token revoke": (Permission.TOKEN_REVOKE,),
    "trace": (Permission.BATCH_TRACE, Act.WITHHELD_ROUTE),
    "verify graph": (Act.GRAPH_VERIFY,),
}
