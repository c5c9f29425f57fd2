"""The mutants of a module: its text with one small fault each, of the kinds that mutmut knows.

mutmut itself leaves out what is decorated (all properties) and what runs on import (the fields of a filter, a regular
expression): so only its faults are used here, on the whole text.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import zip_longest
from pathlib import Path

import libcst as cst
from libcst import matchers as m
from libcst.metadata import MetadataWrapper, ParentNodeProvider, PositionProvider
from mutmut.mutation.mutators import mutation_operators

_TYPING = m.Call(func=m.OneOf(m.Name("cast"), m.Name("TypeVar")))
#: A fault in these cannot be seen by any test: they are for the type checker, or happen before there is a fault.
_NOT_MUTATED = m.OneOf(
    m.Annotation(),
    m.Decorator(),
    m.Import(),
    m.ImportFrom(),
    m.If(test=m.Name("TYPE_CHECKING")),
    m.Assign(targets=[m.AssignTarget(m.Name("__all__"))]),
    m.Assign(value=m.Call(func=m.Name("TypeVar"))),
    # As mutmut has it: of these two it is known what they are given.
    m.Call(func=m.OneOf(m.Name("len"), m.Name("isinstance"))),
)


@dataclass(frozen=True, eq=False)
class Mutant:
    """One fault: the node that is changed, and the lines of the statement that it stands in."""

    path: Path
    module: cst.Module
    node: cst.CSTNode
    changed: cst.CSTNode
    lines: range

    @cached_property
    def code(self) -> str:
        """The text of the whole module with the fault."""
        mutated = self.module.deep_replace(self.node, self.changed)
        assert isinstance(mutated, cst.Module)
        return mutated.code

    @property
    def is_valid(self) -> bool:
        """Whether it is another program at all."""
        try:
            compile(self.code, str(self.path), "exec", dont_inherit=True)
        except SyntaxError:
            return False
        return self.code != self.module.code

    @property
    def difference(self) -> tuple[str, str]:
        """The text as it was and as it is, of the lines that differ, without indentation."""
        old, new = self.module.code.splitlines(), self.code.splitlines()
        if len(old) != len(new):
            old, new = _middle(old, new)
        pairs = [(one, other) for one, other in zip_longest(old, new, fillvalue="") if one != other]
        before, after = ("\n".join(line.strip() for line in lines) for lines in zip(*pairs, strict=True))
        return before, after


def mutants_of(path: Path) -> list[Mutant]:
    """Every mutant of a file, in the order of the text."""
    wrapper = MetadataWrapper(cst.parse_module(path.read_text("utf-8")))
    visitor = _Visitor(path, wrapper.module)
    wrapper.visit(visitor)
    return visitor.found


class _Visitor(cst.CSTVisitor):
    METADATA_DEPENDENCIES = (PositionProvider, ParentNodeProvider)

    def __init__(self, path: Path, module: cst.Module) -> None:
        super().__init__()
        self.path, self.module = path, module
        self.found: list[Mutant] = []

    def on_visit(self, node: cst.CSTNode) -> bool:
        if m.matches(node, _NOT_MUTATED) or self._is_type(node):
            return False
        for changed in _changes(node):
            self.found.append(Mutant(self.path, self.module, node, changed, self._lines(node)))
        return True

    def _is_type(self, node: cst.CSTNode) -> bool:
        """A name for a type at the head of a module, or the type that a cast names."""
        parent = self.get_metadata(ParentNodeProvider, node, None)
        if isinstance(parent, cst.Arg):
            parent = self.get_metadata(ParentNodeProvider, parent, None)
        if m.matches(node, m.Assign(value=m.Subscript() | m.BinaryOperation(m.Name(), m.BitOr(), m.Name()))):
            line = self.get_metadata(ParentNodeProvider, node)
            return self.get_metadata(ParentNodeProvider, line) is self.module
        return isinstance(parent, cst.Call) and m.matches(parent, _TYPING) and node is parent.args[0].value

    def _lines(self, node: cst.CSTNode) -> range:
        """The lines of the innermost statement around the node; of one with a body only its head."""
        statement: cst.CSTNode = node
        while not isinstance(statement, cst.SimpleStatementLine | cst.Module) and not _block(statement):
            statement = self.get_metadata(ParentNodeProvider, statement)
        position = self.get_metadata(PositionProvider, statement)
        start, end = position.start.line, position.end.line
        if body := _block(statement):
            end = max(start, self.get_metadata(PositionProvider, body.body[0]).start.line - 1)
        return range(start, end + 1)


def _block(node: cst.CSTNode) -> cst.IndentedBlock | None:
    body = getattr(node, "body", None)
    return body if isinstance(body, cst.IndentedBlock) else None


def _changes(node: cst.CSTNode) -> Iterator[cst.CSTNode]:
    for kind, operator in mutation_operators:
        if isinstance(node, kind):
            yield from operator(node)


def _middle(old: list[str], new: list[str]) -> tuple[list[str], list[str]]:
    """What is left of both without the lines that they begin and end with alike."""
    while old and new and old[0] == new[0]:
        old, new = old[1:], new[1:]
    while old and new and old[-1] == new[-1]:
        old, new = old[:-1], new[:-1]
    return old, new
