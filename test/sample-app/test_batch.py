import asyncio
import threading
import unittest

import support  # noqa: F401 - puts the application on the path

from ml_gateway.utils.batch import Batches


class BatchesTest(unittest.TestCase):
    def run_all(self, work, items, most=32):
        """What each item led to; an exception where it raised one."""

        async def everything():
            batches = Batches(work, most)
            try:
                return await asyncio.gather(*(batches.do(item) for item in items), return_exceptions=True)
            finally:
                batches.close()

        return asyncio.run(everything())

    def test_everyone_gets_their_own_and_those_who_waited_come_together(self) -> None:
        sizes, threads = [], set()

        def work(items):
            sizes.append(len(items))
            threads.add(threading.current_thread())
            return [item * 10 for item in items]

        self.assertEqual(self.run_all(work, range(10), most=4), [item * 10 for item in range(10)])
        self.assertEqual(sizes, [4, 4, 2])
        self.assertEqual(len(threads), 1)
        self.assertNotIn(threading.main_thread(), threads)

    def test_what_comes_alone_is_not_kept_waiting(self) -> None:
        sizes = []

        async def one_after_another():
            batches = Batches(lambda items: (sizes.append(len(items)), items)[1], 32)
            answers = [await batches.do(item) for item in range(3)]
            batches.close()
            return answers

        self.assertEqual(asyncio.run(one_after_another()), [0, 1, 2])
        self.assertEqual(sizes, [1, 1, 1])

    def test_a_failure_is_that_of_the_item_alone(self) -> None:
        def work(items):
            if 3 in items:
                raise ValueError("three")
            return items

        found = self.run_all(work, range(6))
        self.assertEqual([one for one in found if not isinstance(one, Exception)], [0, 1, 2, 4, 5])
        self.assertEqual(str(found[3]), "three")

    def test_whoever_gives_up_takes_nothing_from_the_others(self) -> None:
        held = threading.Event()

        def work(items):
            held.wait(5)
            return items

        async def leave():
            batches = Batches(work, 32)
            tasks = [asyncio.create_task(batches.do(item)) for item in range(3)]
            await asyncio.sleep(0.05)
            tasks[1].cancel()
            held.set()
            found = await asyncio.gather(*tasks, return_exceptions=True)
            later = await batches.do(9)
            batches.close()
            return found, later

        found, later = asyncio.run(leave())
        self.assertEqual((found[0], found[2], later), (0, 2, 9))
        self.assertIsInstance(found[1], asyncio.CancelledError)


if __name__ == "__main__":
    unittest.main()
