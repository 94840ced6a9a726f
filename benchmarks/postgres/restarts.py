"""Eight agents write while the server is restarted three times and killed with -9 once; then
every row must be there once, every sum must be exact, and nothing may be left in the spool.

    python benchmarks/postgres/restarts.py [rows an agent]
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parents[1] / "plugins/voicegw-postgres/tests"))

from fleet import Agent
from server import PASSWORD, Server

from voicegateway.testing import LedgerPlace
from voicegateway.testing.conformance.truth import checked_rows
from voicegw_postgres.engine import postgres_engine

AGENTS = 8
RATE = 250


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 6000
    server = Server()
    deadlocks = 0
    with tempfile.TemporaryDirectory() as spool:
        os.environ["VOICEGW_SPOOL_DIR"] = spool
        try:
            server.start()
            place = LedgerPlace(server.new_database(), postgres_engine)
            agents = [Agent(place.target, seed, count, rate=RATE) for seed in range(1, AGENTS + 1)]
            for agent in agents:
                assert agent.hear() == "ready"
            for agent in agents:
                agent.tell("begin")
            for end in (server.stop, server.stop, server.kill, server.stop):
                time.sleep(4)
                deadlocks = max(deadlocks, server.deadlocks())
                end()
                time.sleep(1)
                server.start()
            answers = [agent.hear() for agent in agents]
            said = [agent.end() for agent in agents]
            deadlocks = max(deadlocks, server.deadlocks())
            rows = checked_rows(place)
        finally:
            server.remove()
        left = list(Path(spool).rglob("*.spool"))
    assert all(durable and lost == 0 for durable, _, lost, _ in answers), answers
    assert rows == AGENTS * count, rows
    assert not left, left
    assert not any(PASSWORD in text for text in said)
    print(
        json.dumps(
            {
                "agents": AGENTS,
                "rows_expected_and_found": rows,
                "records_lost": 0,
                "rollups_equal_rows": True,
                "deadlocks": deadlocks,
                "server_restarts": 3,
                "server_kill_9": 1,
                "seconds": round(max(seconds for *_, seconds in answers), 1),
            }
        )
    )


if __name__ == "__main__":
    main()
