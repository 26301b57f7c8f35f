"""`python -m benchmarks [--scale N] [--seconds S] [--only PART…]`"""

import argparse
import os
import sys
from datetime import UTC, datetime

from benchmarks import office, table

FEW_ENTRIES = 6_000  # what costs as much among so many costs as much among any number
PARTS = ("steps", "weight", "rush", "paper", "lighthouse")


def main():
    options = _options()
    office.open_office()
    try:
        rows = list(_reported(_measure(options)))
    finally:
        office.close_office()
    print("\n" + table.shown(rows))
    load = ", ".join(f"{minutes:.1f}" for minutes in os.getloadavg())
    now = datetime.now(UTC)
    table.keep(
        rows,
        about=f"{now:%Y-%m-%d %H:%M} UTC, {options.scale} entries, {os.cpu_count()} cores, "
        f"load at the end {load}.",
    )


def _options():
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--scale", type=int, default=600_000, metavar="N", help="entries to make")
    parser.add_argument("--seconds", type=int, default=4, metavar="S", help="of each load")
    parser.add_argument("--only", nargs="+", choices=PARTS, default=PARTS, metavar="PART")
    return parser.parse_args()


def _measure(options):
    """Every row. The steps always run, for they make the data; measured when asked for."""
    import django

    django.setup()
    from django.core.management import call_command
    from django.db import connections

    from benchmarks import lighthouse, paper, rush, steps, weight

    call_command("migrate", verbosity=0)
    call_command("collectstatic", interactive=False, verbosity=0)
    small = None
    if "rush" in options.only and options.scale > FEW_ENTRIES:
        steps.fill(scale=FEW_ENTRIES)
        with office.portal() as site, rush.visits(site) as kinds:
            small = rush.cost_of_a_page(kinds, options.seconds)
        connections.close_all()
        office.open_office()
        call_command("migrate", verbosity=0)
    if "steps" in options.only:
        yield from steps.measure(scale=options.scale)
    else:
        steps.fill(scale=options.scale)
    if "paper" in options.only:
        yield from paper.measure()
    with office.portal() as site:
        if "weight" in options.only:
            yield from weight.measure(site)
        if "rush" in options.only:
            yield from rush.measure(site, seconds=options.seconds, small=small)
        if "lighthouse" in options.only:
            yield from lighthouse.measure(site)


def _reported(rows):
    for row in rows:
        print(f"{row.name}: {row.figure}", file=sys.stderr, flush=True)
        yield row


if __name__ == "__main__":
    main()
