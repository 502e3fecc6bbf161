"""Addresses of restricted records and of opening them."""

from django.urls import path

from cases.web import break_glass, restrictions

urlpatterns = [
    path("cases/<uuid:case_id>/restriction/", restrictions.restriction, name="case_restriction"),
    path(
        "cases/<uuid:case_id>/restriction/lift/",
        restrictions.lift,
        name="case_restriction_lift",
    ),
    path("break-glass/", break_glass.break_glass, name="break_glass"),
    path("break-glass/<uuid:glass_id>/end/", break_glass.end, name="break_glass_end"),
    path("break-glass/reviews/", break_glass.reviews, name="break_glass_reviews"),
    path("break-glass/reviews/<uuid:glass_id>/", break_glass.review, name="break_glass_review"),
]
