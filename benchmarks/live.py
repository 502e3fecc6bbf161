"""How soon 200 followers of a meeting hear of a change, and see it; and what that costs the web.

Run with `TUMORBOARD_EMBEDDED=test python -m benchmarks.live`. It makes a database of its own
beside the others and drops it afterwards, starts uvicorn on it with one web process and then with
two, as the README does, and signs 200 people in, who sit on the board for some specialty, each with
a stream of their own. The clock starts when the presenter's change is committed. First it
stops for each follower when the event is there, then when the bar that the page asks for upon it
is there too; this process, which plays all 200 browsers, runs on the same cores.
"""

import asyncio
import itertools
import os
import re
import statistics
import time
from collections.abc import Awaitable, Callable
from itertools import cycle
from pathlib import Path

import django
import psutil

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tumorboard.settings")
# As in production: who comes while all connections are in use waits for one.
os.environ.setdefault("DATABASE_POOL_SIZE", "10")
django.setup()

from django.test import Client  # noqa: E402

from benchmarks.database import fresh_database  # noqa: E402
from cases.models import AgendaItem, Board, BoardMember  # noqa: E402
from cases.models.specialty import Specialty  # noqa: E402
from cases.services import discussions  # noqa: E402
from tests.factories.boards import (  # noqa: E402
    bring_near,
    make_asking_case,
    make_item,
    make_meeting,
)
from tests.factories.people import add_member, make_institution  # noqa: E402
from tests.server import HOST, Server  # noqa: E402
from tumorboard.accounts.models import Membership, User  # noqa: E402
from tumorboard.tenancy.models import Institution  # noqa: E402
from tumorboard.tenancy.scope import institution_scope  # noqa: E402

FOLLOWERS = 200
CASES = 5
CHANGES = 20
BUDGET_SECONDS = 2.0
BUDGET_MB = 250
#: How many web processes share the followers, in turn.
WORKERS = (1, 2)
#: Counted over all rounds: a case that is shown already is no change.
TURNS = itertools.count()
#: Seconds; whoever has heard nothing by then hears nothing.
PATIENCE = 60


def memory_mb(pid: int) -> float:
    """Resident memory of a process."""
    status = Path(f"/proc/{pid}/status").read_text()
    line = next(line for line in status.splitlines() if line.startswith("VmRSS"))
    return int(line.split()[1]) / 1024


def largest(pids: list[int]) -> float:
    """The memory of the largest of some processes, in MB."""
    return max(memory_mb(pid) for pid in pids)


def web_processes(server: Server) -> list[int]:
    """The ids of the processes that answer: the server itself, or those that it started."""
    assert server.process is not None
    if server.workers == 1:
        return [server.process.pid]
    return [child.pid for child in psutil.Process(server.process.pid).children()]


def processor_seconds(pids: list[int]) -> float:
    """How long processes have computed so far, however busy the machine is."""
    each = [psutil.Process(pid).cpu_times() for pid in pids]
    return float(sum(times.user + times.system for times in each))


def wait_for_all(server: Server) -> None:
    """Wait until every process has started: the first that has answers for all."""
    before = -1.0
    while (now := processor_seconds(web_processes(server))) > before + 0.05:
        before = now
        time.sleep(1)


def cookies(institution: Institution, board: Board) -> list[str]:
    """Two hundred members of the board who are signed in."""
    people = User.objects.bulk_create(
        User(email=f"p{n}@north.example", name=f"Person {n}", password="!")
        for n in range(FOLLOWERS)
    )
    with institution_scope(institution):
        Membership.objects.bulk_create(Membership(user=p, role="RADIOLOGIST") for p in people)
        BoardMember.objects.bulk_create(
            BoardMember(board=board, person=person, specialty=specialty)
            for person, specialty in zip(people, cycle(Specialty.values), strict=False)
        )
    found = []
    for person in people:
        client = Client()
        client.force_login(person)
        found.append(client.cookies["sessionid"].value)
    return found


