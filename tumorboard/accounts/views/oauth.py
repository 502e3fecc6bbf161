"""Where API clients get their tokens (RFC 6749, RFC 7523; SMART Backend Services)."""

import logging
from http import HTTPStatus
from urllib.parse import parse_qsl

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe

from tumorboard.accounts import access_tokens, assertions, key_sets, rate_limits, smart
from tumorboard.accounts.access import public_view
from tumorboard.audit.kinds import Via
from tumorboard.audit.origin import client_network, requested
from tumorboard.tenancy.models import Institution
from tumorboard.tenancy.scope import institution_scope

logger = logging.getLogger(__name__)

#: Bytes of a request: the longest assertion, and room for the rest.
LONGEST = 16_000
MOST_FIELDS = 20
FORM = "application/x-www-form-urlencoded"
GRANT = "client_credentials"
ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
#: The same for every client that is not known and for every signature that is wrong.
NOBODY = "The assertion proves no client of this institution."


class Refusal(Exception):
    """An error of RFC 6749, section 5.2: its code, and words for whoever builds the client."""

    def __init__(self, code: str, description: str) -> None:
        super().__init__(code)
        self.code = code
        self.description = description


@public_view("holds no institution's data, and is the same for one that does not exist")
@require_safe
def configuration(request: HttpRequest, slug: str) -> HttpResponse:
    """SMART's discovery document."""
    return JsonResponse(smart.configuration(slug))


@public_view("a client proves itself with an assertion, and has no token before")
@csrf_exempt
@require_POST
def token(request: HttpRequest, slug: str) -> HttpResponse:
    """A short-lived token for a signed assertion."""
    limit = rate_limits.Limit("token-requests", settings.RATE_TOKEN_REQUESTS)
    allowance = rate_limits.count(limit, client_network(request))
    if allowance.is_exceeded:
        return rate_limits.refusal(allowance)
    try:
        answer = _exchanged(request, slug)
    except Refusal as refusal:
        answer = _refused(refusal)
    for name, value in allowance.headers.items():
        answer[name] = value
    answer["Cache-Control"] = "no-store"
    answer["Pragma"] = "no-cache"
    return answer


def _exchanged(request: HttpRequest, slug: str) -> HttpResponse:
    fields = _fields(request)
    if "grant_type" not in fields:
        raise Refusal("invalid_request", "grant_type is missing.")
    if fields["grant_type"] != GRANT:
        raise Refusal("unsupported_grant_type", f"The only grant_type here is {GRANT}.")
    if fields.get("client_assertion_type") != ASSERTION_TYPE:
        raise Refusal("invalid_request", f"client_assertion_type is not {ASSERTION_TYPE}.")
    if "client_assertion" not in fields:
        raise Refusal("invalid_request", "client_assertion is missing.")
    institution = Institution.objects.filter(slug=slug).first()
    if institution is None:
        raise Refusal("invalid_client", NOBODY)
    key_sets.refresh(institution, fields["client_assertion"])
    with institution_scope(institution), requested(request, Via.API):
        return _issued(fields, slug)


def _fields(request: HttpRequest) -> dict[str, str]:
    """The form's fields, each once; one without a value counts as not there (RFC 6749, 3.2)."""
    if request.GET:
        raise Refusal("invalid_request", "Send everything in the body, nothing in the address.")
    if request.content_type != FORM:
        raise Refusal("invalid_request", f"Send the body as {FORM}.")
    body = request.read(LONGEST + 1)
    if len(body) > LONGEST:
        raise Refusal("invalid_request", f"Send at most {LONGEST} bytes.")
    try:
        text = body.decode("ascii")
        pairs = parse_qsl(text, keep_blank_values=True, errors="strict", max_num_fields=MOST_FIELDS)
    except ValueError:
        raise Refusal("invalid_request", "The body is not a form.") from None
    fields = dict(pairs)
    if len(fields) < len(pairs):
        raise Refusal("invalid_request", "A parameter is given twice.")
    if "client_secret" in fields or "Authorization" in request.headers:
        raise Refusal("invalid_request", "Prove yourself by client_assertion alone.")
    return {name: value for name, value in fields.items() if value}


def _issued(fields: dict[str, str], slug: str) -> HttpResponse:
    """The answer to a request that is whole; in the institution's scope.

    What is refused after the assertion was accepted is answered and not raised: the assertion
    stays spent.
    """
    try:
        client = assertions.client_of(
            fields["client_assertion"], audience=smart.token_address(slug)
        )
    except assertions.InvalidAssertion as error:
        # The reason is ours, never what was sent.
        logger.warning("a client assertion was refused: %s", error.reason)
        raise Refusal("invalid_client", error.reason if error.is_proven else NOBODY) from None
    if fields.get("client_id", str(client.pk)) != str(client.pk):
        return _refused(Refusal("invalid_client", NOBODY))
    try:
        issued, secret = access_tokens.issue(client=client, requested=fields.get("scope", ""))
    except access_tokens.NoScope:
        words = "scope is missing, or names nothing that this client is registered for."
        return _refused(Refusal("invalid_scope", words))
    return JsonResponse(
        {
            "access_token": secret,
            "token_type": "bearer",
            "expires_in": int(access_tokens.LIFETIME.total_seconds()),
            "scope": issued.scopes,
        }
    )


def _refused(refusal: Refusal) -> HttpResponse:
    is_unknown = refusal.code == "invalid_client"
    status = HTTPStatus.UNAUTHORIZED if is_unknown else HTTPStatus.BAD_REQUEST
    body = {"error": refusal.code, "error_description": refusal.description}
    headers = {"WWW-Authenticate": "Bearer"} if is_unknown else {}
    return JsonResponse(body, status=int(status), headers=headers)
