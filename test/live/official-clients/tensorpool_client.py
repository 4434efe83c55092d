"""The official tool of TensorPool (`tp`) on the demo: list, get, cancel, follow. Its `job pull` is left out: it runs in a shell what a server hands out."""
import os
import re
import subprocess
import sys
import tempfile

from demo import cancel_one, follow, profile

ENDS = {"completed", "error", "failed", "canceled"}

url, key = profile("tensorpool")
folder = tempfile.mkdtemp()


def run(*parameters):
    """Runs `tp` in a folder of its own, where its login is the line that it writes into `.env` itself."""
    return subprocess.run(
        [os.path.join(os.path.dirname(sys.executable), "tp"), *parameters],
        cwd=folder,
        env={**os.environ, "TENSORPOOL_ENGINE": url},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=90,
    )


def tp(*parameters):
    """What `tp` prints when all is well."""
    ran = run(*parameters)
    assert ran.returncode == 0, (parameters, ran)
    return ran.stdout


def count_of(*parameters):
    return int(re.search(r"(\d+) jobs", tp(*parameters))[1])


def status_of(job):
    return re.search(rf"{job}\s+(\w+)", tp("job", "info", job))[1]


with open(os.path.join(folder, ".env"), "a", encoding="utf8") as file:
    file.write(f"\nTENSORPOOL_KEY={key}\n")

listed = dict(re.findall(r"(j-\w+)\s+(\w+)", tp("job", "list")))
assert len(listed) > 5, listed
assert count_of("job", "list") < count_of("job", "list", "--org"), "the organization has jobs beside one's own"


def cancel(job):
    # It waits by itself, and tells by its code whether the job was cancelled.
    ended = run("job", "cancel", job, "--no-input", "--wait")
    status = follow(lambda: status_of(job), ENDS)
    assert (ended.returncode == 0) == (status == "canceled"), (job, ended, status)
    return status


cancelled = cancel_one((job for job, status in listed.items() if status not in ENDS), cancel, "canceled")
done = next(job for job, status in listed.items() if status == "completed")
assert "epoch" in tp("job", "listen", done)
tp("job", "delete", done, "--no-input")
assert done not in tp("job", "list")
print(f"tp: {len(listed)} jobs listed, {cancelled} cancelled")
