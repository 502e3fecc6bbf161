"""How the API describes itself: every endpoint with its headers and the problems it may answer."""

from http import HTTPStatus
from typing import Any

from drf_spectacular.openapi import AutoSchema
from drf_spectacular.utils import (
    OpenApiExample,
    OpenApiParameter,
    OpenApiResponse,
    extend_schema_serializer,
)
from rest_framework import serializers

from cases.api.paging import Pages
from cases.api.problems import CONTENT_TYPE, PREFIX, meanings
from cases.api.replays import REPLAYED
from cases.services.idempotency import HEADER

EVERYWHERE = frozenset({401, 403, 404, 422, 429})
WITH_A_BODY = frozenset({400, 413, 415})
GUARDED = frozenset({409, 412, 428})
WRITING = ("POST", "PATCH", "PUT")
CHANGING = ("PATCH", "PUT", "DELETE")


class FaultSerializer(serializers.Serializer):
    """What is wrong with one field."""

    field = serializers.CharField(help_text="Dotted, as in `facts.ki67_percent`; empty: the whole.")
    reason = serializers.CharField()


@extend_schema_serializer(
    examples=[
        OpenApiExample(
            "A value that cannot be accepted",
            response_only=True,
            media_type=CONTENT_TYPE,
            status_codes=["422"],
            value={
                "type": f"{PREFIX}unprocessable-entity",
                "title": "Unprocessable Entity",
                "status": 422,
                "errors": [
                    {
                        "field": "facts.ki67_percent",
                        "reason": "Must be at most 100 % positive nuclei, not 101.",
                    }
                ],
            },
        )
    ]
)
class ProblemSerializer(serializers.Serializer):
    """What went wrong (RFC 9457)."""

    type = serializers.CharField(help_text="One of the codes of docs/rest.md, after a prefix.")
    title = serializers.CharField()
    status = serializers.IntegerField()
    detail = serializers.CharField(required=False)
    # Fields do not stay on the class.
    errors = FaultSerializer(many=True, required=False)  # type: ignore[assignment]
    candidates = serializers.ListField(
        child=serializers.DictField(),
        required=False,
        help_text="Of a possible duplicate: `patient`, the id of one who is here, and `likeness`.",
    )
    current = serializers.DictField(
        required=False, help_text="Of another version: the whole row as it stands now."
    )
    sent = serializers.DictField(
        required=False, allow_null=True, help_text="Of another version: the body that was sent."
    )


def _header(name: str, words: str, **more: Any) -> OpenApiParameter:
    return OpenApiParameter(name, str, OpenApiParameter.HEADER, description=words, **more)


class Description(AutoSchema):
    """Adds to each operation its filters, its headers and its problems, from the view itself."""

    def get_override_parameters(self) -> list[Any]:
        """Query parameters and headers beside those of the address and of paging."""
        view: Any = self.view
        found: list[Any] = []
        if self.method == "GET" and not getattr(view, "is_file", False):
            found += [each.described(name) for name, each in getattr(view, "filters", {}).items()]
            words = "The fields that are wanted, with commas between; all without it."
            found.append(OpenApiParameter("fields", str, description=words))
            if hasattr(view, "filters"):
                words = "`id`: the oldest first; `-id`: the newest first."
                found.append(
                    OpenApiParameter(
                        Pages.sort_query_param, str, description=words, enum=Pages.orders
                    )
                )
            else:
                words = "ETags that the caller has: 304 where one of them is the row's."
                found += [_header("If-None-Match", words), self._tag()]
        if self.method == "POST":
            words = "Names this request; sent again with the same key and body it does nothing."
            replayed = "`true`: the answer is that of the first request under the key."
            found.append(_header(HEADER, words))
            found.append(_header(REPLAYED, replayed, response=[200, 201]))
        if self.method in CHANGING or getattr(view, "is_guarded", False):
            found.append(_header("If-Match", "The ETag that was read.", required=True))
        if self.method in WRITING and getattr(view, "has_tag", True):
            found.append(self._tag())
        return found

    def _tag(self) -> OpenApiParameter:
        return _header("ETag", "The row's version.", response=[200, 201])

    def _get_examples(self, serializer: Any, direction: Any, *args: Any, **kwargs: Any) -> Any:
        """Of a change, only what can change."""
        found: Any = super()._get_examples(serializer, direction, *args, **kwargs)
        if direction == "request" and getattr(serializer, "partial", False):
            for example in found.values():
                kept = {k: v for k, v in example["value"].items() if k in serializer.fields}
                example["value"] = kept
        return found

    def _get_response_bodies(self, direction: Any = "response") -> dict[str, Any]:
        bodies: dict[str, Any] = super()._get_response_bodies(direction)
        possible = set(EVERYWHERE)
        if self.method in WRITING:
            possible |= WITH_A_BODY
        if self.method != "GET" or getattr(self.view, "is_file", False):
            possible.update(map(int, getattr(self.view, "problems", ())))
        if self.method in CHANGING:
            possible |= GUARDED
        if "If-None-Match" in {p.name for p in self.get_override_parameters()}:
            bodies["304"] = {"description": "The caller has this version."}
        for status in sorted(possible):
            bodies[str(status)] = self._get_response_for_code(
                OpenApiResponse(ProblemSerializer, meanings(HTTPStatus(status))),
                str(status),
                [CONTENT_TYPE],
                direction,
            )
        return bodies
