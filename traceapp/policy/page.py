"""docs/permissions.md, made from the policy document: the same bytes as long as the document says the same.

python -m traceapp.policy.page FILE    writes the page anew
"""

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from traceapp.dictionary.page import table
from traceapp.domain.permissions import Permission
from traceapp.domain.rights import Role
from traceapp.domain.signatures import Meaning
from traceapp.policy.conditions import demanded
from traceapp.policy.document import ApprovalRow, PolicyDocument, RoleRow, StepRow, read_policy

INTRODUCTION: Final = """\
# Who may do what?

This page is made from `traceapp/policy/default_policy.toml` by `python -m traceapp.policy.page docs/permissions.md`. The policy
only ever allows: what is not marked here is denied, and every refusal is recorded.
本页由权限文件生成；未标明者一律拒绝，每次拒绝均有记录。

`TRACEAPP_POLICY` chooses the document: `default` (this one), `small` for a maker with five persons, or the path of your own. The
home keeps the digest of the document that it accepted, under a MAC, and the ledger names it too. Another one, an edited, empty or
lost one, and one that others than its owner may write, denies everything, and so does a digest that somebody wrote: the service
does not start, a process that starts all the same answers 503, and `/readyz` says so, until the document is back or
`traceapp policy accept` has put the new one on record, with both officers of the recovery key.
`traceapp policy explain USER ACTION [OBJECT]` and the page `/policy` say why somebody may do something, or may not.
权限文件变更后须经确认方可生效，在此之前一律拒绝。

Which sites and product lines somebody sees is not written here; it belongs to the account or the token, and an account without a
site or without a line sees nothing. 可查看的地点与产品线由账户或令牌决定；未指定者什么都看不到。

A role whose scope has `case` can be given single things besides, or nothing else: `traceapp account create NAME --role regulator
--lot NUMBER` (a lot, container or shipment, or a transformation by its uid; `--lot` again for more; `traceapp token create` takes
it too). They are shown as the role's clearance says; whatever is joined to them and was not approved is withheld, parties
excepted. Who gives them needs them within his own sites and lines, and where several things carry the number he names one by uid.
范围含 `case` 的角色可另行逐一获准查看批次；未获准的相邻对象仍不可见。

SHA-256 of what the policy says (`policy` in every ledger record): `{digest}`
"""
CLEARANCE: Final = """\
## How much is shown · 可见程度

A value is shown where three things meet: the purpose opens its set of fields, the role is cleared for its tier, and for T3 the
conditions hold at that moment. Of anything else a mask stands there. Whoever may not search by a tier cannot look a value of it
up, filter or sort by it. `pass` walks through what may not be shown and counts it; `stop` ends there and counts nothing. The
first purpose stands where none was chosen.
属性值仅在目的、级别与条件同时满足时显示，否则脱敏；`pass` 穿过不可见记录并计数，`stop` 到此为止且不计数。

What is withheld gives away no name, kind, place, time, quantity or id, and no link of it is told: a stub has no degree, no
neighbour and no distance. `pass` gives away how much is withheld, by class, and what is shown behind it (without a distance),
exact or possible: a recall rests on the whole graph. Lots and quantities of a party are those that are shown; where something
is withheld that goods may have gone by, every party may have got more, and that is said of all alike. Under `stop` nothing
depends on what lies beyond the view, not even whether there is any. Whoever does not see every site and product line is always
told that his answer ends with his view; dead ends are not judged (under `pass` neither, nor shipments that only their receiver
reports, where something is withheld: they would tell by which lot a way leads out of the view), and every link through a
transformation is "possible" that no pair of input and output makes exact. So neither calls a link exact that the whole graph
calls possible. Roles of other organisations should have `stop` (`docs/decisions/0012-what-stop-and-pass-tell.md`).
不可见对象不透露名称、种类、地点、时间、数量与标识，也不透露任何关联：占位节点没有度数、相邻与距离。
`pass` 按类别透露不可见对象的数量与其后的可见内容（不含距离，标明“确定/可能”）：召回以全图为准；往来单位的批次与数量只计可见部分，
凡货物可能经由不可见对象流出的，一律提示各单位收到的可能更多；
`stop` 之下，结果不取决于范围之外的任何内容，连是否存在也不透露：凡不能查看全部地点与产品线者，一律告知结果到其查看范围为止，
不判断断链（`pass` 之下凡有不可见对象者亦然），经过转换且未配对的关联一律判为“可能”。

What identifies a party, an operator or a material is masked together with its uid: an id of the answer alone stands in its place,
with no page behind it, and its own uid finds nothing. Of what belongs to several sites, those within the view are told and
filtered by, and no others; but what was approved by itself is told with all its sites, whatever sites are within the view.
标识信息脱敏者，其标识符也随之脱敏，仅在本次结果内有效；跨多个地点者只告知查看范围内的地点，逐一获准的对象则告知其全部地点。

"""
BOUNDS: Final = (
    "role",
    "scope · 范围",
    "clearance · 级别",
    "search · 检索",
    "for T3 · 条件",
    "withheld · 不可见",
    "purposes · 目的",
)
FIELDS: Final = """\
## What a purpose opens · 各目的所需字段

What the service itself writes of a thing (its kind, number, product, place) is not listed here: it goes by its tier alone.

"""
APPROVALS: Final = """\
## What happens only after others agreed · 须经他人同意

Step after step, each of so many persons; nobody agrees to his own request ([approvals](approvals.md)). What is not written here
cannot happen. 逐级审批，任何人不得批准本人的申请；未列出者不能执行。

"""
AGREED: Final = ("operation", "what · 事项", "含义", "who agrees · 审批人", "hours · 时限", "second factor · 第二因素")
MEANINGS: Final[Mapping[Permission, tuple[str, str]]] = {
    Permission.ACCOUNT_CHANGE: (
        "change the password, role and view of accounts, close and open them",
        "更改账户的密码、角色与查看范围，停用与启用",
    ),
    Permission.ACCOUNT_CREATE: ("make accounts for persons", "建立个人账户"),
    Permission.ACCOUNT_LIST: (
        "see every account: role, view, tokens, last use; begin a review of them",
        "查看全部账户及其权限与最近使用，发起权限审查",
    ),
    Permission.ACCOUNT_REVIEW: ("confirm or withdraw accounts of others in a review", "在权限审查中确认或收回他人账户"),
    Permission.ALERT_ACKNOWLEDGE: ("put one's name to an alert that one has seen to", "以本人姓名确认警报"),
    Permission.ALERT_LIST: ("see the alerts", "查看警报"),
    Permission.ALERT_SILENCE: ("ask that an alert rule be silent for a while", "申请暂停警报规则"),
    Permission.APPROVAL_DECIDE: ("agree to what others asked for, or say no", "同意或拒绝他人的申请"),
    Permission.APPROVAL_LIST: ("see the approvals that one has a part in", "查看与本人有关的审批"),
    Permission.APPROVAL_REQUEST: (
        "ask for what others have to agree to, and carry it out then",
        "提出须经他人同意的申请，获准后执行",
    ),
    Permission.BATCH_EXPORT: ("take the rows of a trace out as a file", "将追溯结果导出为文件"),
    Permission.BATCH_LOOK_UP: ("look a number up", "按编号查询"),
    Permission.BATCH_SHOW: ("open the page of a batch: its state, where it came from and went, who worked on it", "查看批次页"),
    Permission.BATCH_TRACE: ("ask forward and backward traces", "正向与反向追溯"),
    Permission.BREAK_GLASS_BEGIN: (
        "break the glass: a wider view for an hour, then a review",
        "应急访问：最长一小时，事后复核",
    ),
    Permission.BREAK_GLASS_LIST: ("see the break-glass accesses that wait for a review", "查看待复核的应急访问"),
    Permission.BREAK_GLASS_REVIEW: ("review the break-glass accesses of others", "复核他人的应急访问"),
    Permission.CHANGE_LIST: (
        "see what was and is in force of policy, dictionary and alert rules, and what another one would change",
        "查看权限文件、数据字典与警报规则的各版本及变更影响",
    ),
    Permission.CHANGE_PROPOSE: (
        "propose another policy, dictionary or other alert rules",
        "提出权限文件、数据字典或警报规则的变更",
    ),
    Permission.DELIVERY_ENTER: ("enter where files went that one took out", "登记本人导出文件的去向"),
    Permission.DELIVERY_LIST: ("read the register of outside deliveries", "查看对外交付登记簿"),
    Permission.EVENT_IMPORT: ("bring files of events in", "导入事件文件"),
    Permission.FEED_CHANGE: ("register a source system's feed, give it another key, end it", "登记、更换密钥或停用数据源"),
    Permission.FEED_LIST: ("see the feeds, where they are and what is missing", "查看数据源、进度与缺失消息"),
    Permission.FEED_SEND: ("send signed messages of a source system", "发送来源系统的签名消息"),
    Permission.KEY_DESTROY: (
        "ask that the key of a closed account be destroyed, at the terminal",
        "申请销毁已停用账户的密钥（终端）",
    ),
    Permission.KEY_OFFICERS: (
        "ask that a new recovery key be made where a part of it is lost, at the terminal",
        "恢复密钥遗失一份时申请重制（终端）",
    ),
    Permission.LEDGER_ERASE: ("ask that old and new values beside the audit trail be erased", "申请擦除审计追踪旁存的新旧值"),
    Permission.LEDGER_EXPORT: ("take records of the audit trail away as a file", "导出审计追踪记录"),
    Permission.LEDGER_SEARCH: ("search the audit trail: who did what, and what he saw", "查询审计追踪"),
    Permission.LEDGER_VERIFY: ("check that the ledger and the store are as they were written", "核验审计追踪与存储"),
    Permission.METRICS_READ: ("read the service's own measurements from another host", "从其他主机读取运行指标"),
    Permission.POLICY_EXPLAIN: ("ask why somebody may do something, or may not", "查询某人权限的依据"),
    Permission.RECIPIENT_CHANGE: ("ask for and end recipients of files", "申请登记或终止文件接收方"),
    Permission.REFERRAL_LIST: ("read the numbers that others asked for in vain and handed on", "查看他人转交的未查到编号"),
    Permission.SESSION_LIST: ("see who is signed in, and where", "查看当前登录会话"),
    Permission.SESSION_STOP: ("end the sessions of others", "结束他人的会话"),
    Permission.SOURCE_SHOW: ("open the sender's own words behind a fact", "查看事实的原始来源"),
    Permission.TOKEN_CREATE: ("make bearer tokens for programs", "建立程序令牌"),
    Permission.TOKEN_LIST: ("see which tokens there are, whose, and when they were used last", "查看程序令牌及最近使用时间"),
    Permission.TOKEN_REVOKE: ("revoke bearer tokens", "吊销程序令牌"),
}


