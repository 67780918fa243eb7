"""Every error a person can meet, without HTTP numbers and without secrets.

The message of an error is one sentence that a person may read; `next_step` says what to do next.
`web/problems.py` maps each class to a status, and a test asks that none is missing.
"""


class TraceappError(Exception):
    """Base of the closed list."""

    next_step: str = "Report this to the administrator of traceapp."


class InputError(TraceappError):
    """What was sent cannot be understood; the message names the field and what was wanted.

    fields  (name of the field, what was wanted) for every wrong field, where the input has fields.
    """

    next_step = "Correct the named field and send it again."

    def __init__(self, message: str, fields: tuple[tuple[str, str], ...] = ()) -> None:
        super().__init__(message)
        self.fields = fields

    @classmethod
    def wanted(cls, field: str, what: str) -> "InputError":
        """One field, and what was wanted of it."""
        return cls(f"{field}: wanted {what}", ((field, what),))


class IdentifierError(InputError):
    """An identifier that breaks its own standard: what was wanted, what was found."""


class DocumentError(InputError):
    """A whole document or file is unusable: cut off, wrong columns, wrong encoding."""

    next_step = "Ask the source for a whole file in a documented form and import it again; nothing was stored."


class DictionaryError(TraceappError):
    """A property or kind that the data dictionary does not know, or a value that breaks its entry."""

    next_step = "Use a property of the data dictionary, or add it there first."


class DictionaryChangedError(TraceappError):
    """Another data dictionary came in force while this was under way; nothing of it was written by the former one."""

    next_step = "Do the same again: the data dictionary that is in force now is taken then."


class SettingsError(TraceappError):
    """A setting is missing or contradicts another."""

    next_step = "Correct the named setting and start again."


class HomeError(TraceappError):
    """The home folder cannot be used: not writable, not ours, or in use by another service."""

    next_step = "Choose another folder with --home, or mend the permissions of this one."


class HomeInUseError(HomeError):
    """Another service has this home."""

    next_step = "Use the service that runs, stop it first, or choose another folder with --home."


class BackupError(TraceappError):
    """A backup cannot be made; the message says why."""

    next_step = "Mend what is said and make it again; no bundle was left under that name."


class BundleError(TraceappError):
    """A bundle is not what was made, or no bundle at all.

    member  the one that is wrong; None where it is the whole file.
    """

    next_step = "Take another bundle, or this one anew from where it was kept; nothing of it was written anywhere."

    def __init__(self, message: str, member: str | None = None) -> None:
        super().__init__(message)
        self.member = member


class RestoreError(TraceappError):
    """A restore cannot begin, or what it brought back is not proven; the message says why."""

    next_step = "Mend what is said and run traceapp backup restore again, into an empty home and an empty store."


class RestoreUnfinishedError(TraceappError):
    """A restore into this home was broken off, or not proven."""

    next_step = (
        "Run traceapp backup restore again with the same --home: it begins anew. On a Neo4j server empty the database before."
    )


class PortInUseError(TraceappError):
    """Somebody else listens on the port."""

    next_step = "Choose another port with --port, or stop the program that holds this one."


class CertificateError(TraceappError):
    """A certificate cannot be made, read or used."""

    next_step = "See traceapp tls status; make one with traceapp tls init, or anew with traceapp tls renew."


class OutboundError(TraceappError):
    """An address that the service may not call by itself."""

    next_step = "Use a host of TRACEAPP_OUTBOUND_HOSTS over https, or ask the administrator to add it there."


class HostNameError(TraceappError):
    """A request names a host that is not this service."""

    next_step = "Open the service under one of its names; whoever runs it can name another in TRACEAPP_HOST_NAMES."


class CrossSiteError(TraceappError):
    """A browser says that another site made it send this request."""

    next_step = "Open traceapp itself and repeat there what you wanted to do."


class BusyError(TraceappError):
    """As many heavy questions as this process answers at once are being answered."""

    next_step = "Wait a few seconds and ask again; nothing was changed."


class TooManyQuestionsError(TraceappError):
    """One person or token asks more at once, or more in a minute, than one may."""

    next_step = "Wait for your other answers, then ask again; ask for several lots in one trace."


class StoreError(TraceappError):
    """Base of what can go wrong with the store."""


class StoreUnavailableError(StoreError):
    """The store does not answer."""

    next_step = "See that the store runs and can be reached (NEO4J_URI, or the service of this home), then ask again."


