"""Makes as many requests under one limit as it may; prints the moment of each.

request.py DATABASE REQUESTS_PER_MINUTE SECONDS
"""

from __future__ import annotations

import sys
import time

from voicegateway.errors import RateLimitExceeded
from voicegateway.middleware.call import Call, Leg, Scope
from voicegateway.middleware.rate_limiter import LimitPolicy, RateLimiter
from voicegateway.storage.ledger import open_ledger
from voicegateway.storage.limits import Limit
from voicegateway.types import Modality

database, per_minute, seconds = sys.argv[1], int(sys.argv[2]), float(sys.argv[3])
ledger = open_ledger(database)
policy = LimitPolicy(Limit("acme", per_minute), "acme", "rate_limits.acme")
limiter = RateLimiter(ledger, lambda project, provider: (policy,))
until = time.monotonic() + seconds
moments = []
while time.monotonic() < until:
    call = Call("c", Leg("acme", "m", Modality.LLM), Scope("p"), "streaming", None, 5.0)
    try:
        limiter.admit(call)
    except RateLimitExceeded as error:
        time.sleep(max(0.001, error.retry_after))
    else:
        moments.append(time.time())
ledger.close()
print("\n".join(map(str, moments)))
