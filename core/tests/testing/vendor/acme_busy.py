"""A plugin that starts to work when it is imported."""

import threading
import time

threading.Thread(target=time.sleep, args=(60,), name="acme-poll", daemon=True).start()
