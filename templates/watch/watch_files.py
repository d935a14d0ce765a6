"""Reads on in a log where it was left off, also when logrotate has copied and truncated it meanwhile. Standard library only."""

import gzip
import hashlib
import os
import stat
import zlib

# Read at once: what a small host has memory for.
PIECE = 4 << 20
# Of them at most so many lines: each takes some 500 bytes until it is sent, however short it is.
MOST_LINES = 10_000
# A log that is further ahead than this is caught up with from so near its end: a host that was cut off for days, or a file with a hole.
FURTHEST = 64 << 20
# So much of the beginning tells one log from the next under the same name.
ANCHOR = 256


def open_log(path):
    """@raises FileNotFoundError; OSError for a link or what is no file: the folder is not root's."""
    file = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    if not stat.S_ISREG(os.fstat(file).st_mode):
        os.close(file)
        raise OSError(f"{path} is no file")
    return os.fdopen(file, "rb")


def print_of(file, length):
    file.seek(0)
    return hashlib.sha256(file.read(length)).hexdigest()


def mark_at(file, offset):
    length = min(ANCHOR, offset)
    return {"offset": offset, "length": length, "print": print_of(file, length)}


def same(file, mark):
    return os.fstat(file.fileno()).st_size >= mark["offset"] and print_of(file, mark["length"]) == mark["print"]


def whole_lines(data):
    """The lines that are ended, as many as are taken at once; a line that is longer than a piece counts as one."""
    end = 0
    for _ in range(MOST_LINES):
        ended = data.find(b"\n", end) + 1
        if ended == 0:
            break
        end = ended
    return data[:end] if end > 0 else data if len(data) >= PIECE else b""


def too_far(file, offset):
    """Bytes that are passed over."""
    return max(0, os.fstat(file.fileno()).st_size - offset - FURTHEST)


def rest_of_rotated(path, mark):
    """
    A piece of what was written between the last look and the rotation: the copy has it. Copies that the application has put there cost no more time
    than others: each look unpacks from the beginning, so a packed one is read to FURTHEST alone.
    @returns bytes, and how many were passed over before them
    """
    for name, is_packed in ((f"{path}.1", False), (f"{path}.1.gz", True)):
        if is_packed and mark["offset"] > FURTHEST:
            continue
        try:
            with open_log(name) as copy:
                file = gzip.open(copy) if is_packed else copy
                if print_of(file, mark["length"]) != mark["print"]:
                    continue
                passed = 0 if is_packed else too_far(copy, mark["offset"])
                file.seek(mark["offset"] + passed)
                return file.read(PIECE), passed
        except (OSError, EOFError, zlib.error):
            continue
    return b"", 0


def lines_of(data):
    return [line for line in data.decode("utf-8", "replace").replace("\0", "").split("\n") if line.strip()]


def read_on(path, mark, first):
    """
    Lines that have come since `mark`, and the mark for the next time; ([], None) where there is no log.
    @param first begin at the end, as on the first run: what was there before is not news
    @returns lines, mark, whether there is more, and how many bytes were passed over
    """
    try:
        file = open_log(path)
    except FileNotFoundError:
        return [], None, False, 0
    with file:
        if mark is None and first:
            return [], mark_at(file, os.fstat(file.fileno()).st_size), False, 0
        before = b""
        mark = mark or {"offset": 0, "length": 0, "print": print_of(file, 0)}
        if not same(file, mark):
            before, passed = rest_of_rotated(path, mark)
            if data := whole_lines(before):
                return lines_of(data), {**mark, "offset": mark["offset"] + passed + len(data)}, True, passed
            # A line that the rotation came into ends in the new log.
            mark = mark_at(file, 0)
        passed = too_far(file, mark["offset"])
        offset = mark["offset"] + passed
        file.seek(offset)
        read = file.read(PIECE)
        data = whole_lines(read)
        offset += len(data)
        more = len(read) == PIECE or b"\n" in read[len(data) :]
        return lines_of(before + data), mark_at(file, offset), more, passed
