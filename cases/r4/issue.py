"""One thing that is wrong with a resource or a request, as OperationOutcome says it."""

from enum import StrEnum
from typing import Any, NamedTuple


class Severity(StrEnum):
    """http://hl7.org/fhir/issue-severity."""

    FATAL = "fatal"
    ERROR = "error"
    WARNING = "warning"
    INFORMATION = "information"


class Code(StrEnum):
    """http://hl7.org/fhir/issue-type, to which `OperationOutcome.issue.code` is bound."""

    INVALID = "invalid"
    STRUCTURE = "structure"
    REQUIRED = "required"
    VALUE = "value"
    INVARIANT = "invariant"
    SECURITY = "security"
    LOGIN = "login"
    UNKNOWN = "unknown"
    EXPIRED = "expired"
    FORBIDDEN = "forbidden"
    SUPPRESSED = "suppressed"
    PROCESSING = "processing"
    NOT_SUPPORTED = "not-supported"
    DUPLICATE = "duplicate"
    MULTIPLE_MATCHES = "multiple-matches"
    NOT_FOUND = "not-found"
    DELETED = "deleted"
    TOO_LONG = "too-long"
    CODE_INVALID = "code-invalid"
    EXTENSION = "extension"
    TOO_COSTLY = "too-costly"
    BUSINESS_RULE = "business-rule"
    CONFLICT = "conflict"
    TRANSIENT = "transient"
    LOCK_ERROR = "lock-error"
    NO_STORE = "no-store"
    EXCEPTION = "exception"
    TIMEOUT = "timeout"
    INCOMPLETE = "incomplete"
    THROTTLED = "throttled"
    INFORMATIONAL = "informational"


class Issue(NamedTuple):
    """One thing that is wrong, or worth telling."""

    code: Code
    #: For whoever mends it. Quotes no patient data: answers are logged on the other side.
    diagnostics: str = ""
    #: Where, as simple FHIRPath ("Observation.component[1].code") or "http.<parameter>".
    expression: tuple[str, ...] = ()
    severity: Severity = Severity.ERROR

    def as_json(self) -> dict[str, Any]:
        """As an OperationOutcome holds it."""
        found: dict[str, Any] = {"severity": self.severity.value, "code": self.code.value}
        if self.diagnostics:
            found["diagnostics"] = self.diagnostics
        # What is wrong as a whole stands nowhere, and R4 has no empty text.
        if places := [each for each in self.expression if each]:
            found["expression"] = places
        return found
