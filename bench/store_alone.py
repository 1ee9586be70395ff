"""Measure the ingest alone, on services of its own: `python -m bench.store_alone [conversations …]`."""

import os
import sys

import django

import tests.services  # noqa: F401 - starts a PostgreSQL and a Redis where none are given

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "desk.settings")
django.setup()


def main(sizes: list[int]) -> None:
    """Print the speed of posts and mail with few stored and with each of the sizes."""
    from django.core.management import call_command
    from django.utils import timezone

    from bench.fill import fill_store
    from bench.machine import describe_machine
    from bench.store import PAGE, measure_store
    from connectors.models import Account

    call_command("migrate", verbosity=0)
    account = Account.objects.create(channel="square", name="Bench", next_poll_at=timezone.now())
    print(*describe_machine(), sep="\n", flush=True)
    start = 1
    for size in [0, *sizes]:
        stored = fill_store(account.pk, "square", size) if size else 0
        for kind, count in (("post", 2000), ("mail", 1000)):
            measure_store(account.pk, kind, start, PAGE[kind])
            speed = measure_store(account.pk, kind, start + PAGE[kind], count)
            start += PAGE[kind] + count
            print(f"store {kind} {speed:8.0f} a second, {stored or 'few'} conversations stored", flush=True)


if __name__ == "__main__":
    main([int(one) for one in sys.argv[1:]] or [100_000])
