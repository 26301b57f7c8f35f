"""`python -m benchmarks [--scale N] [--seconds S] [--only PART…] [--base COMMIT]`"""

import argparse
import os
import sys
from datetime import UTC, datetime

from benchmarks import compare, office, table

FEW_ENTRIES = 6_000  # the small table: a page costs the same among 600,000 entries, or is too slow
PARTS = ("steps", "search", "weight", "rush", "paper", "lighthouse")


def main():
    options = _options()
    if options.base:
        _compare(options)
        return
    office.open_office()
    try:
        rows = list(_reported(_measure(options)))
    finally:
        office.close_office()
    print("\n" + table.in_columns(table.HEADINGS, [row.cells() for row in rows]))
    load = ", ".join(f"{minutes:.1f}" for minutes in os.getloadavg())
    now = datetime.now(UTC)
    table.write(
        rows,
        about=f"{now:%Y-%m-%d %H:%M} UTC, {options.scale} entries, {os.cpu_count()} cores, "
        f"load at the end {load}.",
    )


def _options():
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--scale", type=int, default=600_000, metavar="N", help="entries to make")
    parser.add_argument("--seconds", type=int, default=4, metavar="S", help="of each load")
    parser.add_argument("--only", nargs="+", choices=PARTS, default=PARTS, metavar="PART")
    parser.add_argument("--base", metavar="COMMIT", help="compare with this commit, by turns")
    return parser.parse_args()


def _compare(options):
    arguments = ["--scale", options.scale, "--seconds", options.seconds, "--only", *options.only]
    scales = [FEW_ENTRIES, options.scale] if _needs_few(options) else [options.scale]
    try:
        compare.run(options.base, scale=options.scale, scales=scales, arguments=arguments)
    except compare.CompareError as error:
        sys.exit(str(error))
    except KeyboardInterrupt:
        sys.exit("Interrupted; the worktree of the base is removed.")


def _needs_few(options):
    """Whether the cost of a page is measured among `FEW_ENTRIES` too."""
    return "rush" in options.only and options.scale > FEW_ENTRIES


def _measure(options):
    """Yield every row. The steps always run, since they make the data; `--only` selects rows."""
    import django

    django.setup()
    from django.core.management import call_command
    from django.db import connections

    from benchmarks import lighthouse, paper, rush, search, steps, weight

    call_command("migrate", verbosity=0)
    call_command("collectstatic", interactive=False, verbosity=0)
    small = None
    if _needs_few(options):
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
    if "search" in options.only:
        yield from search.measure()
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
    """Print each row to stderr as it comes."""
    for row in rows:
        print(f"{row.name}: {row.figure}", file=sys.stderr, flush=True)
        yield row


if __name__ == "__main__":
    main()
