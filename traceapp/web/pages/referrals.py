"""A number that found nothing goes to quality in one click, and quality finds it here."""

from flask import Blueprint, render_template

from traceapp.domain.permissions import Act, Permission
from traceapp.usecases.batches.list_referrals import list_referrals
from traceapp.usecases.batches.refer_number import refer_number
from traceapp.web.access import current_actor, permission, records, stations
from traceapp.web.inputs import ReferralBody
from traceapp.web.reading import read_posted

referral_pages = Blueprint("referral", __name__)


@referral_pages.post("/referrals")
@permission(Permission.BATCH_LOOK_UP)
@records(Act.NUMBER_REFER)
def refer() -> str:
    """Hand it on; the page is the same whether the number exists or not."""
    done = refer_number(stations(), current_actor(), read_posted(ReferralBody).asked)
    return render_template("referrals/done.html", role=done.value, receipt=done.receipt)


@referral_pages.get("/referrals")
@permission(Permission.REFERRAL_LIST)
def show() -> str:
    """What was handed on, the newest first."""
    found = list_referrals(stations(), current_actor())
    return render_template("referrals/list.html", referrals=found.value, receipt=found.receipt)
