"""Opens and ends attempts for a while, and prints their ids at the end.

python write_rows.py LEDGER COUNT PAUSE_SECONDS
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2] / "storage"))

import ledger_kit as kit

from voicegateway.storage.ledger import open_ledger


def main() -> None:
    target, count, pause = Path(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3])
    ledger = open_ledger(target)
    ids = []
    for _ in range(count):
        about = kit.attempt()
        ledger.append(kit.opened(about))
        time.sleep(pause)
        ledger.append(kit.closed(about))
        ids.append(about.id)
    assert ledger.flush(60)
    ledger.close()
    sys.stdout.write("\n".join(ids))


main()
