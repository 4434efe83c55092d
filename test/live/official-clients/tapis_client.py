"""The official client of Tapis (tapipy) on the demo: list, get, cancel, follow."""
from demo import cancel_one, follow, profile
from tapipy.errors import BaseTapyException, NotFoundError
from tapipy.tapis import Tapis

ENDS = {"FINISHED", "FAILED", "CANCELLED"}

url, token = profile("tapis")
client = Tapis(base_url=url, access_token=token, debug_prints=False)
assert client.tenant_id == "demo", client.tenant_id

# It writes the boolean as Python does.
listed = client.jobs.getJobList(limit=200, listType="ALL_JOBS", computeTotal=True)
assert len(listed) > 10, f"{len(listed)} jobs"
for job in listed:
    one = client.jobs.getJob(jobUuid=job.uuid)
    assert (one.uuid, one.name, one.created) == (job.uuid, job.name, job.created)
    assert client.jobs.getJobStatus(jobUuid=job.uuid).status

own = {job.uuid: job for job in client.jobs.getJobList(limit=200, listType="MY_JOBS")}
running = next(uuid for uuid, job in own.items() if job.status == "RUNNING")
files = client.jobs.getJobOutputList(jobUuid=running, outputPath="/", allowIfRunning=True)
assert any(file.name == "tapisjob.out" for file in files)


def cancel(uuid):
    client.jobs.cancelJob(jobUuid=uuid)
    return follow(lambda: client.jobs.getJobStatus(jobUuid=uuid).status, ENDS)


cancelled = cancel_one((uuid for uuid, job in own.items() if job.status not in ENDS), cancel, "CANCELLED")
assert any(event.eventDetail == "CANCELLED" for event in client.jobs.getJobHistory(jobUuid=cancelled))
try:
    client.jobs.cancelJob(jobUuid=cancelled)
    raise AssertionError("a job that has ended was cancelled")
except BaseTapyException as error:
    assert "JOBS_JOB_IN_TERMINAL_STATE" in str(error), error

client.jobs.hideJob(jobUuid=cancelled)
assert cancelled not in {job.uuid for job in client.jobs.getJobList(limit=200)}
try:
    client.jobs.getJobHistory(jobUuid=cancelled)
    raise AssertionError("a hidden job tells its history")
except NotFoundError as error:
    assert "JOBS_JOB_NOT_VISIBLE" in str(error), error
client.jobs.unhideJob(jobUuid=cancelled)
assert cancelled in {job.uuid for job in client.jobs.getJobList(limit=200)}
print(f"tapipy: {len(listed)} jobs listed, {cancelled} cancelled")
