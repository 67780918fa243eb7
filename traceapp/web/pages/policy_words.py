"""Reasons of the policy in the language of the page."""

from typing import Final

from flask_babel import gettext

from traceapp.domain.sentences import Sentence
from traceapp.web.pages.wording import N_

SENTENCES: Final = (
    N_("The policy could not be evaluated, and so everything is denied."),
    N_("The role %(role)s does not allow %(act)s."),
    N_("This token was not made for %(act)s."),
    N_("The role %(role)s does not look for the purpose %(purpose)s."),
    N_("The role %(role)s allows %(act)s."),
    N_("Nothing new is taken in: the data dictionary or the alert rules in the home are not those that were agreed to."),
    N_("A second factor must have been shown within %(minutes)s minutes."),
    N_("It is outside the shift %(begins)s–%(ends)s UTC."),
    N_("The request does not come from a network that is named for it."),
    N_("A second factor within %(minutes)s minutes."),
    N_("Within the shift %(begins)s–%(ends)s UTC."),
    N_("From %(networks)s."),
    N_("It is unknown, or outside the sites, product lines and approved lots of this person."),
    N_(
        "If it exists and lies within the sites, product lines and approved lots of this person, %(rule)s allows it. You find "
        "nothing by it yourself, so that neither is told to you."
    ),
)
"""All that a decision or condition can say. Another text, such as why no policy is in force, stands as it is."""


def policy_sentence(said: str) -> str:
    return gettext(said.template, **said.values) if isinstance(said, Sentence) else said
