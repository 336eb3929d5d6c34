"""Jobs that run again and again: timers, and the calendar. What one raises ends the daemon."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence

from apscheduler.events import EVENT_JOB_ERROR, JobExecutionEvent
from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.interval import IntervalTrigger

from controlplane.kit import CalendarJob


async def every(seconds: float, job: Callable[[], Awaitable[None]]) -> None:
    """Run a job every `seconds`, counted from the start of the previous run, until cancelled; raises what it raises."""
    while True:
        began = time.monotonic()
        await job()
        await asyncio.sleep(max(0.0, began + seconds - time.monotonic()))


class JobFailed(Exception):
    """A calendar job raised an exception, which is the cause."""


async def run_calendar(jobs: Sequence[CalendarJob]) -> None:
    """Run calendar jobs until cancelled; raises JobFailed when one raises."""
    failed: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def on_error(event: JobExecutionEvent) -> None:
        if not failed.done():
            error = JobFailed(f"the job {event.job_id!r} failed")
            error.__cause__ = event.exception
            failed.set_exception(error)

    scheduler = AsyncIOScheduler(job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None})
    scheduler.add_listener(on_error, EVENT_JOB_ERROR)
    for job in jobs:
        scheduler.add_job(job.job, IntervalTrigger(seconds=job.interval.total_seconds()), id=job.name)
    scheduler.start()
    try:
        await failed
    finally:
        scheduler.shutdown(wait=False)
