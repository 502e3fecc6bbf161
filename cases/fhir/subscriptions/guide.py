"""Addresses that the Subscriptions R5 Backport guide (STU 1.1) gives to what it defines."""

ROOT = "http://hl7.org/fhir/uv/subscriptions-backport"
_DEFINITION = f"{ROOT}/StructureDefinition"
SUBSCRIPTION = f"{_DEFINITION}/backport-subscription"
STATUS = f"{_DEFINITION}/backport-subscription-status-r4"
NOTIFICATION = f"{_DEFINITION}/backport-subscription-notification-r4"
FILTER = f"{_DEFINITION}/backport-filter-criteria"
CONTENT = f"{_DEFINITION}/backport-payload-content"
CHANNEL_TYPE = f"{_DEFINITION}/backport-channel-type"
HEARTBEAT = f"{_DEFINITION}/backport-heartbeat-period"
TIMEOUT = f"{_DEFINITION}/backport-timeout"
MOST = f"{_DEFINITION}/backport-max-count"
TOPIC = f"{_DEFINITION}/capabilitystatement-subscriptiontopic-canonical"
STATUS_OPERATION = f"{ROOT}/OperationDefinition/backport-subscription-status"
EVENTS_OPERATION = f"{ROOT}/OperationDefinition/backport-subscription-events"
#: R4's word for what is there and not shown.
ABSENT = "http://hl7.org/fhir/StructureDefinition/data-absent-reason"
MASKED = {"url": ABSENT, "valueCode": "masked"}
