# Reads a project with pyqdpx and prints, as JSON, milliseconds, peak memory and what was found.
import json
import resource
import sys
import time

import pyqdpx

started = time.perf_counter()
project = pyqdpx.QDPX(sys.argv[1]).get_project()
codings = sum(len(source.coded_selections) for source in project.sources.values())
ms = (time.perf_counter() - started) * 1000
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
print(json.dumps({"ms": ms, "peak": peak, "codings": codings}))
