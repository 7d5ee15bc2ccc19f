"""The process in which Latchkey's log is measured. ``benchmarks.log_pages`` starts it, for each number of rows."""

import json
import sys

import django

REPETITIONS = 200
LONGEST_MILLISECONDS = 3000  # of one figure, altogether


def main(rows: int) -> None:
    """Load the log, measure, and print the figures as JSON."""
    django.setup()
    from benchmarks import log_cases, log_peers  # noqa: PLC0415 - need the app registry
    from benchmarks.log_loading import load  # noqa: PLC0415 - likewise
    from benchmarks.sampling import measure  # noqa: PLC0415 - likewise
    from users.models import User  # noqa: PLC0415 - likewise

    load(rows)
    user, _ = User.objects.get_or_create(username="reader", is_staff=True, is_superuser=True)
    samples = [*log_cases.samples(user), *log_peers.samples(user)]
    measure(samples, repetitions=REPETITIONS, milliseconds=LONGEST_MILLISECONDS)
    json.dump([sample.as_json() for sample in samples], sys.stdout)


if __name__ == "__main__":
    main(int(sys.argv[1]))
