"""
Answers what a script of the project is asked, without a start of Python for each question: that costs ten times what the answer does.

  sh -c 'exec python3 -I -S -B warm-python.py SCRIPT < QUESTIONS > ANSWERS'

A question is a line with the length of what SCRIPT gets on its stdin, and then that. An answer is a line with the script's exit status and the length of
what it printed, and then that. Each is answered by a copy of this process (fork), so nothing of one question is left for the next. SCRIPT has main().
"""

import importlib.util
import io
import os
import signal
import sys
import tempfile

LIMIT_S = 30


def loaded(path):
    spec = importlib.util.spec_from_file_location("script", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def answer(module, question, out):
    """In the copy: as the interpreter would run it, with the exit status of one that fails."""
    signal.alarm(LIMIT_S)
    sys.stdin = io.TextIOWrapper(io.BytesIO(question), "utf-8")
    sys.stdout = io.TextIOWrapper(out, "utf-8")
    try:
        module.main()
        sys.stdout.flush()
    except BaseException:
        sys.excepthook(*sys.exc_info())
        os._exit(1)
    os._exit(0)


def main():
    module = loaded(sys.argv[1])
    questions, answers = sys.stdin.buffer, sys.stdout.buffer
    while line := questions.readline():
        question = questions.read(int(line))
        with tempfile.TemporaryFile() as out:
            copy = os.fork()
            if copy == 0:
                answer(module, question, out)
            status = os.waitstatus_to_exitcode(os.waitpid(copy, 0)[1])
            out.seek(0)
            printed = out.read()
        answers.write(b"%d %d\n" % (status, len(printed)) + printed)
        answers.flush()


main()
