"""A policy of two roles, small enough to be broken word by word."""

HEAD = """\
format = 2
version = 1
routed_to = "viewer"
[fields.thing]
en = "What it is"
zh = "标识"
Batch = ["udi_di"]
[purposes.recall]
en = "Recall"
zh = "召回"
fields = ["thing"]
"""
VIEWER = """\
[roles.viewer]
en = "Looks."
zh = "查看。"
permissions = ["batch:look_up", "batch:show"]
scope = ["site", "line"]
purposes = ["recall"]
default_purpose = "recall"
clearance = "T1"
search = "T1"
withholding = "pass"
"""
ADMIN = """\
[roles.admin]
en = "Runs."
zh = "运行。"
scope = ["site", "line"]
purposes = ["recall"]
default_purpose = "recall"
clearance = "T3"
search = "T0"
withholding = "stop"
t3 = { factor_minutes = 5, shift = ["22:00", "06:00"], networks = ["10.0.0.0/8"] }
permissions = []
"""
LITTLE = HEAD + VIEWER + ADMIN
APPROVAL = """\
[approvals.alert_silence]
en = "Silence a rule"
zh = "暂停规则"
hours = 4
steps = [{ roles = ["viewer"] }]
"""
AUDIT = """\
[purposes.audit]
en = "Audit"
zh = "审核"
fields = []
"""


def granting(permission: str) -> str:
    """A policy in which a viewer with a second factor may do this and nothing else, and for an audit sees no field."""
    head = HEAD.replace('["udi_di"]', '["udi_di", "process_parameters", "formulation"]')
    viewer = VIEWER.replace('"batch:look_up", "batch:show"', f'"{permission}"').replace('["recall"]', '["recall", "audit"]')
    return head + AUDIT + viewer.replace('clearance = "T1"', 'clearance = "T3"') + "t3 = { factor_minutes = 10 }\n"
