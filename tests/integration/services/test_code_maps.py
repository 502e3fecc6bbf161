"""What codes mean in an institution: proposed, confirmed, changed, retired, and seen unmapped."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cases.models import CodeMapping, UnmappedCode
from cases.selectors import code_maps as selectors
from cases.services import code_maps
from cases.services.errors import Invalid, Refused
from cases.services.row_versions import RowChanged, version_of
from cases.terminology import codes
from tumorboard.audit.models import AuditEntry
from tumorboard.tenancy.scope import institution_scope

Status = CodeMapping.Status
CGA = {
    "system": "LAB",
    "code": "CGA",
    "display": "Chromogranin A i.S.",
    "concept": "analyte/chromogranin_a",
    "source": "Catalogue 2026",
}


@pytest.fixture
def mapping(scope, coordinator):
    return code_maps.add(by=coordinator, **CGA)


def actions():
    return set(AuditEntry.objects.values_list("action", flat=True))


def test_a_proposal_is_not_read_until_it_is_confirmed(mapping, chair):
    assert selectors.concept_of("LAB", "CGA") is None

    code_maps.confirm(mapping=mapping, by=chair)

    assert selectors.concept_of("LAB", " CGA ") == "analyte/chromogranin_a"
    assert codes.concept_of("LAB", "CGA", local=selectors.local_codes()) == CGA["concept"]
    mapping.refresh_from_db()
    assert (mapping.status, mapping.confirmed_by) == (Status.CONFIRMED, chair)
    assert {"code_mapping.added", "code_mapping.confirmed"} <= actions()
    assert code_maps.confirm(mapping=mapping, by=chair).confirmed_at == mapping.confirmed_at


@pytest.mark.usefixtures("scope")
def test_a_concept_may_be_given_by_its_words_and_a_system_by_its_short_name(coordinator):
    row = code_maps.add(
        by=coordinator,
        is_confirmed=True,
        system="LN",
        code="24557-1",
        concept="examination: mri abdomen and pelvis without and with iv contrast",
    )

    assert (row.system, row.concept) == ("http://loinc.org", "procedure/MRI_AP_WWO")
    assert selectors.concept_of("LN", "24557-1") == "procedure/MRI_AP_WWO"


@pytest.mark.usefixtures("scope")
def test_the_institutions_word_goes_before_the_standards(coordinator):
    code_maps.add(
        by=coordinator, is_confirmed=True, system="LN", code="24558-9", concept="procedure/CEUS"
    )

    assert selectors.concept_of("LN", "24558-9") == "procedure/CEUS"


@pytest.mark.usefixtures("scope")
@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"system": " "}, "system"),
        ({"system": "x" * 201}, "system"),
        ({"system": "a\x00"}, "system"),
        ({"code": ""}, "code"),
        ({"code": "\ud800"}, "code"),
        ({"display": "x" * 301}, "display"),
        ({"concept": "analyte/nothing"}, "concept"),
        ({"concept": ""}, "concept"),
        ({"source": "x" * 201}, "source"),
        ({"system": "http://loinc.org", "code": "29593-2"}, "code"),
        ({"system": "SCT", "code": "363418002"}, "code"),
    ],
)
def test_what_cannot_be_accepted_names_its_field(coordinator, given, field):
    with pytest.raises(Invalid) as refused:
        code_maps.add(by=coordinator, **{**CGA, **given})

    assert set(refused.value.errors) == {field}
    assert not CodeMapping.objects.exists()


def test_a_code_is_mapped_once(mapping, coordinator):
    with pytest.raises(Invalid) as refused:
        code_maps.add(by=coordinator, **CGA)

    assert refused.value.errors == {"code": [code_maps.THERE]}


def test_another_meaning_is_a_proposal_again(mapping, coordinator, chair):
    code_maps.confirm(mapping=mapping, by=chair)

    same = code_maps.change(mapping=mapping, by=coordinator, display="CgA")
    assert (same.status, same.display) == (Status.CONFIRMED, "CgA")

    other = code_maps.change(mapping=mapping, by=coordinator, concept="analyte/nse")
    assert (other.status, other.confirmed_by, other.concept) == (
        Status.PROPOSED,
        None,
        "analyte/nse",
    )
    assert [version.meaning for version in selectors.history(other)][:2] == [
        "Laboratory value: Neuron-specific enolase",
        "Laboratory value: Chromogranin A",
    ]
    assert selectors.history(other)[-1].by == coordinator.name
    with pytest.raises(Invalid):
        code_maps.change(mapping=mapping, by=coordinator, concept="analyte/nothing")


def test_two_people_at_one_mapping(mapping, coordinator, chair):
    seen = version_of(mapping)
    code_maps.change(mapping=mapping, by=chair, concept="analyte/nse")

    with pytest.raises(RowChanged):
        code_maps.change(mapping=mapping, by=coordinator, concept="analyte/vip", if_match=seen)


def test_what_is_retired_is_not_read_and_its_code_is_free(mapping, coordinator, chair):
    code_maps.confirm(mapping=mapping, by=chair)
    code_maps.retire(mapping=mapping, by=coordinator)

    assert selectors.concept_of("LAB", "CGA") is None
    for verb in (code_maps.retire, code_maps.confirm, code_maps.change):
        with pytest.raises(Refused):
            verb(mapping=mapping, by=coordinator)
    code_maps.add(by=coordinator, **CGA)
    assert CodeMapping.objects.count() == 2


def test_a_meaning_that_the_product_has_no_more_is_not_confirmed(mapping, chair):
    CodeMapping.objects.update(concept="fact/gone")
    mapping.refresh_from_db()

    with pytest.raises(Invalid):
        code_maps.confirm(mapping=mapping, by=chair)
    assert selectors.code_rows([mapping])[0].meaning == "fact/gone"


def saw(code="X1", **given):
    code_maps.saw_unmapped(
        **{"system": "LAB", "code": code, "display": "What", "where": "ORU OBX-3", **given}
    )


@pytest.mark.usefixtures("scope")
def test_codes_that_nobody_knows_are_counted(coordinator):
    saw()
    saw(display="What is this", where="ORM OBR-4")
    saw("X2", where=" ")

    first, second = selectors.unmapped()
    assert (first.code, first.times, first.display, first.place) == (
        "X1",
        2,
        "What is this",
        "ORM OBR-4",
    )
    assert (second.code, second.times, second.place) == ("X2", 1, "unknown")

    code_maps.add(by=coordinator, **{**CGA, "code": "X1"})
    assert [row.code for row in selectors.unmapped()] == ["X2"]


@pytest.mark.usefixtures("scope")
def test_many_codes_of_one_message_are_counted_as_one_is(django_assert_num_queries):
    saw("X2", system="ELSEWHERE")
    seen = [code_maps.Seen("LAB", f"X{n}", "What", "ORU OBX-3") for n in range(200)]
    with CaptureQueriesContext(connection) as of_one:
        code_maps.saw_all_unmapped(seen=[code_maps.Seen("LAB", "Y", "What", "ORU OBX-3")])
    with django_assert_num_queries(len(of_one)):
        code_maps.saw_all_unmapped(seen=seen)
    code_maps.saw_all_unmapped(seen=[*seen[:2], seen[0]])

    times = {(row.system, row.code): row.times for row in selectors.unmapped()}
    assert len(times) == 202
    assert [times["LAB", code] for code in ("X0", "X1", "X2", "Y")] == [3, 2, 1, 1]
    assert times["ELSEWHERE", "X2"] == 1


@pytest.mark.usefixtures("scope")
def test_invented_codes_do_not_fill_the_storage(monkeypatch):
    monkeypatch.setattr(code_maps, "MOST_UNMAPPED", 1)
    saw("X1")
    saw("X2")
    saw("X1")

    assert [(row.code, row.times) for row in selectors.unmapped()] == [("X1", 2)]


def test_what_is_known_or_cannot_be_kept_is_not_counted(mapping):
    saw("CGA")
    saw("29593-1", system="LN")
    saw(" ")
    saw("a\x00")

    assert not UnmappedCode.objects.exists()


def test_mappings_are_found_by_code_words_and_meaning(mapping, coordinator):
    for text in ("cga", "i.S.", "lab", "chromogranin", "analyte/chromo"):
        assert list(selectors.mappings(text=text)) == [mapping], text
    assert not selectors.mappings(text="gastrin").exists()
    assert list(selectors.mappings(status=Status.PROPOSED)) == [mapping]
    code_maps.retire(mapping=mapping, by=coordinator)
    assert not selectors.mappings().exists()
    assert list(selectors.mappings(status=Status.RETIRED)) == [mapping]


def test_another_institutions_codes_are_not_there(institution, other_institution, coordinator):
    with institution_scope(institution):
        code_maps.add(by=coordinator, is_confirmed=True, **CGA)
        saw()
    with institution_scope(other_institution):
        assert selectors.concept_of("LAB", "CGA") is None
        assert not selectors.local_codes()
        assert not selectors.unmapped().exists()


@pytest.mark.django_db(transaction=True)
def test_many_messages_at_once_count_every_code(institution, coordinator):
    together = threading.Barrier(6)

    def work(_number):
        try:
            together.wait()
            with institution_scope(institution):
                saw()
        finally:
            connection.close()

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(work, range(6)))

    with institution_scope(institution):
        assert [(row.code, row.times) for row in selectors.unmapped()] == [("X1", 6)]


@pytest.mark.django_db(transaction=True)
def test_two_people_map_one_code_at_once(institution, coordinator):
    together = threading.Barrier(4)

    def work(_number):
        try:
            together.wait()
            with institution_scope(institution):
                code_maps.add(by=coordinator, **CGA)
        except Invalid as error:
            return error.errors
        else:
            return "mapped"
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        outcomes = list(pool.map(work, range(4)))

    assert outcomes.count("mapped") == 1
    assert all("code" in outcome for outcome in outcomes if outcome != "mapped")