class StoreCredentialsError(StoreError):
    """The store refused user or password."""

    next_step = "Correct NEO4J_USERNAME and NEO4J_PASSWORD."


class StoreVersionError(StoreError):
    """The server, or the schema in it, is of a version that this program does not know."""

    next_step = "Use Neo4j 5.26 or newer, and the traceapp version that wrote this store or a newer one."


class StoreTimeoutError(StoreError):
    """A statement ran longer than it may."""

    next_step = "Ask a smaller question, or raise the time limit."


class StoreConflictError(StoreError):
    """Two writes met and went on meeting: a uniqueness rule that a concurrent write broke again after every repetition, or
    a lock of the home that another writer holds for too long."""

    next_step = "Do it again; nothing was written."


class ConcurrentChangeError(StoreError):
    """What is to be changed is not what was read: somebody else changed it meanwhile, and his change stands."""

    next_step = "Read it again, and decide anew; nothing was written."


class RowAlteredError(StoreError):
    """A row that decides rights, the counter of records, or all that is found under a number is not what the service wrote last.

    It is not made good by writing it again.
    """

    next_step = "Tell security, and run traceapp verify graph; what was changed is neither used nor written over."


class StatementError(StoreError):
    """A statement of the catalogue and its caller, or its header, disagree: a defect of the program."""


class EmbeddedStoreError(StoreError):
    """The embedded engine cannot run here."""

    next_step = "Set NEO4J_URI to a Neo4j server, or use a platform that the embedded engine has a wheel for."


class ImportBrokenOffError(StoreError):
    """An import ended half-way: whole events are in, others are not; the message says why."""

    next_step = "Mend the cause and import the same file again: what is in stays, nothing is doubled."


class BatchNotFoundError(TraceappError):
    """Absent and invisible are one and the same."""

    next_step = "Check the number as printed; if it is right, hand it on to quality, who may see more: POST /api/v1/referrals."


class RecordNotFoundError(TraceappError):
    """The ledger has no such record, or it was pruned."""

    next_step = "Records count from 1; the audit trail says which is the newest and from which one on they are kept."


class BatchAmbiguousError(TraceappError):
    """A number fits more than one lot; `candidates` lists them all.

    boundary  they are those within the asker's view, and whether others lie outside it is not told: so by what he may see
              alone, whatever there is.
    """

    next_step = "Choose one: add product=, site= or kind=, or ask by uid."

    def __init__(self, message: str, candidates: tuple[object, ...] = (), *, boundary: bool = False) -> None:
        super().__init__(message)
        self.candidates = candidates
        self.boundary = boundary


class NotSignedInError(TraceappError):
    """No valid session or token."""

    next_step = "Sign in, or send a bearer token made by `traceapp token create`."


class SignInError(TraceappError):
    """Name or password is wrong; which of the two is not said."""

    next_step = "Try again, or ask the administrator for a new password."


class ProviderError(TraceappError):
    """The identity provider cannot be asked."""

    next_step = "Sign in with name and password, or wait until the identity provider answers again."


class FactorRefusedError(SignInError):
    """The code, recovery code or passkey is not the right one, or was used before."""

    next_step = "Wait for the next code and try again, or use a recovery code."


class FactorNeededError(TraceappError):
    """Only who showed a second factor a short while ago may do this."""

    next_step = "Show your second factor (at /second-factor), then do it again; set one up at /factors if you have none."


class PasswordProvisionalError(TraceappError):
    """The password was given by somebody else, and its owner has not changed it yet."""

    next_step = "Change your password first (at /password, or POST /api/v1/password)."


class SignatureComponentsError(TraceappError):
    """Whoever signs did not show enough of himself: two components at the first signature of a session, one afterwards."""

    next_step = (
        "Type user name and password as you sign (after the first signature of a session the password alone), or show your "
        "second factor first (at /second-factor)."
    )


class RecipientNotFoundError(TraceappError):
    """No recipient has this id, or nothing goes there any more."""

    next_step = "Look at /deliveries for those to whom something may go; a new one is asked for there."


class DeliveryNotFoundError(TraceappError):
    """The register has no delivery of this id."""

    next_step = "Look at /deliveries for what was delivered outside."


class FeedNotFoundError(TraceappError):
    """No feed of this name takes messages: there is none, or it was ended."""

    next_step = "Ask the administrator for the name of your feed; traceapp feed list shows them all."


