"""A program that forks processes, each of them to be killed while it works.

``python -m tests.db.mortal plain|green FOLDER`` reads a task and a number on each
line of its input, forks, answers with the child's process id, and answers again
once the child has ended, however it did.

``live N``: the Nth life of a journal, until it is killed; ``rest N``: one that ends
by itself. Both note in the diary what they handed over and what was announced.
``tell N``: the Nth life of a journal with an outbox, which notes what was handed over and
what a channel was given. ``told N``: one that ends when there is nothing left to tell.
``make N`` and ``upgrade N``: a migration that kills itself before its Nth step;
``rotate N``: a change of keys that does. ``remember N``: a life of history, which ends by
itself after some hours, or kills itself before.
"""

from __future__ import annotations

import sys

from gevent import monkey

if __name__ == "__main__" and sys.argv[1] == "green":
    monkey.patch_all()

import logging
import os
import random
import signal
import sqlite3
import time
import traceback
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

from monserv.clock import SystemClock
from monserv.db import vault
from monserv.db.engine import Database
from monserv.db.journal import Journal
from monserv.db.migrate import migrate
from monserv.db.rotation import rotate
from monserv.db.vault import Vault
from monserv.history import keeper
from monserv.model.alert import Transition
from monserv.model.channel import ChannelInfo
from monserv.model.delivery import DeliveryQuery, DeliveryState
from monserv.model.settings import Settings
from monserv.notify import retry, routing
from monserv.notify.notifier import Notifier
from tests.db.upgrade import next_version
from tests.db.world import Alerts, Place
from tests.history.world import EPOCH, Monitor

HISTORY_MINUTES = 125
STEPS = {"open", "os.mkdir", "os.chmod", "os.rename", "os.remove", "shutil.copyfile"}


class Diary:
    """Lines that outlive a kill: each is one write to a file opened for appending."""

    def __init__(self, path: Path) -> None:
        self._file = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)

    def note(self, *words: object) -> None:
        os.write(self._file, (" ".join(str(word) for word in words) + "\n").encode())


def keep_journal(folder: Path, life: int, *, lasts: bool) -> None:
    diary = Diary(folder / "diary")

    def announce(told: Transition) -> None:
        diary.note(life, "announced", told.alert.event_id, told.kind, told.alert.recorded)

    journal = Journal(Database(f"sqlite:///{folder / 'monserv.db'}"), announce, SystemClock())
    journal.start()
    alerts, chance = Alerts(), random.Random(life)
    for alert in journal.active_alerts():
        diary.note(life, "restored", alert.event_id)
    diary.note(life, "began")
    active: list[Transition] = []
    number = 0
    while lasts or number < 10:
        number += 1
        raised = [
            alerts.raised(event_id=f"{life}-{number}-{one}") for one in range(chance.randint(1, 4))
        ]
        chance.shuffle(active)
        ended, active = active[:2], active[2:]
        batch = [*raised, *(alerts.recovered(one) for one in ended)]
        active += raised
        for one in batch:
            diary.note(life, "handed", one.alert.event_id, one.kind)
        journal.record(batch)
        time.sleep(chance.uniform(0, 0.01))
    journal.stop(10)


class NotingChannel:
    """A channel that notes in the diary what it is given, and refuses some of it."""

    info = ChannelInfo("email", "Diary", "the test")

    def __init__(self, diary: Diary, life: int) -> None:
        self._diary, self._life = diary, life
        self._chance = random.Random(life)

    def plugin(self) -> NotingChannel:
        return self

    def notify(self, **message: str) -> bool:
        time.sleep(self._chance.uniform(0, 0.01))
        if self._chance.random() < 0.1:
            return False
        event, _, kind = message["title"].rpartition(" ")[2].partition("/")
        self._diary.note(self._life, "told", event, kind)
        return True


