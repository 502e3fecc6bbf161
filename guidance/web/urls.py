"""Addresses of the guidance library."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
