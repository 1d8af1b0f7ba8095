"""Run a command and tell, as JSON, its seconds, its peak of memory in MB and its exit code: python meter.py COMMAND…

A process of its own and a small one: Linux counts what the parent held at the fork as the child's.
"""

import json
import resource
import subprocess
import sys
import time

if __name__ == "__main__":
    started = time.perf_counter()
    code = subprocess.call(sys.argv[1:], stdout=subprocess.DEVNULL)
    seconds = time.perf_counter() - started
    unit = 1 << 20 if sys.platform == "darwin" else 1 << 10
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / unit
    print(json.dumps({"seconds": seconds, "megabytes": peak, "code": code}))
