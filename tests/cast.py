"""The people that every test knows: agents of each tier in real places, and those around them.

All territories run from 2026-01-01 without end. The places are those of tests/regions_cast.py.
"""

from dataclasses import dataclass
from datetime import date
from functools import cache

import pytest
from django.contrib.auth.hashers import make_password

from agents.actions.agents import add_agent, add_member
from agents.actions.territories import grant_territory
from agents.models import Agent, Member, Territory, Tier
from franchise.regions.models import Region
from franchise.users.models import User
from tests import regions_cast as places
from tests.regions_cast import plant_regions, region

FROM = date(2026, 1, 1)


@dataclass
class Cast:
    """Everybody by name. A holder's `.member` signs in by phone, staff with PASSWORD."""

    tianhe: "Holder"
    guangzhou: "Holder"
    guangdong: "Holder"
    changan: "Holder"
    dongguan: "Holder"
    chaoyang: "Holder"
    beijing: "Holder"
    jiyuan: "Holder"
    henan: "Holder"
    clerk: User
    customer: User
    stranger: User
    operations: User
    finance: User
    approver: User
    auditor: User
    administrator: User


@dataclass
class Holder:
    """An agent with its one territory and the person who owns it."""

    agent: Agent
    territory: Territory
    region: Region
    member: User


HOLDERS = {
    "tianhe": ("天河合众商贸", places.TIANHE, Tier.COUNTY),
    "guangzhou": ("广州粤盛贸易", places.GUANGZHOU, Tier.CITY),
    "guangdong": ("广东岭南实业", places.GUANGDONG, Tier.PROVINCE),
    "changan": ("长安镇惠民商行", places.CHANGAN, Tier.COUNTY),
    "dongguan": ("东莞莞城商贸", places.DONGGUAN, Tier.CITY),
    "chaoyang": ("朝阳京朝商贸", places.CHAOYANG, Tier.COUNTY),
    "beijing": ("北京京华实业", places.BEIJING, Tier.PROVINCE),
    "jiyuan": ("济源王屋商贸", places.JIYUAN, Tier.COUNTY),
    "henan": ("河南中原实业", places.HENAN, Tier.PROVINCE),
}
PASSWORD = "a long pass phrase"
STAFF = ("operations", "finance", "approver", "auditor", "administrator")


def plant_cast() -> Cast:
    """Make everybody, by the actions that make them in earnest."""
    plant_regions()
    holders = {
        name: _holder(number, name, *told) for number, (name, told) in enumerate(HOLDERS.items())
    }
    staff = {
        role: User.objects.create(
            phone=f"1990000900{number}", name=role, role=role, password=_hashed(PASSWORD)
        )
        for number, role in enumerate(STAFF)
    }
    clerk = add_member(
        holders["tianhe"].agent.pk,
        phone="19900008001",
        name="店员小何",
        role=Member.Role.CLERK,
        by=None,
    ).user
    return Cast(
        **holders,
        **staff,
        clerk=clerk,
        customer=User.objects.create_user("19900008002", name="顾客李女士"),
        stranger=User.objects.create_user("19900008003", name="路人甲"),
    )


@cache
def _hashed(password: str) -> str:
    """Hashing takes its time on purpose: once is enough for all tests."""
    return make_password(password)


def _holder(number: int, code: str, agent_name: str, place: str, tier: Tier) -> Holder:
    agent = add_agent(code=code, name=agent_name, by=None)
    member = add_member(
        agent.pk,
        phone=f"1990000700{number}",
        name=f"{agent_name}老板",
        role=Member.Role.OWNER,
        by=None,
    )
    where = region(place)
    territory = grant_territory(
        region_id=where.pk, tier=tier, agent_id=agent.pk, starts_on=FROM, by=None
    )
    return Holder(agent, territory, where, member.user)


@pytest.fixture
def cast(db: None) -> Cast:
    return plant_cast()
