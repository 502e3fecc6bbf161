"""Addresses of the numbers."""

from django.urls import URLPattern, path

from cases.web import board_numbers

urlpatterns: list[URLPattern] = [
    path("numbers/", board_numbers.numbers, name="numbers"),
    path("numbers/charts/<slug:name>.svg", board_numbers.chart, name="numbers_chart"),
    path("numbers/numbers.<slug:ending>", board_numbers.table, name="numbers_table"),
    path("numbers/evidence/<slug:code>.pdf", board_numbers.evidence, name="numbers_evidence"),
]
