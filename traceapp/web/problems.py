"""Whatever is raised on the way, as one shape: RFC 9457 `application/problem+json`, or the problem page.

`PROBLEMS` maps the closed list of `domain/errors.py`; a class that is not in it takes the row of its nearest base.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import orjson
from flask import Flask, Response, current_app, request, url_for
from flask_babel import gettext
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException, InternalServerError
from werkzeug.routing import BuildError

from traceapp.domain import errors
from traceapp.domain.batch import Candidate
from traceapp.domain.errors import BatchAmbiguousError, HostNameError, InputError, NotSignedInError, TraceappError

CONTENT_TYPE: Final = "application/problem+json"
TYPE_PREFIX: Final = "urn:traceapp:problem:"
SIGN_IN_FORM: Final = "sign_in.form"
_PAGE: Final = "traceapp.problem_page"
_JSON_ADDRESSES: Final = frozenset({"/api", "/openapi.json", "/healthz", "/readyz", "/metrics", "/metrics/remote"})

_log = logging.getLogger("traceapp.web")


@dataclass(frozen=True, slots=True)
class Problem:
    """A row: status, name and title; `detail` where the error's own words stay inside (5xx) or may not differ (404)."""

    status: int
    name: str
    title: str
    detail: str | None = None


@dataclass(frozen=True, slots=True)
class ProblemAnswer:
    """What is said to the caller; the same for every problem, in JSON and on the page.

    errors      (field, what was wanted), for wrong input.
    candidates  for a number that fits more than one lot; boundary: within the caller's view, and others may lie outside it.
    """

    problem: Problem
    detail: str
    next_step: str
    errors: tuple[tuple[str, str], ...] = ()
    candidates: tuple[Candidate, ...] = ()
    boundary: bool = False


ProblemPage = Callable[[ProblemAnswer], "Response | str"]

_STORE: Final = "The store of batches cannot be asked at this moment. No data was read."
_LEDGER: Final = "The look could not be recorded, so no answer is given."
_PROVIDER: Final = "It does not answer, or not as it should; nobody was signed in."
_KEYS: Final = "The keys of this service are not at hand, so nothing can be opened."
_DICTIONARY: Final = "It came in force while this was under way; by the former one nothing is written or told."
_ALTERED: Final = "A record that this rests on is not what the service wrote last. Keep the goods on hold."
_DEFECT: Final = "The program met something that it does not know how to handle. It was noted for the administrator."
_FULL: Final = "As many heavy questions as may be are being answered at this moment."
_NO_RECORD: Final = "The ledger has no record with this number, or it was pruned."
_NO_RECIPIENT: Final = "No recipient has this id, or nothing goes there any more."
_NO_DELIVERY: Final = "The register has no delivery of this id."
_NO_FEED: Final = "No feed of this name takes messages."
_NO_ALERT: Final = "No alert has this id, or no rule this name."
_NO_APPROVAL: Final = "No approval has this id, or you have no part in it."
_NO_REVIEW: Final = "No review of accounts has this id."
_UNSEEN: Final = "What you ask for is unknown, or outside your view."

