"""What `manage.py check` says about where events may be sent."""

from tumorboard.operations.webhook_checks import webhook_networks_are_readable


def ids(settings, networks="", plain="", file="") -> list[str]:
    settings.WEBHOOK_NETWORKS, settings.WEBHOOK_PLAIN_HOSTS = networks, plain
    settings.WEBHOOK_CA_FILE = str(file)
    return [each.id for each in webhook_networks_are_readable(None)]


def test_settings_that_can_be_read_are_fine(settings, tmp_path):
    assert ids(settings) == []
    (tmp_path / "ca.pem").write_text("")
    assert ids(settings, "north=10.0.0.0/8", "north=engine.test", tmp_path / "ca.pem") == []


def test_settings_that_cannot_be_read_are_told(settings, tmp_path):
    assert ids(settings, "north=ten") == ["operations.E005"]
    assert ids(settings, plain="north") == ["operations.E005"]
    assert ids(settings, file=tmp_path / "none.pem") == ["operations.E006"]
