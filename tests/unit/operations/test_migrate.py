"""A migration makes anew what it changes, and everything before it migrates data."""

import pytest
from django.db import models
from django.db.migrations.state import ModelState, ProjectState

from tumorboard.operations.management.commands.migrate import _rendering_alone

KEY = ("id", models.AutoField(primary_key=True))


@pytest.fixture
def state():
    found = ProjectState()
    found.add_model(ModelState("ward", "House", [KEY]))
    leads_there = ("house", models.ForeignKey("ward.House", models.CASCADE))
    found.add_model(ModelState("ward", "Bed", [KEY, leads_there]))
    return found


def rendered(state, name):
    return state.apps.get_model("ward", name)


def test_a_column_is_added_to_its_own_model_alone(state):
    with _rendering_alone():
        house, bed = rendered(state, "House"), rendered(state, "Bed")
        state.add_field("ward", "house", "floors", models.IntegerField(), preserve_default=True)
        assert rendered(state, "Bed") is bed
        assert rendered(state, "House") is not house
        assert rendered(state, "House")._meta.get_field("floors")
        # As Django does before it runs a migration of data.
        state.clear_delayed_apps_cache()
        assert rendered(state, "Bed") is not bed
        assert rendered(state, "Bed")._meta.get_field("house").related_model is rendered(
            state, "House"
        )


def test_a_new_relation_makes_all_anew_to_which_it_leads(state):
    with _rendering_alone():
        house = rendered(state, "House")
        again = models.ForeignKey("ward.House", models.CASCADE, related_name="+")
        state.add_field("ward", "bed", "former_house", again, preserve_default=True)
        assert rendered(state, "House") is not house


def test_afterwards_django_does_as_it_always_does(state):
    with _rendering_alone():
        pass
    bed = rendered(state, "Bed")
    state.add_field("ward", "house", "floors", models.IntegerField(), preserve_default=True)
    assert rendered(state, "Bed") is not bed
