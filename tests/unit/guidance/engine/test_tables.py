"""Reference tables: loading, and which rows concern a case."""

import json
from dataclasses import FrozenInstanceError

import pytest

from guidance.engine.edition import compile_edition, load_edition
from guidance.engine.facts import parse_facts
from guidance.engine.logic import ConditionError
from guidance.engine.reading import read_case
from guidance.engine.tables import FILES, Column, TableError, concerning, load_tables

RAW = {
    "tables": [
        {
            "id": "shape",
            "title": "Size and shape",
            "note": {"text": "Reported associations.", "source": "004 L616-L620"},
            "columns": [{"key": "feature", "label": "Feature"}, {"key": "mm", "label": "Size, mm"}],
            "rows": [
                {
                    "id": "PRG-01",
                    "cells": {"mm": "> 30", "feature": "Size"},
                    "when": {"all": ["primary_size_mm > 30", "margins = irregular"]},
                    "source": "004 L621-L627",
                },
                {"id": "PRG-20", "cells": {"feature": "Vessels"}, "source": "004 L628-L632"},
            ],
        },
        {
            "id": "spread",
            "title": "Spread",
            "columns": [{"key": "site", "label": "Site"}],
            "rows": [
                {
                    "id": "PRG-15",
                    "cells": {"site": "Liver"},
                    "when": "metastatic_sites has liver",
                    "source": "003 L552-L561",
                }
            ],
        },
    ]
}
TABLES = load_tables(RAW)


def read(**facts):
    return read_case(parse_facts(facts))[0]


def test_tables_keep_their_order_and_words():
    shape, spread = TABLES
    assert (shape.id, shape.title) == ("shape", "Size and shape")
    assert (shape.note, shape.note_source) == ("Reported associations.", "004 L616-L620")
    assert (spread.note, spread.note_source) == ("", "")
    assert shape.columns == (Column("feature", "Feature"), Column("mm", "Size, mm"))
    assert [row.id for row in shape.rows] == ["PRG-01", "PRG-20"]
    assert shape.rows[1].source == "004 L628-L632"


def test_cells_stand_in_the_order_of_the_columns_whatever_the_file_says():
    assert list(TABLES[0].rows[0].cells) == ["feature", "mm"]
    assert dict(TABLES[0].rows[1].cells) == {"feature": "Vessels"}


def test_tables_cannot_be_changed():
    row = TABLES[0].rows[0]
    with pytest.raises(FrozenInstanceError):
        row.id = "PRG-02"
    with pytest.raises(TypeError):
        row.cells["feature"] = "Shape"


def test_a_file_without_tables_has_none():
    assert load_tables({}) == ()
    assert load_tables({"protocols": []}) == ()


def test_a_cell_that_no_column_shows_is_refused():
    raw = {
        "tables": [
            {
                "id": "shape",
                "title": "Shape",
                "columns": [{"key": "feature", "label": "Feature"}],
                "rows": [{"id": "PRG-01", "cells": {"size": "30"}, "source": "INT"}],
            }
        ]
    }
    with pytest.raises(TableError, match="shape, PRG-01: no column 'size'"):
        load_tables(raw)


def test_a_condition_that_cannot_be_read_is_refused():
    raw = {
        "tables": [
            {
                "id": "shape",
                "title": "Shape",
                "columns": [{"key": "feature", "label": "Feature"}],
                "rows": [
                    {"id": "PRG-01", "cells": {"feature": "x"}, "when": "large", "source": "INT"}
                ],
            }
        ]
    }
    with pytest.raises(ConditionError, match="large"):
        load_tables(raw)


@pytest.mark.parametrize(
    ("facts", "ids"),
    [
        ({}, []),
        ({"primary_size_mm": 31}, []),
        ({"primary_size_mm": 31, "margins": "unknown"}, []),
        ({"primary_size_mm": 30, "margins": "irregular"}, []),
        ({"primary_size_mm": 31, "margins": "irregular"}, ["PRG-01"]),
        ({"metastatic_sites": []}, []),
        ({"metastatic_sites": ["bone", "liver"]}, ["PRG-15"]),
        (
            {"metastatic_sites": ["liver"], "primary_size_mm": 40, "margins": "irregular"},
            ["PRG-01", "PRG-15"],
        ),
    ],
)
def test_a_row_concerns_a_case_only_where_its_condition_is_true(facts, ids):
    assert [row["id"] for row in concerning(TABLES, read(**facts))] == ids


def test_a_row_that_concerns_a_case_comes_with_labels_and_source():
    rows = concerning(TABLES, read(primary_size_mm=31, margins="irregular"))
    assert rows == [
        {
            "id": "PRG-01",
            "table": "shape",
            "cells": {
                "feature": {"label": "Feature", "text": "Size"},
                "mm": {"label": "Size, mm", "text": "> 30"},
            },
            "source": "004 L621-L627",
        }
    ]
    assert list(rows[0]["cells"]) == ["feature", "mm"]
    assert json.loads(json.dumps(rows)) == rows


def test_an_empty_cell_is_left_out():
    raw = {"tables": [{**RAW["tables"][0], "rows": [dict(RAW["tables"][0]["rows"][0])]}]}
    raw["tables"][0]["rows"][0]["cells"] = {"mm": "> 30"}
    (row,) = concerning(load_tables(raw), read(primary_size_mm=31, margins="irregular"))
    assert list(row["cells"]) == ["mm"]


def test_an_edition_holds_its_tables_by_file():
    edition = load_edition()
    assert tuple(edition.tables) == FILES
    assert all(edition.tables.values())


def test_an_edition_without_a_file_of_tables_has_none_of_them():
    files = {name: raw for name, raw in load_edition().content.items() if name != "prognosis"}
    files["protocols"] = {"protocols": files["protocols"]["protocols"]}
    edition = compile_edition(files)
    assert edition.tables["prognosis"] == ()
    assert edition.tables["protocols"] == ()
    assert edition.tables["response"]
