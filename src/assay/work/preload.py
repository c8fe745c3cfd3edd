"""Loading a room's code before the walls rise: a sealed worker can open no file, not even a module of its own program.

Purpose: whatever a module imports, at its head or inside a function, is imported in the zygote, once, by trusted code.
Limits: it sees import statements; what a library loads by other ways (plug-ins, codecs, data files) is for `warm`.
"""

from __future__ import annotations

import ast
import codecs
import contextlib
import importlib
import importlib.readers
import inspect
import pkgutil
from functools import _lru_cache_wrapper
from pathlib import Path
from types import ModuleType

from assay.work import engine

_OWN = "assay"
LATER = frozenset({"rapidocr", "onnxruntime", "nomenklatura", "followthemoney"})
"""Large, and wanted by few tasks: loaded with the engines of a kind, or by the worker that wants them."""
_done: set[str] = set()


def preload(room: str) -> None:
    """Import all modules of the package that module `room` lies in, and all that any function of them imports."""
    package = room.rpartition(".")[0]
    names = (package, *_below(importlib.import_module(package))) if package else (room,)
    new = [module for name in names for module in _load(name)]
    with engine.none_loaded():
        for module in new:
            _look_up(module)


def _below(package: ModuleType) -> list[str]:
    return [m.name for m in pkgutil.walk_packages(getattr(package, "__path__", ()), package.__name__ + ".")]


def _load(name: str) -> list[ModuleType]:
    """Import a module and what its functions import, and return those of assay that are new.

    A library that is not installed is the function's to miss.
    """
    waiting, found = [name], []
    while waiting:
        name = waiting.pop()
        if name in _done or name.partition(".")[0] in LATER:
            continue
        _done.add(name)
        try:
            module = importlib.import_module(name)
        except ImportError:
            continue
        file = getattr(module, "__file__", None)
        if name.partition(".")[0] == _OWN and file and file.endswith(".py"):
            found.append(module)
            tree = ast.parse(Path(file).read_bytes())
            waiting += sorted(_named(tree))
            waiting += [m for m in _heads(tree) if m.partition(".")[0] == _OWN]
    return found


def _look_up(module: ModuleType) -> None:
    """Call the module's own functions that remember what they loaded and take no argument: its tables."""
    for value in vars(module).values():
        if isinstance(value, _lru_cache_wrapper) and value.__module__ == module.__name__:
            if inspect.signature(value).parameters:
                continue
            with contextlib.suppress(Exception, engine.Wanted):  # what fails here fails where it is used, and is told
                value()


def _heads(tree: ast.Module) -> list[str]:
    """Return the modules that the head of a module imports from."""
    return [node.module for node in tree.body if isinstance(node, ast.ImportFrom) and node.module and not node.level]


def _named(tree: ast.Module) -> set[str]:
    """Return the modules that import statements inside of functions name; `from a import b` names a and a.b."""
    found: set[str] = set()
    for function in ast.walk(tree):
        if not isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef):
            continue
        for node in ast.walk(function):
            if isinstance(node, ast.Import):
                found |= {alias.name for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                found.add(node.module)
                found |= {f"{node.module}.{alias.name}" for alias in node.names}
    return {n for n in found if not n.startswith("_")}


def load_codecs() -> None:
    """Import every codec of text that Python knows: each is a module that a first use would load."""
    import encodings.aliases

    for name in _below(encodings):
        with contextlib.suppress(ImportError):  # those of another operating system
            importlib.import_module(name)
    for alias in sorted(encodings.aliases.aliases):
        with contextlib.suppress(LookupError):
            codecs.lookup(alias)
