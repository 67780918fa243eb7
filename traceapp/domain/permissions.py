"""What somebody may be allowed to do, and the acts that the ledger names beside them."""

from enum import StrEnum


class Permission(StrEnum):
    """`<resource>:<act>`, alphabetical. A role grants them in the policy document; nothing is granted elsewhere."""

    ACCOUNT_CHANGE = "account:change"
    ACCOUNT_CREATE = "account:create"
    ACCOUNT_LIST = "account:list"
    ACCOUNT_REVIEW = "account:review"
    ALERT_ACKNOWLEDGE = "alert:acknowledge"
    ALERT_LIST = "alert:list"
    ALERT_SILENCE = "alert:silence"
    APPROVAL_DECIDE = "approval:decide"
    APPROVAL_LIST = "approval:list"
    APPROVAL_REQUEST = "approval:request"
    BATCH_EXPORT = "batch:export"
    BATCH_LOOK_UP = "batch:look_up"
    BATCH_SHOW = "batch:show"
    BATCH_TRACE = "batch:trace"
    BREAK_GLASS_BEGIN = "break_glass:begin"
    BREAK_GLASS_LIST = "break_glass:list"
    BREAK_GLASS_REVIEW = "break_glass:review"
    CHANGE_LIST = "change:list"
    CHANGE_PROPOSE = "change:propose"
    DELIVERY_ENTER = "delivery:enter"
    DELIVERY_LIST = "delivery:list"
    EVENT_IMPORT = "event:import"
    FEED_CHANGE = "feed:change"
    FEED_LIST = "feed:list"
    FEED_SEND = "feed:send"
    KEY_DESTROY = "key:destroy"
    KEY_OFFICERS = "key:officers"
    LEDGER_ERASE = "ledger:erase"
    LEDGER_EXPORT = "ledger:export"
    LEDGER_SEARCH = "ledger:search"
    LEDGER_VERIFY = "ledger:verify"
    METRICS_READ = "metrics:read"
    POLICY_EXPLAIN = "policy:explain"
    RECIPIENT_CHANGE = "recipient:change"
    REFERRAL_LIST = "referral:list"
    SESSION_LIST = "session:list"
    SESSION_STOP = "session:stop"
    SOURCE_SHOW = "source:show"
    TOKEN_CREATE = "token:create"  # noqa: S105 - the name of an act
    TOKEN_LIST = "token:list"  # noqa: S105 - the name of an act
    TOKEN_REVOKE = "token:revoke"  # noqa: S105 - the name of an act


class Act(StrEnum):
    """Acts that need no permission of a role and are recorded all the same, alphabetical."""

    ACCOUNT_FOLLOW = "account:follow"
    ACCOUNT_LEAVE = "account:leave"
    ALERT_RAISE = "alert:raise"
    ALERT_RULES_APPLY = "alert_rules:apply"
    APPROVAL_CANCEL = "approval:cancel"
    APPROVAL_EXECUTE = "approval:execute"
    APPROVAL_EXPIRE = "approval:expire"
    APPROVAL_HAND_OVER = "approval:hand_over"
    APPROVAL_OPEN = "approval:open"
    APPROVAL_SIGN = "approval:sign"
    APPROVAL_SPENT = "approval:spent"
    APPROVAL_SUPERSEDE = "approval:supersede"
    APPROVAL_WITHDRAW = "approval:withdraw"
    BACKUP_MAKE = "backup:make"
    BACKUP_RESTORE = "backup:restore"
    BREAK_GLASS_END = "break_glass:end"
    DICTIONARY_APPLY = "dictionary:apply"
    DICTIONARY_FINISH = "dictionary:finish"
    DICTIONARY_RESEAL = "dictionary:reseal"
    EXPORT_SEND = "export:send"
    FACTOR_CHANGE = "factor:change"
    FACTOR_SHOW = "factor:show"
    GRAPH_VERIFY = "graph:verify"
    KEY_RECOVER = "key:recover"
    KEY_REENCRYPT = "key:reencrypt"
    KEY_RETIRE = "key:retire"
    KEY_REWRAP = "key:rewrap"
    KEY_ROTATE = "key:rotate"
    LEDGER_KEY = "ledger:key"
    LEDGER_PRUNE = "ledger:prune"
    LEDGER_RECOVER = "ledger:recover"
    LEDGER_REPLAY = "ledger:replay"
    LEDGER_START = "ledger:start"
    NUMBER_REFER = "number:refer"
    PASSWORD_CHANGE = "password:change"  # noqa: S105 - the name of an act
    PLACE_FINISH = "place:finish"
    PLACE_MOVE = "place:move"
    PLACE_REWRITE = "place:rewrite"
    POLICY_ACCEPT = "policy:accept"
    POLICY_APPLY = "policy:apply"
    PURPOSE_CHOOSE = "purpose:choose"
    REQUEST_REFUSE = "request:refuse"
    ROWS_TRUST = "rows:trust"
    SERVICE_START = "service:start"
    SESSION_END = "session:end"
    SESSION_LIST_OWN = "session:list_own"
    SESSION_MOVE = "session:move"
    SESSION_START = "session:start"
    SIGNATURE_VERIFY = "signature:verify"
    SIGN_IN_SPRAY = "sign_in:spray"
    STORE_MIGRATE = "store:migrate"
    VALUE_REVEAL = "value:reveal"
    WITHHELD_ROUTE = "withheld:route"


SEES_BATCHES = frozenset({Permission.BATCH_LOOK_UP, Permission.BATCH_SHOW, Permission.BATCH_TRACE})
"""Without one of these a role sees no node at all, whatever its sites and lines."""
BRINGS_IN = frozenset(
    {
        Permission.ACCOUNT_CREATE,
        Permission.BREAK_GLASS_BEGIN,
        Permission.EVENT_IMPORT,
        Permission.FEED_CHANGE,
        Permission.FEED_SEND,
        Permission.TOKEN_CREATE,
    }
)
"""What brings data or rights in; while the service only reads, none of it is allowed. What takes rights away is none of it."""
ACTS = tuple(sorted(one.value for kind in (Permission, Act) for one in kind))
"""All that a record may name as its act."""
