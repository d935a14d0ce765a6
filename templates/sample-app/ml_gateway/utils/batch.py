"""Work for a thread that is done for all who wait at once."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Generic, TypeVar

Item = TypeVar("Item")
Done = TypeVar("Done")


class Batches(Generic[Item, Done]):
    """Calls `work` in a thread of its own with all items that came while it was busy, `most` at a time.

    A call has costs that do not grow with its items: the change of threads, and scikit-learn's checks of its input. An item that comes
    alone is not kept waiting.
    """

    def __init__(self, work: Callable[[list[Item]], list[Done]], most: int) -> None:
        self._work, self._most = work, most
        self._waiting: list[tuple[Item, asyncio.Future[Done]]] = []
        self._thread = ThreadPoolExecutor(1, "batches")
        self._task: asyncio.Task | None = None

    async def do(self, item: Item) -> Done:
        """What `work` makes of the item. Raises what it raises for the item alone."""
        future: asyncio.Future[Done] = asyncio.get_running_loop().create_future()
        self._waiting.append((item, future))
        if self._task is None:
            self._task = asyncio.create_task(self._run())
        return await future

    def close(self) -> None:
        """Waits for the batch that is at work."""
        self._thread.shutdown()

    async def _run(self) -> None:
        try:
            while self._waiting:
                batch, self._waiting = self._waiting[: self._most], self._waiting[self._most :]
                for (_, future), done in zip(batch, await self._results([item for item, _ in batch])):
                    if future.done():  # its client has gone
                        continue
                    if isinstance(done, Exception):
                        future.set_exception(done)
                    else:
                        future.set_result(done)
        finally:
            self._task = None

    async def _results(self, items: list[Item]) -> list[Done | Exception]:
        loop = asyncio.get_running_loop()
        try:
            return [*await loop.run_in_executor(self._thread, self._work, items)]
        except Exception as failure:
            if len(items) == 1:
                return [failure]
        # One of them is to blame; the others get what they asked for.
        return [result for item in items for result in await self._results([item])]
