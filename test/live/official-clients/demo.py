"""What the scripts beside this one share: the served demo as its configuration file describes it, and following a job with a bound."""
import os
import time
import tomllib

# Seconds; at the speed of the demo here a cancellation takes six at most.
PATIENCE = 60


def profile(name):
    """The address and the key of an embedded system, from the file that `jobtop demo --serve` printed."""
    with open(os.environ["DEMO_CONFIG"], "rb") as file:
        entry = tomllib.load(file)["profiles"][name]
    return entry["url"], entry["token_command"][1]


def follow(ask, ends):
    """Asks until the status is an end, once half a second, and gives that end."""
    deadline = time.monotonic() + PATIENCE
    while (status := ask()) not in ends:
        assert time.monotonic() < deadline, f"still {status} after {PATIENCE} s"
        time.sleep(0.5)
    return status


def cancel_one(live, cancel, word):
    """Cancels one live job after the other until one has ended as `word`: some of the demo's jobs finish first."""
    ends = {}
    for job in live:
        ends[job] = cancel(job)
        if ends[job] == word:
            return job
    raise AssertionError(f"no job ended as {word}: {ends}")
