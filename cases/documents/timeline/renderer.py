"""The other side of `rendering`: a process that turns Vega-Lite specifications into SVG.

Started with `python -I renderer.py`; knows nothing of the site. It reads one specification as a
line of JSON and answers with one line of JSON, {"svg": …} or {"error": …}; it ends when nobody
has asked for a while, or when the process that asked has ended.
"""

import json
import select
import sys

import vl_convert

VEGA_LITE = "5.21"
#: It holds about 100 MB: not longer than it is of use.
IDLE_SECONDS = 300


def answer(line: bytes) -> dict[str, str]:
    """Draw one specification. It may load nothing from anywhere."""
    try:
        svg = vl_convert.vegalite_to_svg(line.decode(), vl_version=VEGA_LITE, allowed_base_urls=[])
    except ValueError as error:
        return {"error": type(error).__name__}
    return {"svg": svg}


def main() -> None:
    """Answer until the input ends or stays silent."""
    source, target = sys.stdin.buffer, sys.stdout.buffer
    while select.select([source], [], [], IDLE_SECONDS)[0] and (line := source.readline()):
        target.write(json.dumps(answer(line)).encode() + b"\n")
        target.flush()


if __name__ == "__main__":
    main()
