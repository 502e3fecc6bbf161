"""What goes out of a resource that came in."""

from cases.fhir.keeping import merged

CAME = {
    "resourceType": "Observation",
    "id": "elsewhere",
    "meta": {"versionId": "9", "profile": ["http://example.org/mine"], "tag": [{"code": "t"}]},
    "text": {"status": "generated", "div": "<div>5 cm</div>"},
    "status": "final",
    "_status": {"extension": [{"url": "http://x", "valueString": "seen"}]},
    "code": {"coding": [{"code": "a"}, {"code": "b"}]},
    "effectiveDateTime": "2026-11",
    "note": [{"text": "as the laboratory says"}],
}
SAID = {
    "resourceType": "Observation",
    "status": "final",
    "code": {"coding": [{"code": "a"}]},
    "effectiveDateTime": "2026-11-01",
}


def test_what_the_row_still_says_goes_out_as_it_came():
    found = merged(SAID, said=SAID, document=CAME)
    assert found["code"] == CAME["code"]
    assert found["effectiveDateTime"] == "2026-11"
    assert found["_status"] == CAME["_status"]
    assert found["note"] == CAME["note"]
    assert found["text"] == CAME["text"]


def test_what_the_row_says_otherwise_by_now_is_the_rows_and_the_narrative_goes():
    now = {**SAID, "code": {"coding": [{"code": "c"}]}}
    found = merged(now, said=SAID, document=CAME)
    assert found["code"] == now["code"]
    assert found["note"] == CAME["note"]
    assert "text" not in found


def test_a_choice_is_one_element_whatever_its_type():
    now = {name: value for name, value in SAID.items() if name != "effectiveDateTime"}
    now["effectivePeriod"] = {"start": "2026-11-01"}
    found = merged(now, said=SAID, document=CAME)
    assert "effectiveDateTime" not in found
    assert found["effectivePeriod"] == {"start": "2026-11-01"}


def test_an_extension_on_a_value_that_changed_goes_with_it():
    found = merged({**SAID, "status": "amended"}, said=SAID, document=CAME)
    assert found["status"] == "amended"
    assert "_status" not in found


def test_what_the_row_does_not_say_any_more_is_gone():
    now = {name: value for name, value in SAID.items() if name != "effectiveDateTime"}
    assert "effectiveDateTime" not in merged(now, said=SAID, document=CAME)


def test_what_the_row_says_beside_the_document_goes_out_too():
    now = {**SAID, "subject": {"reference": "Patient/1"}}
    assert merged(now, said=now, document=CAME)["subject"] == {"reference": "Patient/1"}


def test_profiles_and_tags_are_kept_and_the_version_is_not_the_documents():
    now = {**SAID, "meta": {"profile": ["http://example.org/ours"]}}
    found = merged(now, said=now, document=CAME)
    assert found["meta"]["profile"] == ["http://example.org/mine", "http://example.org/ours"]
    assert found["meta"]["tag"] == [{"code": "t"}]
    assert "versionId" not in found["meta"]
    assert "id" not in found