PROBLEMS: Final[dict[type[TraceappError], Problem]] = {
    errors.TraceappError: Problem(500, "internal", "Something went wrong", _DEFECT),
    errors.InputError: Problem(400, "input", "The request cannot be understood"),
    errors.IdentifierError: Problem(400, "identifier", "The identifier breaks its own standard"),
    errors.DocumentError: Problem(400, "document", "The document cannot be used"),
    errors.DictionaryError: Problem(400, "dictionary", "The data dictionary does not know this"),
    errors.DictionaryChangedError: Problem(503, "dictionary-changed", "Another data dictionary came in force", _DICTIONARY),
    errors.SettingsError: Problem(500, "settings", "The service is set up wrongly", _DEFECT),
    errors.HomeError: Problem(500, "home", "The service cannot use its folder", _DEFECT),
    errors.HomeInUseError: Problem(500, "home-in-use", "Another service uses this folder", _DEFECT),
    errors.BackupError: Problem(500, "backup", "The backup cannot be made", _DEFECT),
    errors.BundleError: Problem(400, "bundle", "The bundle is not what was made"),
    errors.RestoreError: Problem(500, "restore", "Nothing can be restored", _DEFECT),
    errors.RestoreUnfinishedError: Problem(500, "restore-unfinished", "A restore was broken off", _DEFECT),
    errors.PortInUseError: Problem(500, "port-in-use", "The service cannot use its port", _DEFECT),
    errors.CertificateError: Problem(500, "certificate", "The certificate cannot be used", _DEFECT),
    errors.OutboundError: Problem(400, "outbound", "This address may not be called"),
    errors.HostNameError: Problem(421, "host-name", "This is no name of the service"),
    errors.CrossSiteError: Problem(403, "cross-site", "The request came from another site"),
    errors.BusyError: Problem(503, "busy", "Too many heavy questions at once", _FULL),
    errors.TooManyQuestionsError: Problem(429, "too-many-questions", "You ask more than one may at once"),
    errors.StoreError: Problem(503, "store", "The store cannot be asked", _STORE),
    errors.StoreUnavailableError: Problem(503, "store-unavailable", "The store does not answer", _STORE),
    errors.StoreCredentialsError: Problem(503, "store-credentials", "The store refuses this service", _STORE),
    errors.StoreVersionError: Problem(503, "store-version", "The store is of an unknown version", _STORE),
    errors.StoreTimeoutError: Problem(503, "store-timeout", "The question took longer than it may", _STORE),
    errors.StoreConflictError: Problem(503, "store-conflict", "Two writes met", _STORE),
    errors.ConcurrentChangeError: Problem(409, "concurrent-change", "Somebody else changed it meanwhile"),
    errors.RowAlteredError: Problem(500, "row-altered", "A record was changed outside the service", _ALTERED),
    errors.StatementError: Problem(500, "statement", "Something went wrong", _DEFECT),
    errors.EmbeddedStoreError: Problem(503, "embedded-store", "The embedded store cannot run", _STORE),
    errors.ImportBrokenOffError: Problem(503, "import-broken-off", "The import ended half-way", _STORE),
    errors.BatchNotFoundError: Problem(404, "not-found", "Unknown, or outside your view", _UNSEEN),
    errors.RecordNotFoundError: Problem(404, "no-such-record", "There is no such record", _NO_RECORD),
    errors.BatchAmbiguousError: Problem(409, "ambiguous", "More than one lot carries this number"),
    errors.NotSignedInError: Problem(401, "not-signed-in", "You are not signed in"),
    errors.SignInError: Problem(401, "sign-in", "The sign-in failed"),
    errors.ProviderError: Problem(503, "provider", "The identity provider cannot be asked", _PROVIDER),
    errors.FactorRefusedError: Problem(401, "factor-refused", "The second factor was refused"),
    errors.FactorNeededError: Problem(403, "factor-needed", "A second factor is needed for this"),
    errors.PasswordProvisionalError: Problem(403, "password-provisional", "Change your password first"),
    errors.SignatureComponentsError: Problem(403, "signature-components", "Nothing was signed"),
    errors.PermissionDeniedError: Problem(403, "denied", "You may not do this"),
    errors.RecipientNotFoundError: Problem(404, "recipient-not-found", "There is no such recipient", _NO_RECIPIENT),
    errors.DeliveryNotFoundError: Problem(404, "delivery-not-found", "There is no such delivery", _NO_DELIVERY),
    errors.FeedNotFoundError: Problem(404, "feed-not-found", "There is no such feed", _NO_FEED),
    errors.FeedSignatureError: Problem(403, "feed-signature", "The message is not proven to come from its source"),
    errors.FeedSequenceError: Problem(409, "feed-sequence", "The sequence of the message cannot be used"),
    errors.PolicyError: Problem(503, "policy", "The policy cannot be read", "Without a policy everything is denied."),
    errors.KeyUnavailableError: Problem(503, "key-unavailable", "A key is missing", _KEYS),
    errors.KeyDestroyedError: Problem(410, "key-destroyed", "The key was destroyed"),
    errors.KeyStateError: Problem(409, "key-state", "The key cannot be brought into this state"),
    errors.RecoveryError: Problem(409, "recovery", "The recovery key cannot be used"),
    errors.RecoveryMissingError: Problem(500, "recovery-missing", "There is no recovery key", _DEFECT),
    errors.SealBrokenError: Problem(500, "seal-broken", "Stored data does not belong where it was found", _DEFECT),
    errors.LedgerUnavailableError: Problem(503, "ledger-unavailable", "No record, no answer", _LEDGER),
    errors.LedgerBrokenError: Problem(503, "ledger-broken", "The ledger is not what was written", _LEDGER),
    errors.AlertNotFoundError: Problem(404, "alert-not-found", "There is no such alert", _NO_ALERT),
    errors.ApprovalNotFoundError: Problem(404, "approval-not-found", "There is no such approval", _NO_APPROVAL),
    errors.ApprovalStateError: Problem(409, "approval-state", "The approval is not in the state for this"),
    errors.LastApproversError: Problem(409, "last-approvers", "Too few would be left who could agree"),
    errors.ApprovalWaitsError: Problem(409, "approval-waits", "The approval waits for others"),
    errors.ReviewNotFoundError: Problem(404, "review-not-found", "There is no such review", _NO_REVIEW),
    errors.ReviewStateError: Problem(409, "review-state", "The review is not in the state for this"),
    errors.AlertDeliveryError: Problem(503, "alert-delivery", "An alert was not taken", _DEFECT),
    errors.NoticeDeliveryError: Problem(503, "notice-delivery", "A notice was not taken", _DEFECT),
    errors.AnchorError: Problem(503, "anchor", "An anchor of the ledger cannot be used", _LEDGER),
    errors.ServiceNotRunningError: Problem(503, "service-not-running", "A part of the service does not run", _DEFECT),
}

