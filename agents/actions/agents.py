"""Agents and the people who act for them."""

from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction

from agents.errors import (
    AgentCodeTaken,
    AgentNeedsName,
    AlreadyMember,
    BadPhone,
    HeadOfficeCannotBeMember,
    MembershipEnded,
)
from agents.models import Agent, Member
from franchise.core import clock
from franchise.history.actions import record
from franchise.users.models import User

LONGEST_NAME = 80


@transaction.atomic
def add_agent(  # noqa: PLR0913  (one keyword for each fact)
    *,
    code: str,
    name: str,
    kind: str = Agent.Kind.COMPANY,
    contact: str = "",
    phone: str = "",
    by: User | None,
) -> Agent:
    """Take a party in as an agent. Refuses a missing name and a code that another has."""
    code, name = code.strip(), name.strip()
    _refuse_without_name(code, name)
    agent, is_new = Agent.objects.get_or_create(
        code=code, defaults={"name": name, "kind": kind, "contact": contact, "phone": phone}
    )
    if not is_new:
        raise AgentCodeTaken(code=code, agent=agent.name)
    record("agent.added", on=agent, by=by, code=code, name=name, kind=kind)
    return agent


@transaction.atomic
def change_agent(  # noqa: PLR0913  (one keyword for each fact)
    agent_id: int, *, name: str, kind: str, contact: str, phone: str, by: User | None
) -> Agent:
    """Change an agent's name and contact data; its code stays. No change leaves no trace."""
    agent = Agent.objects.select_for_update().get(pk=agent_id)
    name = name.strip()
    _refuse_without_name(agent.code, name)
    wanted = {"name": name, "kind": kind, "contact": contact.strip(), "phone": phone.strip()}
    changes: dict[str, Any] = {
        key: [getattr(agent, key), value]
        for key, value in wanted.items()
        if getattr(agent, key) != value
    }
    if not changes:
        return agent
    for key in changes:
        setattr(agent, key, wanted[key])
    agent.save(update_fields=list(changes))
    record("agent.changed", on=agent, by=by, changes=changes)
    return agent


@transaction.atomic
def add_member(agent_id: int, *, phone: str, name: str, role: str, by: User | None) -> Member:
    """Let a person act for an agent; who is not known yet can sign in with that phone from now on.

    Refuses what is no mobile number, who is a member already, and people of head office.
    """
    agent = Agent.objects.select_for_update().get(pk=agent_id)
    user = _user_of(phone.strip(), name.strip())
    if user.role or user.is_superuser:
        raise HeadOfficeCannotBeMember(person=user)
    if Member.objects.filter(agent=agent, user=user, left_at=None).exists():
        raise AlreadyMember(person=user, agent=agent)
    member = Member.objects.create(agent=agent, user=user, role=role)
    record("member.joined", on=agent, by=by, user=user.pk, role=role)
    return member


@transaction.atomic
def end_membership(member_id: int, *, by: User | None) -> Member:
    """From now on the person no longer acts for the agent. Refuses who has left already."""
    member = Member.objects.select_for_update().get(pk=member_id)
    if member.left_at is not None:
        raise MembershipEnded(person=member.user, agent=member.agent)
    member.left_at = clock.now()
    member.save(update_fields=["left_at"])
    record("member.left", on=member.agent, by=by, user=member.user_id)
    return member


def _refuse_without_name(code: str, name: str) -> None:
    if not (code and name) or max(len(code), len(name)) > LONGEST_NAME:
        raise AgentNeedsName


def _user_of(phone: str, name: str) -> User:
    try:
        User._meta.get_field("phone").clean(phone, None)  # noqa: SLF001 (Django documents _meta)
    except ValidationError as error:
        raise BadPhone(phone=phone) from error
    new = User(phone=phone, name=name)
    new.set_unusable_password()
    user, _ = User.objects.get_or_create(
        phone=phone, defaults={"name": name, "password": new.password}
    )
    return user
