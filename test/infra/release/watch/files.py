"""Logs that are read on, whatever becomes of them meanwhile, and that take turns."""

import gzip
import os
import shutil

import watch
import watch_files
from cases import FOLDER, case, written


class Reader:
    """Reads a log again and again, as the program does."""

    def __init__(self, path):
        self.path, self.mark, self.first = path, None, True

    def read(self):
        lines, self.mark, more, passed = watch_files.read_on(self.path, self.mark, self.first)
        self.first = False
        return {"lines": lines, "more": more, "passed": passed} if more or passed else lines


@case
def first_look_takes_nothing_then_what_is_new():
    log = Reader(written("a.log", "old\n"))
    said = [log.read()]
    written("a.log", "one\ntwo\nhal")
    said.append(log.read())
    written("a.log", "f\n")
    return [*said, log.read(), log.read()]


@case
def rotated_by_copy():
    log = Reader(written("b.log", "begins here\n"))
    log.read()
    written("b.log", "not seen before the rotation\n")
    shutil.copy(log.path, f"{log.path}.1")
    written("b.log", "after, and longer than the log was when it was looked at last\n", "w")
    return [log.read(), log.read(), log.read()]


@case
def rotated_and_packed():
    log = Reader(written("c.log", "begins here\n"))
    log.read()
    written("c.log", "packed\n")
    with open(log.path, "rb") as plain, gzip.open(f"{log.path}.1.gz", "wb") as packed:
        packed.write(plain.read())
    written("c.log", "new\n", "w")
    return [log.read(), log.read()]


@case
def rotated_twice_the_copy_is_another():
    log = Reader(written("d.log", "begins here\n"))
    log.read()
    written("d.log.1", "some other log\n")
    written("d.log", "new\n", "w")
    return log.read()


@case
def a_damaged_copy_is_no_copy():
    log = Reader(written("d2.log", "begins here\n"))
    log.read()
    whole = gzip.compress(b"begins here\n" + os.urandom(4000))
    with open(f"{log.path}.1.gz", "wb") as packed:
        packed.write(whole[:200] + b"\xff" * 200 + whole[400:])
    written("d2.log", "new\n", "w")
    return [log.read(), log.read()]


@case
def a_packed_copy_is_not_unpacked_without_end():
    log = Reader(written("d3.log", "begins here\n"))
    log.mark = {**watch_files.mark_at(open(log.path, "rb"), 12), "offset": 500 << 30}
    with gzip.open(f"{log.path}.1.gz", "wb") as packed:
        packed.write(b"begins here\n" + bytes(4 << 20))
    gzip_open, gzip.open = gzip.open, None
    try:
        return log.read()
    finally:
        gzip.open = gzip_open


@case
def a_rotated_rest_of_many_pieces_is_read_whole():
    log = Reader(written("d4.log", "begins here\n"))
    log.read()
    written("d4.log", "".join(f"{n:07}\n" for n in range(25_000)) + "cut")
    shutil.copy(log.path, f"{log.path}.1")
    written("d4.log", " here\nnew\n", "w")
    found, looks, more = [], [], True
    while more:
        look = log.read()
        more = isinstance(look, dict) and look["more"]
        found += look["lines"] if more else look
        looks.append(len(look["lines"] if more else look))
    return {"looks": looks, "in_order": found[:25_000] == [f"{n:07}" for n in range(25_000)], "last": found[25_000:]}


@case
def no_log_then_one():
    log = Reader(os.path.join(FOLDER, "e.log"))
    before = log.read()
    written("e.log", "first line\n")
    return [before, log.read()]


@case
def link_and_pipe_are_refused():
    os.symlink("/etc/passwd", os.path.join(FOLDER, "f.log"))
    os.mkfifo(os.path.join(FOLDER, "g.log"))
    said = []
    for name in ("f.log", "g.log"):
        try:
            said.append(watch_files.read_on(os.path.join(FOLDER, name), None, False)[0])
        except OSError:
            said.append("refused")
    return said


@case
def a_hole_is_passed_over():
    log = Reader(written("h.log", "old\n"))
    log.read()
    os.truncate(log.path, 500 << 30)
    written("h.log", "behind the hole\n")
    looks = [log.read() for _ in range(20)]
    lines = [line for look in looks for line in (look if isinstance(look, list) else look["lines"])]
    return {"passed": looks[0]["passed"] > 400 << 30, "lines": lines}


@case
def a_line_without_an_end_is_taken_in_pieces():
    log = Reader(written("i.log", ""))
    log.read()
    written("i.log", "x" * ((4 << 20) + 5))
    first = log.read()
    return [len(first["lines"][0]), first["more"], log.read()]


@case
def many_short_lines_are_taken_in_pieces():
    log = Reader(written("j.log", ""))
    log.read()
    written("j.log", "ab\n" * 10_001)
    first = log.read()
    return [len(first["lines"]), first["more"], log.read()]


class Turns:
    """The parts of a run that take turns, on a log without end and one of few lines."""

    def __init__(self, seconds):
        self.problems, self.done, watch.ENOUGH = [], [], seconds

    def job(self, name, pieces):
        def one():
            self.done.append(name)
            return len([done for done in self.done if done == name]) < pieces

        return name, one


@case
def a_log_without_end_holds_up_none():
    def fails():
        raise ValueError("broken")

    host = watch.Host({}, FOLDER)
    turns = Turns(0.05)
    host.in_turn([turns.job("endless", 1 << 40), ("broken", fails), turns.job("short", 2)])
    return [turns.done[:5], host.problems]