def keep_outbox(folder: Path, life: int, *, lasts: bool) -> None:
    diary, clock = Diary(folder / "diary"), SystemClock()
    database = Database(f"sqlite:///{folder / 'monserv.db'}")
    logging.disable()
    routing.channels = lambda _: (NotingChannel(diary, life),)
    retry.FIRST_SECONDS = 0.02
    notifier = Notifier(Settings(folder, ""), database, clock)
    journal = Journal(database, notifier.take, clock, notifier.names)
    notifier.start()
    journal.start()
    alerts, chance = Alerts(), random.Random(life)
    active: list[Transition] = []
    number = 0
    while lasts:
        number += 1
        alerts.now = clock.now() - timedelta(minutes=5)
        event = f"{life}-{number}"
        batch = [alerts.raised(event_id=event, id=f"nas|{event}", subject=f"x {event}/alert")]
        if active and chance.random() < 0.5:
            ended = active.pop()
            said = f"x {ended.alert.event_id}/recovery"
            batch.append(replace(alerts.recovered(ended), subject=said))
        active.append(batch[0])
        journal.record(batch)
        for one in batch:
            diary.note(life, "handed", one.alert.event_id, one.kind)
        time.sleep(chance.uniform(0, 0.02))
    journal.stop(10)
    while notifier.deliveries(DeliveryQuery(state=DeliveryState.PENDING)).total:
        time.sleep(0.02)
    notifier.stop(10)


def keep_history(folder: Path) -> None:
    """Live on from the minute after the one in which the life before ended."""
    keeper.PAUSE_SECONDS = 0.0
    diary = folder / "diary"
    lived = len(diary.read_text().splitlines()) if diary.exists() else 0
    at = EPOCH + timedelta(minutes=lived)
    monitor = Monitor(Place(folder / "monserv.db"), at, interval_seconds=60.0)
    note = Diary(diary).note
    for minute in range(lived, HISTORY_MINUTES):
        note(minute)
        monitor.minutes([float(minute % 50)])


def die_before(step: int, folder: Path) -> None:
    """Kill this process before its ``step``th touch of a file or statement of SQL."""
    taken = 0

    def take(_: object = None) -> None:
        nonlocal taken
        taken += 1
        if taken == step:
            os.kill(os.getpid(), signal.SIGKILL)

    def hear(event: str, values: tuple[object, ...]) -> None:
        touched = (f"{folder}/monserv.db", f"{folder}/{vault.FILE}")
        if event in STEPS and str(values[0]).startswith(touched):
            take()

    connect = sqlite3.connect

    def traced(*where: Any, **how: Any) -> sqlite3.Connection:
        connection = connect(*where, **how)
        connection.set_trace_callback(take)
        return connection

    sys.addaudithook(hear)
    sqlite3.connect = traced


def work(folder: Path, task: str, number: int) -> None:
    if task in {"tell", "told"}:
        keep_outbox(folder, number, lasts=task == "tell")
        return
    if task in {"live", "rest"}:
        keep_journal(folder, number, lasts=task == "live")
        return
    if task == "upgrade":
        next_version(setattr, folder / "migrations")
    die_before(number, folder)
    if task == "remember":
        keep_history(folder)
        return
    if task == "rotate":
        database = Database(f"sqlite:///{folder / 'monserv.db'}")
        rotate(database, Vault(folder / vault.FILE))
        return
    migrate(f"sqlite:///{folder / 'monserv.db'}")


def main(folder: Path) -> None:
    # Patched, fork would start gevent's loop in this process, which shall stay without threads.
    fork = monkey.get_original("os", "fork")
    for line in sys.stdin:
        task, number = line.split()
        pid = fork()
        if pid == 0:
            try:
                work(folder, task, int(number))
            except BaseException:  # noqa: BLE001 -- this process must never get further
                traceback.print_exc()
                os._exit(1)
            os._exit(0)
        print(pid, flush=True)
        print(monkey.get_original("os", "waitpid")(pid, 0)[1], flush=True)


if __name__ == "__main__":
    main(Path(sys.argv[2]))
