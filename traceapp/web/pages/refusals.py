"""Why something was refused, in the language of the page: one table of all sentences with which domain and use cases refuse."""

from typing import Final

from flask_babel import gettext

from traceapp.domain.errors import ApprovalStateError, ConcurrentChangeError, ReviewStateError, SignatureComponentsError
from traceapp.usecases.accounts.last_approvers import ALL_THE_SAME, TOO_FEW_LEFT
from traceapp.usecases.approvals.missing_persons import DEADLOCK, REMEDY, TOO_FEW
from traceapp.web.access import current_actor
from traceapp.web.pages.wording import N_, role_name

REFUSALS: Final = frozenset(
    {
        # of an approval
        N_("What you saw is not what would happen: look at the approval again."),
        N_("Nobody agrees to what he did not look at: open the approval in this session, and agree on its page."),
        N_("Everybody who has to agree has agreed."),
        N_("You have agreed to this already, by this account or by another of yours."),
        N_("You have not agreed to this; there is nothing to take back."),
        N_("Only whoever asked for it can cancel it; others can deny it."),
        N_("Only whoever asked for it can carry it out."),
        N_("What would happen now is not what was approved."),
        N_("It waits for others: nothing happened yet."),
        N_("One of those who agreed is not entitled to it any more: ask for the approval anew."),
        N_("Two of those who agreed are one person by now: ask for the approval anew."),
        N_("Somebody else decides this: nobody agrees to his own request, by whatever account."),
        N_("It is not your role whose word is asked for now."),
        N_("Only a person in a session of his own agrees to something; a token and the terminal do not."),
        N_("Your account was made or changed too short a time ago: for a while it agrees to nothing."),
        N_("What would happen now is not what was asked for: it was closed as superseded. Ask for it anew."),
        N_("Nobody takes back that he is reviewed."),
        N_("Somebody else reviews this: nobody closes his own, and a token closes none."),
        N_("This access does not wait for a review any more."),
        N_("This is not carried out here: a review ends with the last word, a key is destroyed at the terminal."),
        N_("It is about you yourself: somebody else decides it."),
        N_("It holds values of a tier that your role is not shown: somebody who is cleared for them decides."),
        N_("It is of something outside your view: somebody who sees all of it decides."),
        N_("Somebody else gave you your password: change it before you agree to anything."),
        N_("Too many of your requests wait already: take some back, or wait until others have decided."),
        N_("The policy does not say who has to agree to this, so it cannot happen."),
        N_("The document in the home is not the one that was agreed to any more: it was not put in force."),
        N_("You cannot move what you do not see, nor to where you do not see: another view than yours would come of it."),
        # of a signature
        N_("Only a person in a session of his own signs something; a token and the terminal do not."),
        N_(
            "The first signature of a session takes two components: your user name and your password, or one of them and a "
            "second factor that was just shown."
        ),
        N_("A signature takes your password, or a second factor that was shown since your last one."),
        N_("The user name or the password is wrong; nothing was signed."),
        N_("Only whoever asked for it can sign the request."),
        N_("The request is signed already."),
        N_("It is over, or is not what you saw: there is nothing to sign."),
        N_("Whoever asked for it has to sign the request before anybody agrees."),
        N_("A signature by which it was approved does not hold: ask for the approval anew, and tell quality and security."),
        N_("Somebody else gave you your password: change it before you sign anything."),
        # of a file, a value, a delivery
        N_("Only whoever asked for it can take the file."),
        N_("There is no file to take: it is not carried out, its time is over, or it was taken already."),
        N_("What would leave now is not what was approved: ask for it anew."),
        N_("Only whoever asked for it, in a session of his own, is shown the value."),
        N_("There is no value to show: it is not carried out, its minutes are over, or it was shown already."),
        N_("The value is not what others agreed to any more: ask for it anew."),
        N_("Your role is shown no T3 value, and so takes none out."),
        N_("Whoever took a file out enters where it went; this record is not of a file that you took."),
        N_("To another country than the plant's it goes after others agreed: ask for the file with its recipient."),
        # of a break-glass access
        N_("Only a person in a session of his own can break the glass."),
        N_("Your last break-glass access still waits for its review; until then there is no other."),
        # of an account
        N_("Only a person in a session of his own reviews accounts; a token and the terminal do not."),
        N_("Somebody else reviews this account: nobody confirms his own."),
        N_("The account is not what you saw any more: look at it again."),
        N_("A review is open already: finish it first."),
        N_("Accounts of this review still wait for a word: its sheet is there once it is finished."),
        N_("Somebody has decided this account already."),
        N_("The review is finished."),
        N_("Nobody carries out his own leaving: somebody else does."),
        N_("Nobody asks for a role of his own: another administrator does."),
        N_("Nobody says of his own account whose it is: another administrator does."),
    }
)
"""As they are raised; a test compares."""


def refusal(error: Exception) -> str:
    """Why it was refused; of what is in no table, by what kind of refusal it is."""
    said = str(error)
    if said in REFUSALS:
        return gettext(said)
    if said.startswith(TOO_FEW):
        return gettext(
            "Too few persons could agree to it. The policy says whose word it takes; ask the administrator for accounts."
        )
    if said.startswith(DEADLOCK):
        return deadlock(said)
    if said.startswith(TOO_FEW_LEFT):
        rows = said.removeprefix(f"{TOO_FEW_LEFT}: ").removesuffix(ALL_THE_SAME)
        return gettext(
            "Too few would be left who could agree: %(rows)s. Make another account for it first, or say that it has to be all "
            "the same, with the reason.",
            rows=rows,
        )
    match error:
        case ConcurrentChangeError():
            return gettext("Somebody else changed it at this moment: look at it again.")
        case ApprovalStateError() | ReviewStateError():
            return gettext("It is over, or not ready for this: look at it again.")
        case SignatureComponentsError():
            return gettext("You did not show enough of yourself to sign.")
        case _:
            return gettext("Your role, %(role)s, does not allow this.", role=role_name(current_actor().role))


def deadlock(said: str) -> str:
    """Why a policy is refused under which too few could agree, with the steps as they stand in the document."""
    rows = said.removeprefix(f"{DEADLOCK}: ").removesuffix(REMEDY)
    return gettext(
        "Under this policy too few of today's persons could agree: %(rows)s. "
        "Ask for fewer or other roles in these steps, or make the accounts first.",
        rows=rows,
    )
