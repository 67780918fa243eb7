"""A number that found nothing goes to quality."""

from flask import Blueprint, Response

from traceapp.domain.permissions import Act, Permission
from traceapp.usecases.batches.refer_number import refer_number
from traceapp.web.access import current_actor, permission, records, stations
from traceapp.web.answer_models import Referral
from traceapp.web.answers import referral_answer
from traceapp.web.inputs import ReferralBody
from traceapp.web.operations import operation

referrals = Blueprint("referrals", __name__, url_prefix="/api/v1/referrals")


@referrals.post("")
@permission(Permission.BATCH_LOOK_UP)
@records(Act.NUMBER_REFER)
@operation(answer=Referral, body=ReferralBody)
def refer(body: ReferralBody) -> Response:
    """Hand a number on that was answered with 404.

    Somebody who sees every site looks it up. The answer is the same whether the number exists or not.
    """
    return referral_answer(refer_number(stations(), current_actor(), body.asked))
