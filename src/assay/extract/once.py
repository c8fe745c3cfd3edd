"""What several extractors ask of the same reading, worked out once.

Purpose: six extractors look at one reading one after the other, and each wants its head, its lines, its tables.
Limits: knows an argument by identity, so only frozen arguments may be asked about, and holds the last few of them.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from functools import wraps
from typing import TypeVar

A = TypeVar("A")
V = TypeVar("V")


def once(held: int) -> Callable[[Callable[[A], V]], Callable[[A], V]]:
    """Return a decorator for a function of one frozen argument, whose last `held` answers are kept.

    The answer must be immutable: every caller gets the same one.
    """

    def decorate(function: Callable[[A], V]) -> Callable[[A], V]:
        kept: OrderedDict[int, tuple[A, V]] = OrderedDict()

        @wraps(function)
        def ask(argument: A) -> V:
            key = id(argument)
            known = kept.get(key)
            if known is not None and known[0] is argument:
                kept.move_to_end(key)
                return known[1]
            value = function(argument)
            kept[key] = (argument, value)
            kept.move_to_end(key)
            if len(kept) > held:
                kept.popitem(last=False)
            return value

        return ask

    return decorate
