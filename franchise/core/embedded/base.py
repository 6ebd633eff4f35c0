"""Django's PostgreSQL engine on the embedded server, which the first connection starts.

Merely reading the settings starts nothing. Whoever finds the server gone, after a crash or a
kill, starts it again by connecting.
"""

from collections.abc import Iterable
from typing import Any

from django.db.backends.postgresql import base, client
from django.db.utils import OperationalError

from franchise.core.embedded.account import EmbeddedServerError
from franchise.core.embedded.server import Server

_servers: dict[str, Server] = {}


class DatabaseClient(client.DatabaseClient):
    """`manage.py dbshell`, with the psql that came with the server."""

    def runshell(self, parameters: Iterable[str]) -> None:
        self.connection.ensure_connection()
        self.executable_name = str(_server_of(self.connection).programs / "psql")
        super().runshell(parameters)


class DatabaseWrapper(base.DatabaseWrapper):
    """A connection to the server whose files lie in the setting HOME."""

    client_class = DatabaseClient

    def get_connection_params(self) -> dict[str, Any]:
        server = _server_of(self)
        try:
            server.start()
        except EmbeddedServerError as problem:
            raise OperationalError(str(problem)) from problem
        self.settings_dict["HOST"] = str(server.socket_dir)
        return super().get_connection_params()


def _server_of(connection: base.DatabaseWrapper) -> Server:
    home = connection.settings_dict["HOME"]
    return _servers.setdefault(str(home), Server(home))