def render_page(policy: PolicyDocument) -> str:
    """The whole page in Markdown: roles, then permissions × roles, both in the order of their names."""
    roles = sorted(policy.roles)
    told = [(f"`{role.value}`", policy.roles[role].en, policy.roles[role].zh) for role in roles]
    granted = [
        (
            f"`{permission.value}`",
            *("✓" if permission in policy.roles[role].permissions else "" for role in roles),
            *MEANINGS[permission],
        )
        for permission in sorted(Permission)
    ]
    bounded = [(role.value, *_bounds(policy.roles[role])) for role in roles]
    purposes = sorted(policy.purposes)
    opened = [
        (
            name,
            *("✓" if name in policy.purposes[purpose].fields else "" for purpose in purposes),
            fields.en,
            fields.zh,
            "; ".join(f"{kind.value}: {', '.join(sorted(names))}" for kind, names in sorted(fields.names.items())),
        )
        for name, fields in sorted(policy.fields.items())
    ]
    agreed = [
        (f"`{operation.value}`", row.en, row.zh, _chain(row), str(row.hours), _factor(row))
        for operation, row in sorted(policy.approvals.items())
    ]
    return "\n".join(
        [
            INTRODUCTION.format(digest=policy.digest),
            f"## Roles · 角色\n\n{table(('role', 'what it is there for', '职责'), told)}",
            f"## Permissions · 权限\n\n{table(('permission', *(role.value for role in roles), 'meaning', '含义'), granted)}",
            APPROVALS + table(AGREED, agreed),
            CLEARANCE + table(BOUNDS, bounded),
            FIELDS + table(("fields", *(purpose.value for purpose in purposes), "meaning", "含义", "properties · 属性"), opened),
        ]
    )


