"""``manage.py generate --relationships N --seed S``: made-up ties for benchmarks."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.contrib.auth import get_user_model
from django.core.management.base import BaseCommand, CommandError

from friendship import synthetic


class Command(BaseCommand):
    """Refuses where people work: a register with staff accounts is no place for made-up ties."""

    help = "Adds made-up ties for benchmarks, each of which says that it is made up."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take the number of ties and the seed."""
        parser.add_argument("--relationships", type=int, required=True, metavar="N", help="how many ties to add")
        parser.add_argument("--seed", type=int, default=1, metavar="S", help="the same seed gives the same ties")

    def handle(self, *args: Any, **options: Any) -> None:
        """Add the ties, or say why not."""
        if options["relationships"] < 1:
            raise CommandError("--relationships must be 1 or more.")
        if get_user_model().objects.exists():
            raise CommandError("This register has staff accounts: made-up ties are only for a throwaway database.")
        try:
            synthetic.generate(options["relationships"], options["seed"])
        except ValueError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"Added {options['relationships']} synthetic ties.")
