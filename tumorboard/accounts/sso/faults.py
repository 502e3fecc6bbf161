"""Why a sign-in at an identity provider came to nothing, in words for the person and for the log.

The person reads no claim, and the log names none: both could hold whatever a stranger typed.
"""

from enum import StrEnum


class Fault(StrEnum):
    """One kind each; its value stands in the log and in the audit's reason."""

    NOT_BEGUN = "answer to no sign-in that this browser began"
    DENIED = "the provider refused"
    UNREACHABLE = "the provider does not answer"
    NOT_ALLOWED = "the operator does not let this institution reach the provider"
    NO_CREDENTIALS = "the operator gave neither a secret nor a key"
    MALFORMED = "the answer cannot be read"
    SIGNATURE = "the signature is missing or wrong"
    ISSUER = "it is from another issuer"
    AUDIENCE = "it is meant for another recipient"
    TIME = "it has expired or is not valid yet"
    NONCE = "it belongs to another sign-in"
    REPLAYED = "it was used before"
    SUBJECT = "it names nobody"
    STALE = "the provider did not ask the person again"
    NO_GROUP = "none of the person's groups has a role"
    NO_ADDRESS = "no confirmed mail address within the provider's domains"
    TAKEN = "the mail address belongs to an account that this institution does not know"
    LINKED = "the account is linked to somebody else at the provider"
    INACTIVE = "the account is closed"
    OTHER_PERSON = "somebody else than who is signed in"
    NOT_REGISTERED = "no EHR of this address is registered"
    NO_LAUNCH = "the EHR gave no launch to go on with"
    NOT_SMART = "the EHR does not offer what a launch needs"
    NO_PATIENT = "the EHR names no patient"
    NOT_READ = "the EHR does not let the patient be read"
    NO_MEMBER = "the person has no role here any more"


class SignInFault(Exception):
    """The sign-in ends here; nothing of it holds."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(fault.value)
        self.fault = fault
