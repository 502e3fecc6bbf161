"""The addresses of the server, each with all that is done there: reading and writing together."""

from typing import ClassVar

from rest_framework.request import Request
from rest_framework.response import Response

from cases.fhir.bundles import OnSystem
from cases.fhir.endpoint import FhirEndpoint
from cases.fhir.outcome import NotFound
from cases.fhir.reading import Reads
from cases.fhir.searchset import Searches
from cases.fhir.system_search import SearchesAll
from cases.fhir.write_endpoints import OnInstance, OnType

NOTHING = "This server has nothing at this address; metadata says what there is."


class OfType(Searches, OnType):
    """`[base]/[type]`."""

    interactions: ClassVar = {**OnType.interactions, **Searches.interactions}


class OfInstance(Reads, OnInstance):
    """`[base]/[type]/[id]`."""

    interactions: ClassVar = {**OnInstance.interactions, **Reads.interactions}


class Nowhere(FhirEndpoint):
    """Any other address: nothing is here, and it is told in FHIR's words to who may come in."""

    interactions: ClassVar = {}

    def get(self, request: Request, rest: str = "") -> Response:
        """Refuse.

        Raises:
            NotFound: always.
        """
        raise NotFound(NOTHING)

    post = put = patch = delete = get


class OfSystem(SearchesAll, OnSystem):
    """`[base]`: bundles are sent here, and all types are searched."""

    def put(self, request: Request) -> Response:
        """Refuse.

        Raises:
            NotFound: always.
        """
        raise NotFound(NOTHING)

    patch = delete = put
