"""Sets that grow by union, unless a veto stands between two of them. Each union keeps its ground."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator


class Clusters:
    """A partition of the numbers 0 to `size` - 1.

    `veto(a, b)` is asked with the members of both sets before a union; `grounds(i)` are the reasons that made the set.
    The outcome depends on the order of `join`: callers join in a fixed order, strongest ground first.
    """

    def __init__(self, size: int) -> None:
        """Begin with every number by itself."""
        self._root = list(range(size))
        self._members: dict[int, list[int]] = {i: [i] for i in range(size)}
        self._grounds: dict[int, list[str]] = {}
        self._apart: dict[int, set[int]] = {}

    def root(self, i: int) -> int:
        """Return the number that stands for the set of `i`: its least member."""
        while self._root[i] != i:
            self._root[i] = self._root[self._root[i]]
            i = self._root[i]
        return i

    def members(self, i: int) -> list[int]:
        """Return the members of the set of `i`, in order."""
        return self._members[self.root(i)]

    def part(self, i: int, j: int) -> None:
        """Keep `i` and `j` in two sets from now on; where they are already in one, nothing changes."""
        self._apart.setdefault(i, set()).add(j)
        self._apart.setdefault(j, set()).add(i)

    def parted(self, i: int, j: int) -> bool:
        """Return whether a member of one set is kept apart from a member of the other."""
        a, b = self.members(i), self.members(j)
        if len(a) > len(b):
            a, b = b, a
        other = self.root(b[0])
        return any(self.root(x) == other for m in a for x in self._apart.get(m, ()))

    def join(self, i: int, j: int, ground: str, veto: Callable[[list[int], list[int]], bool] | None = None) -> bool:
        """Make the sets of `i` and `j` one and note the ground if they were two; return whether they are one now."""
        a, b = sorted((self.root(i), self.root(j)))
        if a == b:
            return True
        if self.parted(a, b) or (veto is not None and veto(self._members[a], self._members[b])):
            return False
        self._root[b] = a
        self._members[a] = sorted(self._members[a] + self._members.pop(b))
        for old in self._grounds.pop(b, []):
            self._note(a, old)
        self._note(a, ground)
        return True

    def _note(self, root: int, ground: str) -> None:
        grounds = self._grounds.setdefault(root, [])
        if ground and ground not in grounds:
            grounds.append(ground)

    def grounds(self, i: int) -> list[str]:
        """Return the grounds on which the set of `i` came together, in the order in which they were found."""
        return list(self._grounds.get(self.root(i), ()))

    def sets(self) -> Iterator[list[int]]:
        """Yield the sets, ordered by their least member."""
        return (self._members[r] for r in sorted(self._members))


def groups(pairs: Iterable[tuple[int, int]], size: int) -> list[list[int]]:
    """Return the sets of two and more that plain pairs connect."""
    clusters = Clusters(size)
    for i, j in pairs:
        clusters.join(i, j, "")
    return [s for s in clusters.sets() if len(s) > 1]