HTTP_PROBLEMS: Final[dict[int, tuple[Problem, str]]] = {
    400: (Problem(400, "request", "The request cannot be understood"), "Correct the request and send it again."),
    404: (Problem(404, "no-such-address", "There is nothing at this address"), "See /openapi.json for the addresses there are."),
    405: (Problem(405, "method", "This address does not take this method"), "Use one of the methods in the Allow header."),
    413: (Problem(413, "too-large", "The request is too large"), "Send a smaller request."),
    414: (Problem(414, "address-too-long", "The address is too long"), "Send the question in the body: POST /api/v1/traces."),
    415: (
        Problem(415, "media-type", "The body is of another kind than this address reads"),
        "Send one of the types that /openapi.json names, such as Content-Type: application/json.",
    ),
    429: (Problem(429, "too-many", "Too many tries from this address"), "Wait a minute and try again."),
    500: (Problem(500, "internal", "Something went wrong", _DEFECT), TraceappError.next_step),
}
FORM_EXPIRED: Final = Problem(400, "form-expired", "The form has expired", "The form does not belong to your present session.")


def problem_of(error: TraceappError) -> Problem:
    """The row of the class or of its nearest base."""
    return next(PROBLEMS[kind] for kind in type(error).__mro__ if kind in PROBLEMS)


