"""A reading process that computes without end; run by `test_inspection`."""

import sys

from cases.dicom.child import bind


def main() -> None:
    """Compute until the system says stop."""
    memory_bytes, cpu_seconds, output_bytes = map(int, sys.argv[1:4])
    bind(memory_bytes=memory_bytes, cpu_seconds=cpu_seconds, output_bytes=output_bytes)
    while True:
        pass


if __name__ == "__main__":
    main()
