"""Other processes on one's database, as behind a server: forked, as there, from one that has read the application."""

import multiprocessing
import os

if os.name == "posix":
    FORKS = multiprocessing.get_context("forkserver")
    FORKS.set_forkserver_preload(["tests.onlooker", "tests.writers"])
else:
    FORKS = multiprocessing.get_context("spawn")