def answer_of(error: TraceappError | HTTPException) -> ProblemAnswer:
    """What is said of an error; nothing in it depends on what the caller may not see."""
    if isinstance(error, CSRFError):
        return ProblemAnswer(FORM_EXPIRED, FORM_EXPIRED.detail or "", "Open the page again and repeat what you did.")
    if isinstance(error, HTTPException):
        problem, next_step = HTTP_PROBLEMS.get(error.code or 500) or (
            Problem(error.code or 500, "http", error.name),
            "Correct the request.",
        )
        return ProblemAnswer(problem, problem.detail or f"{problem.title}.", next_step)
    problem = problem_of(error)
    return ProblemAnswer(
        problem,
        problem.detail or str(error),
        error.next_step,
        error.fields if isinstance(error, InputError) else (),
        tuple(found for found in error.candidates if isinstance(found, Candidate))
        if isinstance(error, BatchAmbiguousError)
        else (),
        isinstance(error, BatchAmbiguousError) and error.boundary,
    )


def set_problem_page(app: Flask, page: ProblemPage) -> None:
    """Whoever draws pages says how a problem looks; status and headers are set here."""
    app.extensions[_PAGE] = page


def register(app: Flask) -> None:
    app.register_error_handler(TraceappError, _on_error)
    app.register_error_handler(HTTPException, _on_http_error)


def _on_error(error: TraceappError) -> Response:
    answer = answer_of(error)
    if answer.problem.status >= 500:
        _log.error("%s at %s: %s", type(error).__name__, request.endpoint, error)
    if isinstance(error, HostNameError):
        return _bare(answer)
    headers = {}
    if isinstance(error, NotSignedInError):
        if not _wants_json() and request.method in {"GET", "HEAD"} and "Authorization" not in request.headers:
            return _to_sign_in(answer)
        headers["WWW-Authenticate"] = 'Bearer realm="traceapp"' + (
            ', error="invalid_token"' if "Authorization" in request.headers else ""
        )
    if answer.problem.status in {429, 503}:
        headers["Retry-After"] = "5"
    return _respond(answer, headers)


def _on_http_error(error: HTTPException) -> Response:
    if error.code is not None and error.code < 400:
        return Response(error.get_body(), error.code, headers=error.get_headers())
    kept = {name: value for name, value in error.get_headers() if name in {"Allow", "Retry-After"}}
    if isinstance(error, InternalServerError) and error.original_exception is None:
        _log.error("internal error at %s", request.endpoint)
    return _respond(answer_of(error), kept)


def _respond(answer: ProblemAnswer, headers: dict[str, str]) -> Response:
    page: ProblemPage | None = current_app.extensions.get(_PAGE)
    if _wants_json() or page is None:
        return Response(problem_bytes(answer), answer.problem.status, headers, content_type=CONTENT_TYPE)
    drawn = page(answer)
    response = drawn if isinstance(drawn, Response) else Response(drawn)
    response.status_code = answer.problem.status
    response.headers.update(headers)
    return response


def _bare(answer: ProblemAnswer) -> Response:
    """Under a name that is not ours: no page, no form and no cookie, two sentences for a person at most."""
    if _wants_json():
        return Response(problem_bytes(answer), answer.problem.status, content_type=CONTENT_TYPE)
    said = f"{gettext(answer.problem.title)}\n{gettext(answer.next_step)}\n"
    return Response(said, answer.problem.status, content_type="text/plain; charset=utf-8")


def problem_bytes(answer: ProblemAnswer) -> bytes:
    """The document; every member is always there."""
    return orjson.dumps(
        {
            "type": TYPE_PREFIX + answer.problem.name,
            "title": answer.problem.title,
            "status": answer.problem.status,
            "detail": answer.detail,
            "next_step": answer.next_step,
            "errors": [{"field": field, "detail": detail} for field, detail in answer.errors],
            "candidates": answer.candidates,
            "boundary": answer.boundary,
        },
        default=lambda value: value.document,  # a mask in a candidate
    )


def _to_sign_in(answer: ProblemAnswer) -> Response:
    try:
        return Response(status=303, headers={"Location": url_for(SIGN_IN_FORM, next=request.full_path.removesuffix("?"))})
    except BuildError:
        return _respond(answer, {})


def _wants_json() -> bool:
    return request.path in _JSON_ADDRESSES or request.path.startswith("/api/")
