"""A night that is copied keeps its shape: new identities, the same references, earlier times."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime, timedelta

from benchmarks.scheduler_history import Night, Rows, grown, moved

FLOW, RUN, CRAWL, GATE = (uuid.UUID(int=number) for number in range(1, 5))
AT = datetime(2026, 11, 28, 1, 30, tzinfo=UTC)


def night() -> Rows:
    tasks = [
        {"id": CRAWL, "flow_run_id": RUN, "name": "crawl a", "dynamic_key": "0", "start_time": AT},
        {"id": GATE, "flow_run_id": RUN, "name": "gate", "dynamic_key": "0", "start_time": AT},
    ]
    states = [{"id": uuid.UUID(int=10 + n), "task_run_id": it["id"], "timestamp": AT} for n, it in enumerate(tasks)]
    event = {"id": uuid.UUID(int=20), "resource_id": f"prefect.task-run.{CRAWL}", "payload": {"of": str(CRAWL)}}
    bar = {"id": uuid.UUID(int=40), "flow_run_id": RUN, "task_run_id": None, "type": "progress"}
    return {
        "flow_run": [{"id": RUN, "flow_id": FLOW, "start_time": AT}],
        "flow_run_state": [],
        "task_run": tasks,
        "task_run_state": states,
        "log": [],
        "artifact": [bar],
        "events": [event],
        "event_resources": [{"id": uuid.UUID(int=30), "event_id": event["id"], "resource_id": event["resource_id"]}],
    }


def test_a_copy_refers_to_itself_and_to_what_is_not_copied() -> None:
    rows = night()
    copied = moved(rows, timedelta(days=3))
    assert {row["id"] for found in copied.values() for row in found}.isdisjoint(
        row["id"] for found in rows.values() for row in found
    )
    (run,), (crawl, gate), (event,) = copied["flow_run"], copied["task_run"], copied["events"]
    assert run["flow_id"] == FLOW
    assert run["start_time"] == crawl["start_time"] == AT - timedelta(days=3)
    assert crawl["flow_run_id"] == gate["flow_run_id"] == run["id"]
    assert [state["task_run_id"] for state in copied["task_run_state"]] == [crawl["id"], gate["id"]]
    assert event["resource_id"] == f"prefect.task-run.{crawl['id']}"
    assert event["payload"] == {"of": str(crawl["id"])}
    assert copied["event_resources"][0]["event_id"] == event["id"]


def test_a_night_grows_by_the_tasks_that_a_night_has_in_numbers() -> None:
    large = grown(Night(night(), {}), tasks=9)
    names = [row["name"] for row in large.rows["task_run"]]
    assert (len(names), names.count("gate")) == (9, 1)
    assert len({(row["name"], row["dynamic_key"]) for row in large.rows["task_run"]}) == 9
    assert len(large.rows["task_run_state"]) == 9
    assert len(large.rows["events"]) == len(large.rows["event_resources"]) == 8
    assert len(large.rows["artifact"]) == 8
    assert {row["flow_run_id"] for row in large.rows["task_run"]} == {RUN}
