"""Processes that answer a line with a line of JSON."""

import json
import os
import selectors
import signal
import subprocess
import tempfile
import time


class Failure(Exception):
    pass


class Process:
    """A program that answers every line it is sent with a line of JSON, bound to some processors."""

    def __init__(self, command, environment, processors, folder=None):
        self.errors = tempfile.TemporaryFile()
        # Empty, so that nothing is found again that an earlier process compiled.
        self.cache = tempfile.TemporaryDirectory(prefix="bench-peers-")
        self.process = subprocess.Popen(
            command,
            cwd=folder,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self.errors,
            env=environment | {"XDG_CACHE_HOME": self.cache.name},
            start_new_session=True,
            preexec_fn=lambda: os.sched_setaffinity(0, processors),
        )
        self.selector = selectors.DefaultSelector()
        self.selector.register(self.process.stdout, selectors.EVENT_READ)
        self.pending = bytearray()

    def line(self, limit):
        """The next line, or nothing after the last."""
        end = time.monotonic() + limit
        searched = 0
        while (place := self.pending.find(b"\n", searched)) < 0:
            searched = len(self.pending)
            remaining = end - time.monotonic()
            if remaining <= 0 or not self.selector.select(remaining):
                raise Failure(f"no answer within {limit:g} s")
            received = os.read(self.process.stdout.fileno(), 1 << 20)
            if not received:
                return None
            self.pending += received
        line = bytes(self.pending[:place])
        del self.pending[: place + 1]
        return line

    def answer(self, limit):
        """The next line that is an object of JSON."""
        end = time.monotonic() + limit
        while (line := self.line(max(end - time.monotonic(), 0))) is not None:
            if line.startswith(b"{"):
                return json.loads(line)
        raise Failure(self.last_words())

    def last_words(self):
        self.process.wait()
        self.errors.seek(0)
        lines = self.errors.read().decode(errors="replace").strip().splitlines()
        return lines[-1][:300] if lines else f"ended with {self.process.returncode}"

    def send(self, line):
        try:
            self.process.stdin.write(line + b"\n")
            self.process.stdin.flush()
        except OSError as error:
            raise Failure(self.last_words()) from error

    def ask(self, line, limit):
        self.send(line)
        return self.answer(limit)

    def stop(self, patience=5):
        """Ends the process, and the compilers that it may have started."""
        try:
            self.process.stdin.close()
            self.process.wait(patience)
        except (subprocess.TimeoutExpired, OSError):
            pass
        try:
            os.killpg(self.process.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
        self.process.wait()
        self.process.stdout.close()
        self.cache.cleanup()
