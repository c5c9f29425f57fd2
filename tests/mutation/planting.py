"""Putting a fault into the register: by an import that finds the mutated text, or into functions that are loaded."""

from __future__ import annotations

import gc
import inspect
from collections.abc import Iterator
from importlib.machinery import ModuleSpec, SourceFileLoader
from importlib.util import spec_from_file_location
from pathlib import Path
from types import CodeType, FunctionType

from tests.mutation.mutants import Mutant
from tests.mutation.targets import ROOT


def exchange(path: Path, code: str) -> int:
    """Give each function of a file that is loaded the code that it has in this text; says how many have changed."""
    functions = {
        (function.__code__.co_qualname, function.__code__.co_firstlineno): function
        for function in gc.get_objects()
        if type(function) is FunctionType and function.__code__.co_filename == str(path)
    }
    changed = 0
    for new in _functions_in(_compiled(path, code)):
        function = functions.get((new.co_qualname, new.co_firstlineno))
        if function and function.__code__ != new:
            function.__code__ = new
            changed += 1
    return changed


def is_exchangeable(mutant: Mutant) -> bool:
    """Whether loaded functions can be given the code: not if one no longer asks for its class, as super() does."""
    before, after = _around(mutant.path, mutant.module.code), _around(mutant.path, mutant.code)
    return all(before.get(name, names) == names for name, names in after.items())


def _around(path: Path, code: str) -> dict[tuple[str, int], tuple[str, ...]]:
    """The names that each function takes from what is around it."""
    return {(each.co_qualname, each.co_firstlineno): each.co_freevars for each in _functions_in(_compiled(path, code))}


def _compiled(path: Path, code: str) -> CodeType:
    compiled: CodeType = compile(code, str(path), "exec", dont_inherit=True)
    return compiled


def _functions_in(code: CodeType) -> Iterator[CodeType]:
    """The functions and methods of a module, without those inside others."""
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            if constant.co_flags & inspect.CO_NEWLOCALS and constant.co_flags & inspect.CO_OPTIMIZED:
                yield constant
            else:  # the body of a class
                yield from _functions_in(constant)


class Finder:
    """Finds the mutated text in place of one module."""

    def __init__(self, mutant: Mutant) -> None:
        relative = mutant.path.relative_to(ROOT).with_suffix("")
        self.is_package = relative.name == "__init__"
        self.name = ".".join(relative.parent.parts if self.is_package else relative.parts)
        self.mutant = mutant

    def find_spec(self, name: str, _path: object = None, _target: object = None) -> ModuleSpec | None:
        if name != self.name:
            return None
        path = str(self.mutant.path)
        folders = [str(self.mutant.path.parent)] if self.is_package else None
        loader = _Loader(name, path, self.mutant.code)
        return spec_from_file_location(name, path, loader=loader, submodule_search_locations=folders)


class _Loader(SourceFileLoader):
    def __init__(self, name: str, path: str, code: str) -> None:
        super().__init__(name, path)
        self.code = code

    def get_code(self, fullname: str) -> CodeType:
        del fullname
        return _compiled(Path(self.path), self.code)
