"""A program in an instance, with its input and output."""

from __future__ import annotations

import queue
from typing import Any, Callable, Iterable, Iterator, Mapping, Optional, Sequence, Tuple, TypeVar

from . import types as T
from ._stream import Stream
from ._wait import StatefulResource

M = TypeVar("M")
Requests = Iterable[T.ExecInstanceRequest]

#: What one message takes of a program's input, and how many messages may wait to be sent.
INPUT_BYTES = 64 * 1024
MOST_WAITING = 16
#: How often a writer who has to wait looks if the program still runs, in seconds.
LOOK_EVERY = 0.2


class Program:
    """Iterate for what it writes, as ("stdout" or "stderr", bytes); then ``exit_code`` is set.

    Leaving a ``with`` around it, or ``close()``, kills it if it still runs.
    """

    def __init__(
        self, open_: Callable[[Requests], Stream[T.ExecInstanceResponse]], first: T.ExecInstanceRequest
    ) -> None:
        #: None while it runs; 128 and the signal's number when a signal ended it.
        self.exit_code: Optional[int] = None
        self._waiting: queue.Queue[Optional[T.ExecInstanceRequest]] = queue.Queue(MOST_WAITING)
        self._ended = False
        self._waiting.put(first)
        self._stream = open_(iter(self._waiting.get, None))

    def write(self, data: bytes) -> None:
        """For its standard input. Waits while the program reads slowly."""
        for start in range(0, len(data), INPUT_BYTES):
            self._send(T.ExecInstanceRequest(stdin=data[start : start + INPUT_BYTES]))

    def close_input(self) -> None:
        """Its standard input is at its end."""
        self._send(T.ExecInstanceRequest(stdin_closed=True))

    def resize(self, rows: int, columns: int) -> None:
        """Of its terminal."""
        self._send(T.ExecInstanceRequest(resize={"rows": rows, "columns": columns}))

    def signal(self, name: str) -> None:
        """To it and all that it has started: "INT", "TERM" and so on."""
        self._send(T.ExecInstanceRequest(signal=name))

    def close(self) -> None:
        self._end()
        self._stream.close()

    def __iter__(self) -> Iterator[Tuple[str, bytes]]:
        try:
            for message in self._stream:
                kind = message.WhichOneof("output")
                if kind == "exit_code":
                    self.exit_code = message.exit_code
                elif kind:
                    yield kind, getattr(message, kind)
        finally:
            self._end()

    def __enter__(self) -> Program:
        return self

    def __exit__(self, *_: Any) -> None:
        self.close()

    def _send(self, request: T.ExecInstanceRequest) -> None:
        while not self._ended:
            try:
                return self._waiting.put(request, timeout=LOOK_EVERY)
            except queue.Full:
                continue
        raise BrokenPipeError("the program has ended")

    def _end(self) -> None:
        """Lets gRPC's own thread go, which waits for requests."""
        self._ended = True
        try:
            self._waiting.put_nowait(None)
        except queue.Full:
            pass  # it has not waited, so it sees that the call has ended


class ProgramResource(StatefulResource[M]):
    """A kind of thing in which programs can be run."""

    def exec(
        self,
        id: str,
        *,
        command: Sequence[str],
        env: Optional[Mapping[str, str]] = None,
        tty: bool = False,
        size: Optional[Tuple[int, int]] = None,
        working_dir: str = "",
        user: str = "",
        timeout: Optional[float] = None,
    ) -> Program:
        """Runs another program in it, with its input and output.

        tty: gives it a terminal, of size (rows, columns); all it writes is then stdout.
        """
        start = T.ExecStart(command=command, env=env, tty=tty, working_dir=working_dir, user=user)
        if size:
            start.size.rows, start.size.columns = size
        first = T.ExecInstanceRequest(id=id, start=start)
        open_exec = getattr(self, "open_exec")
        return Program(lambda requests: open_exec(requests, timeout=timeout), first)
