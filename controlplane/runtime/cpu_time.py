"""Processor time of asynchronous work, without the time that it waits."""

import time
from collections.abc import Awaitable, Generator
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

T = TypeVar("T")


@dataclass(slots=True)
class CpuTimed(Generic[T]):
    """Awaits something, and measures in `cpu_s` the seconds of processor time that it took on the loop's thread."""

    work: Awaitable[T]
    cpu_s: float = field(default=0.0, init=False)

    def __await__(self) -> Generator[Any, Any, T]:
        """Take the work's steps one by one, as `yield from` would, and read the clock around each."""
        steps = self.work.__await__()
        step, argument = steps.send, None
        while True:
            began = time.thread_time()
            try:
                waited_for = step(argument)
            except StopIteration as done:
                result: T = done.value
                return result
            finally:
                self.cpu_s += time.thread_time() - began
            try:
                step, argument = steps.send, (yield waited_for)
            except BaseException as error:  # noqa: BLE001 - whatever is thrown in belongs to the work
                step, argument = steps.throw, error
