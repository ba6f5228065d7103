"""What the scheduler's bench lets a worker run: a flow that does nothing, and one of a night's many small tasks."""

from __future__ import annotations

from prefect import flow, task
from prefect.cache_policies import NO_CACHE
from prefect.task_runners import ThreadPoolTaskRunner


@flow(name="idle")
def idle() -> None:
    """Start and end."""


@task(name="step", cache_policy=NO_CACHE)
def step(number: int) -> int:
    """Give back the number."""
    return number


@flow(name="steps", task_runner=ThreadPoolTaskRunner(max_workers=2))  # type: ignore[arg-type]
def steps(count: int) -> int:
    """As many tasks as a night has, without their work."""
    return sum(future.result() for future in [step.submit(number) for number in range(count)])
