"""What the server's processes listen on together."""

import contextlib
import ctypes
import os
import socket
import struct
from collections.abc import Iterable
from pathlib import Path

SO_ATTACH_FILTER = 26  # of Linux, and missing in Python's socket module
# "Load the byte of flags. If SYN is among them drop the packet, else take the whole of it", for a listening TCP socket:
# https://www.kernel.org/doc/Documentation/networking/filter.txt
NO_SYN = [(0x30, 0, 0, 13), (0x45, 0, 1, 0x02), (0x06, 0, 0, 0), (0x06, 0, 0, 0xFFFFFFFF)]


def has_closed_all(parent: int, listeners: Iterable[socket.socket]) -> bool:
    """Whether the process that started this one has closed its copies, or has ended. False where that can't be told."""
    if os.getppid() != parent:
        return True
    with contextlib.suppress(OSError):  # this is not Linux, or it is ending
        names = {Path(f"/proc/self/fd/{listener.fileno()}").readlink() for listener in listeners}
        return names.isdisjoint(files_of(parent))
    return False


def files_of(pid: int) -> set[Path]:
    """Return what the process has open, as Linux calls it. Raises OSError where that can't be told."""
    names = set()
    for file in Path(f"/proc/{pid}/fd").iterdir():
        with contextlib.suppress(FileNotFoundError):  # closed meanwhile
            names.add(file.readlink())
    return names


def turn_newcomers_away(listener: socket.socket) -> None:
    """Have the system ignore who wants to connect, where it is Linux. It holds for whoever has a copy, and stays.

    They ask again in a second, and are refused then. Whoever connected between the last look at the queue and its end
    would be cut off in the middle of a request.
    """
    program = ctypes.create_string_buffer(b"".join(struct.pack("HBBI", *step) for step in NO_SYN))
    with contextlib.suppress(OSError):
        listener.setsockopt(
            socket.SOL_SOCKET, SO_ATTACH_FILTER, struct.pack("HP", len(NO_SYN), ctypes.addressof(program))
        )
