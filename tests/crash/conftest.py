"""Sites to crash, and one that nothing happened to."""

import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path

import pytest
from django.conf import settings

from franchise.core.embedded.server import NAME, PORT, Server
from tests.crash.outcome import Outcome, outcome_of
from tests.crash.sites import Host, Site, until

PRISTINE = f"crash_{os.getpid()}_pristine"
MAKE = """
import sys; from pathlib import Path; import django; django.setup()
from tests.crash.world import make; make(Path(sys.argv[1]))
"""


@pytest.fixture(scope="session")
def ground() -> Iterator[Path]:
    """A folder that any user can pass through; short, so that sockets fit in it."""
    ground = Path(tempfile.mkdtemp(prefix="crash-", dir="/tmp"))
    ground.chmod(0o755)
    yield ground
    shutil.rmtree(ground, ignore_errors=True)


@pytest.fixture(scope="session")
def server(ground: Path) -> Iterator[Server]:
    """An embedded server, for those who kill it, and where there is no DATABASE_URL for all."""
    server = Server(ground / "pg", tell=lambda _text: None)
    server.start()
    yield server
    server.release()
    until(server.stop_if_unused)
    shutil.rmtree(server.home, ignore_errors=True)


@pytest.fixture(scope="session")
def host(request: pytest.FixtureRequest) -> Host:
    if settings.DATABASE_URL:
        chosen = settings.DATABASES["default"]
        return Host(chosen["HOST"], str(chosen["PORT"]), chosen["USER"], chosen["PASSWORD"])
    return embedded_host(request.getfixturevalue("server"))


def embedded_host(server: Server) -> Host:
    return Host(str(server.socket_dir), str(PORT), NAME, "")


@pytest.fixture(scope="session")
def files(ground: Path) -> Path:
    files = ground / "source"
    files.mkdir()
    for name in (*Site.FILES, "session"):
        (files / name).touch()
    return files


@pytest.fixture(scope="session")
def pristine_on(ground: Path, files: Path) -> Iterator[Callable[[Host], str]]:
    """The database that all sites on a server begin with; made the first time, with the files."""
    made: list[Host] = []

    def make(host: Host) -> str:
        if host not in made:
            host.make(PRISTINE)
            url = host.url(PRISTINE)
            site = Site(
                ground / "making", url=url, connect=lambda: host.connect(PRISTINE), files=files
            )
            maker = site.start("-c", MAKE, str(files))
            assert maker.wait() == 0, maker.said()
            made.append(host)
        return PRISTINE

    yield make
    for host in made:
        host.drop(PRISTINE)


@pytest.fixture(scope="session")
def make_site(
    host: Host, pristine_on: Callable[[Host], str], ground: Path, files: Path
) -> Iterator[Callable[[], Site]]:
    """A new site on the server of DATABASE_URL, else on the embedded one."""
    numbers = count(1)
    made = []

    def make() -> Site:
        database = f"crash_{os.getpid()}_{next(numbers)}"
        host.make(database, like=pristine_on(host))
        site = Site(
            ground / database,
            url=host.url(database),
            connect=lambda: host.connect(database),
            files=files,
        )
        made.append((site, database))
        return site

    yield make
    for site, database in made:
        site.end_all()
        host.drop(database)


@pytest.fixture
def site(make_site: Callable[[], Site]) -> Iterator[Site]:
    site = make_site()
    yield site
    site.end_all()


@pytest.fixture(scope="session")
def undisturbed(make_site: Callable[[], Site]) -> Outcome:
    """What comes of the files when nothing goes wrong."""
    site = make_site()
    for command in (site.import_orders(), ["award"], site.import_refunds(), ["award"]):
        site.command(*command)
    return outcome_of(site)
