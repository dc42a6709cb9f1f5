#!/usr/bin/env python3
"""What a dashboard's refresh costs: six tiles in a warm prompt, before and after one more object is loaded.

    bench/refresh.py FLOWTRAIL LAKE NEW_OBJECT

FLOWTRAIL is the program, LAKE a lake it has loaded (bench/sitting.py leaves one in WORK/flowtrail), NEW_OBJECT a flow log
that is not in it. Prints the sum of the six times the program tells: the first time, warm, and after the load.
"""
import os
import pty
import re
import subprocess
import sys

from sitting import QUESTIONS

TILES = ["reject-count", "talkers-by-source", "talkers-by-destination", "talkers-by-eni", "bytes-by-hour",
         "admin-from-internet"]
ANSWERED = re.compile(rb"in (\d+\.\d+) s, .*? scanned")


class Prompt:
    """A prompt on a terminal of its own."""

    def __init__(self, command):
        child, self.terminal = pty.fork()
        if child == 0:
            os.execvp(command[0], command)
        self.seen = b""

    def read(self):
        part = os.read(self.terminal, 65536)
        # The line editor asks where the cursor is.
        for _ in range(part.count(b"\x1b[6n")):
            os.write(self.terminal, b"\x1b[1;1R")
        self.seen += part

    def ask(self, statement):
        self.seen = b""
        os.write(self.terminal, statement.encode() + b";\r")
        while not (found := ANSWERED.search(self.seen)):
            self.read()
        return float(found.group(1))


def main(program, lake, new_object):
    newest = subprocess.check_output(
        [program, "--lake", lake, "sql", "--format", "csv", "SELECT max(start) FROM logs.vpc_flow"], text=True)
    since = int(newest.splitlines()[1]) - 30 * 86_400
    tiles = [QUESTIONS[name].format(t="logs.vpc_flow", since=since) for name in TILES]
    prompt = Prompt([program, "--lake", lake, "sql"])

    def refresh():
        return [prompt.ask(tile) for tile in tiles]

    print("first", refresh())
    for _ in range(3):
        print("warm", round(sum(refresh()) * 1000), "ms")
    subprocess.check_call([program, "--lake", lake, "load", new_object], stdout=subprocess.DEVNULL)
    after = refresh()
    print("one object more", round(sum(after) * 1000), "ms", after)
    print("warm again", round(sum(refresh()) * 1000), "ms")


if __name__ == "__main__":
    main(*sys.argv[1:4])