class Follower:
    """One browser: its stream, and the bar it asks for."""

    def __init__(self, port: int, root: str, cookie: str) -> None:
        self.port = port
        self.root = root
        self.cookie = cookie
        self.had = "none"
        self.heard: asyncio.Queue[float] = asyncio.Queue()

    async def _ask(self, path: str) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        reader, writer = await asyncio.open_connection(HOST, self.port)
        head = f"GET {path} HTTP/1.1\r\nHost: {HOST}\r\nCookie: sessionid={self.cookie}"
        writer.write(f"{head}\r\nConnection: close\r\n\r\n".encode())
        status = await reader.readline()
        assert b" 200 " in status, status
        return reader, writer

    async def listen(self) -> None:
        """Note when each event of a change arrived."""
        reader, _ = await self._ask(f"{self.root}events/")
        while line := await reader.readline():
            if line.startswith(b"event: revision"):
                self.heard.put_nowait(time.perf_counter())
        message = "A stream ended."
        raise RuntimeError(message)

    async def hear(self) -> float:
        """When the next event arrived."""
        return await asyncio.wait_for(self.heard.get(), PATIENCE)

    async def see(self) -> float:
        """When the bar and the case were there that the next event made it ask for."""
        await self.hear()
        bar = await self._get(f"{self.root}bar/?had={self.had}")
        case = re.search(rb'data-item="([^"]+)"', bar)
        assert case is not None
        assert b"data-has-case" in bar
        self.had = case[1].decode()
        return time.perf_counter()

    async def _get(self, path: str) -> bytes:
        reader, writer = await self._ask(path)
        content = await reader.read()
        writer.close()
        return content


def say(what: str, took: list[float]) -> float:
    """Print the numbers; the 95th percentile, in seconds."""
    ordered = sorted(took)
    p95 = ordered[int(0.95 * len(ordered))]
    print(
        f"{what}: p50 {1000 * statistics.median(ordered):.0f} ms, "
        f"p95 {1000 * p95:.0f} ms, max {1000 * ordered[-1]:.0f} ms"
    )
    return p95


def verdict(what: str, is_kept: bool) -> None:
    """Print whether a budget holds."""
    print(f"budget {what}: {'holds' if is_kept else 'IS BROKEN'}")


async def measure(
    institution: Institution,
    items: list[AgendaItem],
    by: User,
    followers: list[Follower],
    web: list[int],
) -> float:
    """Change the meeting again and again; who heard and saw it when.

    Returns:
        From a change to bar and case, the 95th percentile in seconds.
    """

    def change() -> float:
        with institution_scope(institution):
            discussions.show(item=items[next(TURNS) % CASES], by=by)
        return time.perf_counter()

    async def rounds(count: int, wait: Callable[[Follower], Awaitable[float]]) -> list[float]:
        took = []
        for _ in range(count):
            waiting = [asyncio.create_task(wait(follower)) for follower in followers]
            committed = await asyncio.to_thread(change)
            took += [at - committed for at in await asyncio.gather(*waiting)]
        return took

    streams = [asyncio.create_task(follower.listen()) for follower in followers]
    begin = time.perf_counter()
    await asyncio.gather(*(follower.hear() for follower in followers))
    print(f"{FOLLOWERS} streams opened in {time.perf_counter() - begin:.1f} s")
    say("from commit to event", await rounds(CHANGES, Follower.hear))
    say("from commit to the first bar and case after a start", await rounds(1, Follower.see))
    before = processor_seconds(web)
    p95 = say("from commit to bar and case", await rounds(CHANGES // 4, Follower.see))
    each = (processor_seconds(web) - before) / (CHANGES // 4)
    print(f"processor time of the web for all pages, a change: {each:.2f} s")
    for stream in streams:
        stream.cancel()
    return p95


def run() -> None:
    """Set the scene, and measure."""
    institution = make_institution(slug="north", name="North Hospital")
    by = add_member(institution, "BOARD_CHAIR", email="chris@north.example", name="Chris")
    with institution_scope(institution):
        meeting = bring_near(make_meeting(by=by))
        items = [
            make_item(by=by, meeting=meeting, case=make_asking_case(by=by)) for _ in range(CASES)
        ]
    signed_in = cookies(institution, meeting.board)
    root = f"/i/north/meetings/{meeting.pk}/live/"
    print(f"load of the machine before: {os.getloadavg()[0]:.1f}")
    for workers in WORKERS:
        with Server(workers=workers) as server:
            wait_for_all(server)
            web = web_processes(server)
            print(f"\nweb processes: {workers}, {largest(web):.0f} MB before")
            followers = [Follower(server.port, root, cookie) for cookie in signed_in]
            p95 = asyncio.run(measure(institution, items, by, followers, web))
            memory = largest(web)
        print(f"the larger web process with {FOLLOWERS} followers: {memory:.0f} MB")
        verdict(f"{BUDGET_SECONDS:.0f} s to bar and case, p95", p95 <= BUDGET_SECONDS)
        verdict(f"{BUDGET_MB} MB a web process", memory <= BUDGET_MB)


if __name__ == "__main__":
    with fresh_database():
        run()