class FeedSequenceError(TraceappError):
    """A message has a sequence that was used, or cannot be used now."""

    next_step = "Send each message once, under the sequence that follows the one before it; what comes next is said."


class PermissionDeniedError(TraceappError):
    """The policy says no; the message is the reason, and the rule that spoke stands in the ledger."""

    next_step = "Ask somebody whose role allows this, or the administrator for the right."


class ApprovalNotFoundError(TraceappError):
    """There is no approval with this id, or the asker has no part in it: the same."""

    next_step = "Take the id from the list of approvals."


class ApprovalStateError(TraceappError):
    """An approval that is over, not complete, or of something else than what would happen now."""

    next_step = "Look at the approval again; where it is over, ask for a new one."


class LastApproversError(TraceappError):
    """An account without which too few are left who could agree to something."""

    next_step = "Make another account for it first. Where it has to be all the same, say so with the reason (anyway)."


class ApprovalWaitsError(ApprovalStateError):
    """An approval that others still have to agree to."""

    next_step = "Others agree on the page /approvals; do it again then."


class ReviewNotFoundError(TraceappError):
    """No review of accounts has this id."""

    next_step = "See the reviews that there are, on the page /access-reviews."


class ReviewStateError(TraceappError):
    """The review, or the account in it, is not in the state for this."""

    next_step = "Open the review again: it shows what still waits for a word."


class FeedSignatureError(PermissionDeniedError):
    """A message is not proven to come from the source of its feed."""

    next_step = (
        "Sign the exact bytes that you send, with the key of the feed and the present time; docs/feeds.md shows how. "
        "A new key is made known by traceapp feed key."
    )


class PolicyError(TraceappError):
    """The policy document is missing, empty, malformed or not the accepted one, or it failed; everything is denied."""

    next_step = "Restore the policy document, or have both officers accept this one (traceapp policy accept). Then start again."


class KeyUnavailableError(TraceappError):
    """The key provider cannot give a key."""

    next_step = (
        "Bring the key provider back, or the keys from the copy that you keep apart, "
        "or open them with two officers (traceapp keys recover); nothing was lost."
    )


class KeyDestroyedError(KeyUnavailableError):
    """The key was destroyed on purpose, and what it sealed with it."""

    next_step = "Nothing can be done: destroying the key was meant to make this unreadable for good."


class KeyStateError(TraceappError):
    """A key cannot be brought into the state that was asked for; the message says why."""

    next_step = "See traceapp keys status: rotate first, and retire a key when nothing names it any more."


class RecoveryError(TraceappError):
    """The recovery key cannot be made or used."""

    next_step = "Take the two officers' files of this home's recovery key, or two new paths outside the home folder."


class RecoveryMissingError(TraceappError):
    """There is no recovery key: nothing opens this home if its key provider is lost, and nobody said otherwise."""

    next_step = (
        "Make it now, one new file for each of two officers: traceapp keys officers --officer /media/a/part --officer "
        "/media/b/part. Or say that you keep it otherwise: TRACEAPP_RECOVERY_KEY=elsewhere."
    )


class SealBrokenError(TraceappError):
    """A ciphertext does not belong where it was found."""

    next_step = "Treat the store as tampered with: tell quality and security, and compare with a backup."


class LedgerUnavailableError(TraceappError):
    """No record could be made, so no answer is given."""

    next_step = "Start the ledger (traceapp serve) and ask again; no data left."


class LedgerBrokenError(TraceappError):
    """The ledger on disk is not what was written."""

    next_step = "Run traceapp audit verify, keep a copy of the ledger folder, and tell quality and security."


class AlertDeliveryError(TraceappError):
    """An alert was not taken by whom it was sent to; it is kept and sent again."""

    next_step = "Look whether the receiver answers; the alert is sent again by itself."


class NoticeDeliveryError(TraceappError):
    """A notice was not taken by whom it was sent to; it is kept and sent again."""

    next_step = "Look whether the receiver answers; the notice is sent again by itself."


class AnchorError(TraceappError):
    """A place where checkpoints of the ledger are kept does not answer, or holds another history."""

    next_step = "See that the place can be reached; where it holds another history, tell quality and security."


class AlertNotFoundError(TraceappError):
    """There is no alert with this id, or no alert rule of this name."""

    next_step = "Take the id from the list of alerts."


class ServiceNotRunningError(TraceappError):
    """A command needs the running service and finds none."""

    next_step = "Start it with scripts/run or traceapp serve."
