"""Whether what leaves is R4: by our own judge, by the models of `fhir.resources`."""

from typing import Any

from fhir.resources.R4B import get_fhir_model_class

from cases.r4.judging import faults


def assert_valid(resource: dict[str, Any]) -> dict[str, Any]:
    """The resource, if both find nothing wrong with it."""
    assert faults(resource) == []
    get_fhir_model_class(resource["resourceType"]).model_validate(resource)
    return resource
