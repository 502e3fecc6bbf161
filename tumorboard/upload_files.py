"""Where an uploaded file lies until it is judged: in a file without a name.

The framework's has one, and a process that is killed leaves it behind, with a patient in it.
"""

import tempfile
from typing import Any

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import TemporaryFileUploadHandler


class NamelessFileUploadHandler(TemporaryFileUploadHandler):
    """Takes what is too large for memory."""

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        """Begin a file that the system forgets with the process."""
        super(TemporaryFileUploadHandler, self).new_file(*args, **kwargs)
        self.file = UploadedFile(
            tempfile.TemporaryFile(dir=settings.FILE_UPLOAD_TEMP_DIR),  # noqa: SIM115 - the request closes it
            self.file_name,
            self.content_type,
            0,
            self.charset,
            self.content_type_extra,
        )

    def upload_interrupted(self) -> None:
        """Let go of what came."""
        if hasattr(self, "file"):
            self.file.close()
