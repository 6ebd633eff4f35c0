"""All tests, as `make test` runs them: what must hold on any PostgreSQL on two of them.

The marked guards, races and money paths run on the server of DATABASE_URL, then everything on
the embedded one. Arguments go to pytest.
"""

import os
import subprocess
import sys

from tests.needs import STRICT

EVERYTHING_FINE, NO_TESTS = 0, 5


def run_pytest(*arguments: str, database_url: str) -> int:
    """Run pytest on one database; its exit code, where running no test at all is fine."""
    environment = {**os.environ, "DATABASE_URL": database_url}
    command = [sys.executable, "-m", "pytest", "-rfEs", "-n", "2", "--dist", "loadfile", *arguments]
    code = subprocess.run(command, env=environment, check=False).returncode
    return EVERYTHING_FINE if code == NO_TESTS else code


def main(arguments: list[str]) -> int:
    url = os.environ.get("DATABASE_URL", "")
    second = EVERYTHING_FINE
    if url:
        print("— Guards, races and money paths on the server of DATABASE_URL —", flush=True)
        second = run_pytest("-m", "both_databases", *arguments, database_url=url)
    else:
        print("Not run: the second database. Set DATABASE_URL to a PostgreSQL server to run it.")
        if STRICT:
            return 1
    print("— Everything on the embedded PostgreSQL —", flush=True)
    return run_pytest(*arguments, database_url="") or second


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
