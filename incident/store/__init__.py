"""All that is kept is kept by this package: the only one that knows MongoDB and its driver.

It decides nothing about incidents; what may happen is the core's business.
"""

import os

# Motor reads this once, when it is first imported. Its default (five threads a core) starves on
# small machines, because every pending operation and every open change stream holds a thread.
os.environ.setdefault("MOTOR_MAX_WORKERS", "64")
