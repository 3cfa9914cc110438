"""Processes of a pool do not outlive the one that has started them, not even by `kill -9`."""

import multiprocessing
import os
import threading


def go_with_the_parent() -> None:
    """From now on this process ends when its parent does. A pool's processes would wait for work for ever: those that were forked
    hold the far ends of each other's pipes."""
    threading.Thread(target=_wait, daemon=True).start()


def _wait() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)
