"""Pages of lists."""

from typing import Any
from uuid import UUID

from rest_framework.exceptions import NotFound
from rest_framework.pagination import CursorPagination
from rest_framework.request import Request

from cases.services.errors import Invalid

LARGEST = 200
SIZES = frozenset(map(str, range(1, LARGEST + 1)))


class Pages(CursorPagination):
    """Pages in the order of making: ids are ordered by time, so a row added later comes last."""

    ordering = "id"
    #: The newest first, by the parameter `sort`. There is no other order: a cursor holds the
    #: place in it, and stands in addresses, where nothing of a patient may stand.
    sort_query_param = "sort"
    orders = ("id", "-id")
    page_size = 50
    page_size_query_param = "page_size"
    page_size_query_description = "How many rows a page has: 1 to 200."
    cursor_query_description = "Which page: taken from `next` or `previous` of another one."
    max_page_size = LARGEST

    def get_ordering(self, request: Request, queryset: Any, view: Any) -> tuple[str, ...]:
        """The order of the list.

        Raises:
            Invalid: there is no such order.
        """
        given = request.query_params.get(self.sort_query_param, self.ordering)
        if given not in self.orders:
            raise Invalid({self.sort_query_param: [f"Choose one of {', '.join(self.orders)}."]})
        return (given,)

    def get_page_size(self, request: Request) -> int:
        """How many rows a page has.

        Raises:
            Invalid: it is not a whole number from 1 to 200.
        """
        given = request.query_params.get(self.page_size_query_param)
        if given is None:
            return self.page_size
        if given not in SIZES:
            raise Invalid({"page_size": [f"Give a number from 1 to {LARGEST}."]})
        return int(given)

    def decode_cursor(self, request: Request) -> Any:
        """The place where the page begins.

        Raises:
            Invalid: no page of this list has such a cursor.
        """
        try:
            cursor = super().decode_cursor(request)
            if cursor is not None:
                # A mangled one names no place, and would lead back to the first page.
                UUID(str(cursor.position or ""))
        except (NotFound, ValueError) as error:
            raise Invalid({"cursor": ["Take it from `next` or `previous` of a page."]}) from error
        return cursor
