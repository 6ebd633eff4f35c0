"""The web process killed while a request has written: the next one serves, nothing is half done."""

import hashlib
import re
import socket
from contextlib import nullcontext
from typing import Any

import pytest

from tests.crash.killing import Moment, before, kill, settle, writing
from tests.crash.outcome import proof_of
from tests.crash.sites import PATIENCE, Site, until
from tests.crash.web import ask_beside, file_of, start_web
from tests.crash.world import ORDERS

pytestmark = [pytest.mark.crash, pytest.mark.both_databases]

TERRITORIES = "/office/territories/import/"
UPLOAD = "/office/imports/upload/"


def test_a_file_of_territories_is_taken_in_whole_or_not_at_all(site: Site, port: int) -> None:
    held = territories(site)
    wanted = site.path("more.csv").read_bytes().count(b"\n") - 1
    assert wanted > 500

    sent = {"file": file_of(site, "more.csv")}
    kill_during(site, port, TERRITORIES, sent, writing("agents_agent"))
    assert territories(site) == held

    web = start_web(site, port)
    preview = web.ask("POST", TERRITORIES, {"file": file_of(site, "more.csv")})
    [token] = re.findall(r'name="token" value="([^"]+)"', preview.text)
    assert territories(site) == held
    web.process.kill()

    for moment in (before("agents_territory"), before("history_event"), writing("agents_agent")):
        kill_during(site, port, TERRITORIES, {"token": token}, moment)
        assert territories(site) == held

    web = start_web(site, port)
    assert web.ask("POST", TERRITORIES, {"token": token}).status == 302
    assert territories(site) == held + wanted
    assert web.ask("POST", TERRITORIES, {"token": token}).status == 302
    assert territories(site) == held + wanted
    assert proof_of(site) == {}


def test_a_file_of_orders_is_received_and_started_once(site: Site, port: int) -> None:
    shop = site.number("select id from orders_shop")
    upload = {"kind": "orders", "shop": shop}
    received = site.var / "media" / "imports"
    whole = hashlib.sha256(site.path("orders.csv").read_bytes()).hexdigest()

    sent = {**upload, "file": file_of(site, "orders.csv")}
    kill_during(site, port, UPLOAD, sent, before("history_event"))
    assert states(site) == []
    assert [path.name for path in received.iterdir()] == [whole]

    web = start_web(site, port)
    answer = web.ask("POST", UPLOAD, {**upload, "file": file_of(site, "orders.csv")})
    assert (answer.status, states(site)) == (302, ["uploaded"])
    assert [path.name for path in received.iterdir()] == [whole]
    web.process.kill()

    site.start_beat()
    worker = site.start_worker()
    until(lambda: states(site) == ["previewed"])
    start = f"{answer.location}start/"
    kill_during(site, port, start, {}, before("history_event"))
    assert states(site) == ["previewed"]

    web = start_web(site, port)
    assert web.ask("POST", start).status == 302
    until(lambda: states(site) == ["done"])
    assert worker.is_running()
    assert site.number("select count(*) from orders_order") == ORDERS
    assert web.ask("POST", start).status == 302
    assert states(site) == ["done"]


def kill_during(site: Site, port: int, path: str, fields: dict[str, Any], moment: Moment) -> None:
    web = start_web(site, port)
    # Shut before it is asked: a quick answer would be out before the gate is.
    with site.held_up(moment.table) if moment.is_held else nullcontext():
        asked = ask_beside(web, path, fields)
        kill(web.process, moment)
    settle(web.process)
    assert isinstance(asked.exception(PATIENCE), OSError)


def states(site: Site) -> list[str]:
    return [state for (state,) in site.query("select state from orders_importfile")]


def territories(site: Site) -> int:
    return int(site.number("select count(*) from agents_territory"))


@pytest.fixture
def port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
