"""Runs test files: a few at once, many shared out among processes, and the longest cut into pieces."""

from collections.abc import Iterator, Sequence
from itertools import groupby, pairwise
from pathlib import Path

from lab.running import Piece, Result, run_piece

ALONE = 60_000
"""Characters of test files that one process has run before others have started: some two hundred scenarios."""


def run_files(files: Sequence[Path], *, named: str = "", jobs: int = 1, covers: bool = True) -> Iterator[Result]:
    """The results, file by file, in the order of the files. `named`: only scenarios whose names contain this. `covers`: the
    steps and ways that they take are noted."""
    sizes = [file.stat().st_size for file in files]
    if jobs <= 1 or sum(sizes) <= ALONE:
        yield from (run_piece(Piece(file), named, covers) for file in files)
        return
    pieces = cut(files, sizes, jobs)
    for _, results in groupby(_run_in_processes(pieces, named, covers, jobs), key=lambda result: result.file):
        whole, *others = results
        for other in others:
            whole.add(other)
        yield whole


def cut(files: Sequence[Path], sizes: Sequence[int], jobs: int) -> list[Piece]:
    """The files in their order; those that reach over the border between two equal shares of the whole in pieces."""
    total, begins = max(sum(sizes), 1), 0
    pieces: list[Piece] = []
    for file, size in zip(files, sizes, strict=True):
        borders = [total * share // jobs for share in range(1, jobs)]
        inside = [border - begins for border in borders if begins < border < begins + size]
        marks = [0, *inside, max(size, 1)]
        pieces += (Piece(file, first, last, marks[-1]) for first, last in pairwise(marks))
        begins += size
    return pieces


def _run_in_processes(pieces: Sequence[Piece], named: str, covers: bool, jobs: int) -> Iterator[Result]:
    import multiprocessing  # most folders do not need it, and are done sooner without
    from concurrent.futures import ProcessPoolExecutor

    context = multiprocessing.get_context("fork" if "fork" in multiprocessing.get_all_start_methods() else "spawn")
    with ProcessPoolExecutor(max_workers=min(jobs, len(pieces)), mp_context=context) as pool:
        longest_first = sorted(pieces, key=lambda piece: piece.size, reverse=True)
        under_way = {piece: pool.submit(run_piece, piece, named, covers) for piece in longest_first}
        for piece in pieces:
            yield under_way[piece].result()
