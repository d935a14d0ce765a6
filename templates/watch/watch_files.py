"""Reads on in a log where it was left off, also when logrotate has copied and truncated it meanwhile. Standard library only."""

import gzip
import hashlib
import os
import stat

# Read at once: what a small host has memory for.
PIECE = 4 << 20
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
    """The lines that are ended; a line that is longer than a piece counts as one."""
    end = data.rfind(b"\n") + 1
    return data[:end] if end > 0 else data if len(data) >= PIECE else b""


def rest_of_rotated(path, mark):
    """What was written between the last look and the rotation: the copy has it."""
    for name, opened in ((f"{path}.1", open_log), (f"{path}.1.gz", lambda name: gzip.open(open_log(name)))):
        try:
            with opened(name) as file:
                if print_of(file, mark["length"]) != mark["print"]:
                    continue
                file.seek(mark["offset"])
                return file.read(PIECE)
        except (OSError, EOFError):
            continue
    return b""


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
        size = os.fstat(file.fileno()).st_size
        if mark is None and first:
            return [], mark_at(file, size), False, 0
        before = b""
        mark = mark or {"offset": 0, "length": 0, "print": print_of(file, 0)}
        if not same(file, mark):
            before = rest_of_rotated(path, mark)
            mark = mark_at(file, 0)
        passed = max(0, size - mark["offset"] - FURTHEST)
        offset = mark["offset"] + passed
        file.seek(offset)
        read = file.read(PIECE)
        data = whole_lines(read)
        offset += len(data)
        lines = (before + data).decode("utf-8", "replace").replace("\0", "").split("\n")
        return [line for line in lines if line.strip()], mark_at(file, offset), len(read) == PIECE, passed
