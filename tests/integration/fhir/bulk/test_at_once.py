"""Exports at the same time as other work: real workers, and deploys between two steps."""

import threading

import pytest
from django.db import connection

from cases.fhir.bulk import collecting
from cases.fhir.registry import SOURCES
from cases.models import BulkExport, BulkExportPart, Patient
from cases.services import bulk_exports, erasures
from tests.integration.fhir.bulk.conftest import begin, step, work
from tumorboard.tenancy.scope import institution_scope

TYPES = "$export?_type=Patient,Condition,Observation"


@pytest.fixture
def small(monkeypatch):
    """Steps of two rows."""
    monkeypatch.setattr(collecting, "ROWS", 2)
    monkeypatch.setattr(collecting, "BATCH", 2)


def worker(institution, do, failed):
    """A thread that does its work in a transaction of its own."""

    def run():
        try:
            with institution_scope(institution):
                do()
        except Exception as error:
            failed.append(error)
        finally:
            connection.close()

    thread = threading.Thread(target=run)
    thread.start()
    return thread


@pytest.mark.django_db
@pytest.mark.parametrize("change", ["backwards", "fewer before", "more before"])
def test_sources_that_a_deploy_moves_are_neither_skipped_nor_repeated(
    program, institution, record, small, monkeypatch, change
):
    of_types = ("Patient", "Condition", "Observation")
    ours = [each for each in SOURCES if each.resource_type in of_types]
    others = [each for each in SOURCES if each.resource_type not in of_types]
    before, after = {
        "backwards": (ours, ours[::-1]),
        "fewer before": ([*others, *ours], ours),
        # What is new stands before that in which the export is.
        "more before": ([ours[0], *ours[6:]], ours),
    }[change]
    monkeypatch.setattr(collecting, "SOURCES", before)
    export = begin(program, TYPES)
    assert step(institution)
    assert step(institution)
    monkeypatch.setattr(collecting, "SOURCES", after)
    work(institution)
    assert sorted(export.names()) == sorted(record.values())


@pytest.mark.django_db(transaction=True, databases=["default", "owner"])
def test_two_workers_at_one_export_collect_everything_once(
    program, institution, record, small, monkeypatch
):
    """ASVS v5.0.0-2.3.4."""
    export = begin(program, TYPES)
    with institution_scope(institution):
        payload = {"export": str(BulkExport.objects.get().pk)}
    inside, go_on, failed = threading.Event(), threading.Event(), []
    go = collecting.Step.go_on

    def slow(self, place):
        inside.set()
        assert go_on.wait(30)
        return go(self, place)

    monkeypatch.setattr(collecting.Step, "go_on", slow)
    first = worker(institution, lambda: collecting.collect_next(payload), failed)
    assert inside.wait(30)
    second = worker(institution, lambda: collecting.collect_next(payload), failed)
    go_on.set()
    for thread in (first, second):
        thread.join(30)
    work(institution)
    assert failed == []
    assert sorted(export.names()) == sorted(record.values())


@pytest.mark.django_db(transaction=True, databases=["default", "owner"])
def test_a_patient_is_erased_while_a_worker_writes_of_them(
    program, institution, coordinator, record, small, monkeypatch
):
    """ASVS v5.0.0-14.2.7: the erasure waits for the worker, and takes what it wrote."""
    begin(program, TYPES)
    assert step(institution)
    with institution_scope(institution):
        payload = {"export": str(BulkExport.objects.get().pk)}
        patient = Patient.objects.get(pk=record["ada"].partition("/")[2])
    inside, failed = threading.Event(), []
    add_files, delete = bulk_exports.add_files, bulk_exports._delete
    deleting = threading.Event()

    def slow(**given):
        add_files(**given)
        inside.set()
        assert deleting.wait(30)

    def seen(exports):
        deleting.set()
        return delete(exports)

    monkeypatch.setattr(collecting.services, "add_files", slow)
    monkeypatch.setattr(bulk_exports, "_delete", seen)
    collects = worker(institution, lambda: collecting.collect_next(payload), failed)
    assert inside.wait(30)

    def erase():
        erasures.erase(
            patient=patient,
            record_number=patient.record_number,
            reason="Asked for.",
            by=coordinator,
        )

    erases = worker(institution, erase, failed)
    for thread in (collects, erases):
        thread.join(30)
    assert failed == []
    with institution_scope(institution):
        assert not BulkExport.objects.exists()
        assert not BulkExportPart.objects.exists()
