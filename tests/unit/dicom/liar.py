"""A reading process that was taken over; run by `test_inspection`."""

import sys


def main() -> None:
    """Say what the extension says in hexadecimal digits."""
    sys.stdout.write(bytes.fromhex(sys.argv[4]).decode())


if __name__ == "__main__":
    main()
