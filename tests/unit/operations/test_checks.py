"""An installation that cannot work is told so."""

from tumorboard.operations.checks import archives_are_readable, broker_is_named


def test_one_machine_brings_its_own_broker(settings):
    settings.ON_ONE_MACHINE = True
    settings.CELERY_BROKER_URL = settings.EMBEDDED.broker_url()
    assert broker_is_named(None) == []


def test_a_database_of_its_own_needs_a_broker_of_its_own(settings):
    settings.ON_ONE_MACHINE = False
    settings.CELERY_BROKER_URL = settings.EMBEDDED.broker_url()
    (problem,) = broker_is_named(None)
    assert problem.id == "operations.E001"
    assert "CELERY_BROKER_URL" in problem.msg
    settings.CELERY_BROKER_URL = "amqp://broker/"
    assert broker_is_named(None) == []


def test_what_is_written_about_archives_must_be_readable(settings):
    settings.PACS_HOSTS, settings.PACS_CREDENTIALS = "", ""
    assert archives_are_readable(None) == []
    settings.PACS_CREDENTIALS = '{"a": "hush"}'
    (problem,) = archives_are_readable(None)
    assert problem.id == "operations.E002"
    assert "hush" not in problem.msg
