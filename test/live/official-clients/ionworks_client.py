"""The official client of Ionworks (ionworks-api) on the demo: list, get, cancel, follow."""
from demo import cancel_one, follow, profile
from ionworks import Ionworks
from ionworks.errors import IonworksError

url, key = profile("ionworks")
client = Ionworks(api_key=key, api_url=url)

assert client.health_check()["status"] == "ok"
organization = client.whoami()["authorized_organization"]
assert organization["id"], organization
assert "authentication" in client.capabilities()

jobs = client.job.list()
assert len(jobs) > 10, f"{len(jobs)} jobs"
for job in jobs:
    one = client.job.get(job.job_id)
    assert (one.job_id, one.job_type, one.created_at) == (job.job_id, job.job_type, job.created_at)
    assert one.organization_id == organization["id"]


def cancel(job_id):
    assert client.job.cancel(job_id).job_id == job_id
    ended = []

    def ask():
        job = client.job.get(job_id)
        if job.is_terminal:
            ended.append(job)
        return job.status

    status = follow(ask, {"completed", "failed", "canceled"})
    assert ended and ended[-1].is_failed == (status != "completed")
    return status


cancelled = cancel_one((job.job_id for job in jobs if not job.is_terminal), cancel, "canceled")
assert client.job.cancel(cancelled).status == "canceled"
fitted = next(job for job in client.job.list() if job.job_type == "datafit" and job.status == "completed")
assert client.job.get_parameter_trace(fitted.job_id)
try:
    client.job.get("00000000-0000-4000-8000-000000000000")
    raise AssertionError("there is a job that nobody submitted")
except IonworksError as error:
    assert error.status_code == 404, error
print(f"ionworks-api: {len(jobs)} jobs listed, {cancelled} cancelled")
