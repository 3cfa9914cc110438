"""Free TCP ports on loopback."""

import socket


def is_free(port: int, host: str = "127.0.0.1") -> bool:
    """Whether nothing listens on the port, so that a server could."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
    return True


def free_port() -> int:
    """A port that was free a moment ago, chosen by the system."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def next_free_port(wanted: int, taken: frozenset[int] = frozenset()) -> int:
    """The wanted port, or the first free one of the 100 after it that is not in `taken`. Raises OSError without one."""
    for port in range(wanted, min(wanted + 100, 65536)):
        if port not in taken and is_free(port):
            return port
    raise OSError(f"no free port from {wanted} on: stop what listens there, or name another port")
