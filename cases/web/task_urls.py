"""Addresses of tasks and of what became of decisions."""

from django.urls import URLPattern, path

from cases.web import follow_up, tasks

urlpatterns: list[URLPattern] = [
    path("tasks/", tasks.tasks, name="tasks"),
    path("tasks/<uuid:task_id>/", tasks.task, name="task"),
    path("tasks/<uuid:task_id>/<slug:change>/", tasks.change, name="task_change"),
    path("cases/<uuid:case_id>/follow-up/", follow_up.follow_up, name="follow_up"),
]