def _chain(row: ApprovalRow) -> str:
    """`quality or auditor (reviews), then 2 of production (after 4 h also warehouse)`."""
    asker = ["whoever asks signs"] if row.request_signed else []
    return ", then ".join([*asker, *map(_step, row.steps)])


def _step(step: StepRow) -> str:
    count = f"{step.count} of " if step.count > 1 else ""
    deputies = f" (after {step.escalates_after_hours} h also {_roles(step.deputies)})" if step.deputies else ""
    reviews = " (reviews)" if step.meaning is Meaning.REVIEWED else ""
    return f"{count}{_roles(step.roles)}{reviews}{deputies}"


def _roles(roles: frozenset[Role]) -> str:
    return " or ".join(sorted(role.value for role in roles))


def _factor(row: ApprovalRow) -> str:
    return f"within {row.factor_minutes} minutes" if row.factor_minutes is not None else ""


def _bounds(row: RoleRow) -> tuple[str, ...]:
    purposes = sorted(row.purposes, key=lambda purpose: (purpose is not row.default_purpose, purpose.value))
    conditions = "" if row.t3 is None else " ".join(demanded(row.t3)) or "none"
    return (
        ", ".join(sorted(kind.value for kind in row.scope)),
        row.clearance.value,
        row.search.value,
        conditions,
        row.withholding.value,
        ", ".join(purpose.value for purpose in purposes),
    )


if __name__ == "__main__":
    Path(sys.argv[1]).write_text(render_page(read_policy()), encoding="utf-8", newline="\n")
