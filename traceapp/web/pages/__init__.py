"""The pages for people: drawn whole by the server, in two languages, good without JavaScript."""

from typing import Final

from flask import Flask

from traceapp.web.pages import catalogue, layout, problem_page, showing
from traceapp.web.pages.access_reviews import access_review_pages
from traceapp.web.pages.accounts import account_pages
from traceapp.web.pages.alerts import alert_pages
from traceapp.web.pages.approvals import approval_pages
from traceapp.web.pages.audit import audit_pages
from traceapp.web.pages.batches import batch_pages
from traceapp.web.pages.break_glass import break_glass_pages
from traceapp.web.pages.changes import change_pages
from traceapp.web.pages.deliveries import delivery_pages
from traceapp.web.pages.factors import factor_pages
from traceapp.web.pages.languages import languages
from traceapp.web.pages.own_password import own_password_pages
from traceapp.web.pages.passkeys import passkey_pages
from traceapp.web.pages.places import place_pages
from traceapp.web.pages.policies import policy_pages
from traceapp.web.pages.provider import provider_pages
from traceapp.web.pages.purposes import purposes
from traceapp.web.pages.referrals import referral_pages
from traceapp.web.pages.search import search_pages
from traceapp.web.pages.sessions import session_pages
from traceapp.web.pages.sign_in import sign_in
from traceapp.web.pages.signatures import signature_pages
from traceapp.web.pages.sources import source_pages
from traceapp.web.pages.traces import trace_pages

PAGES: Final = (
    sign_in,
    languages,
    search_pages,
    batch_pages,
    trace_pages,
    delivery_pages,
    source_pages,
    session_pages,
    factor_pages,
    own_password_pages,
    policy_pages,
    purposes,
    break_glass_pages,
    provider_pages,
    referral_pages,
    alert_pages,
    approval_pages,
    signature_pages,
    change_pages,
    place_pages,
    passkey_pages,
    audit_pages,
    account_pages,
    access_review_pages,
)


def register(app: Flask) -> None:
    """Translations, filters, the problem page, and every page."""
    catalogue.register(app)
    showing.register(app)
    layout.register(app)
    problem_page.register(app)
    for blueprint in PAGES:
        app.register_blueprint(blueprint)
