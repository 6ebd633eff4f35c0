import json
from io import StringIO

import pytest
from django.core.management import call_command

from agents import queries
from agents.actions.agents import add_agent, add_member, change_agent, end_membership
from agents.checks import who_guards_and_follows_territories_is_there
from agents.errors import (
    AgentCodeTaken,
    AgentNeedsName,
    AlreadyMember,
    BadPhone,
    HeadOfficeCannotBeMember,
    MembershipEnded,
)
from agents.models import Agent, Member
from franchise.history.models import Event
from franchise.users.models import User
from tests.at_once import at_once

OWNER, CLERK = Member.Role.OWNER, Member.Role.CLERK
CHEN = "19900002046"


@pytest.fixture
def agent(db):
    return add_agent(code="A1", name="天河商贸", by=None)


def test_an_agent_is_added_once(agent, cast):
    added = add_agent(
        code=" A2 ",
        name="越秀商贸",
        kind=Agent.Kind.PERSON,
        contact="王敏",
        phone=CHEN,
        by=cast.operations,
    )
    assert (added.code, added.kind, added.contact) == ("A2", "person", "王敏")
    assert Event.objects.get(verb="agent.added", subject_id=added.pk).by == cast.operations
    with pytest.raises(AgentCodeTaken) as refused:
        add_agent(code="A2", name="别家", by=None)
    assert refused.value.facts["agent"] == "越秀商贸"


@pytest.mark.parametrize(("code", "name"), [("", "x"), ("x", " "), ("x", "长" * 81)])
def test_an_agent_needs_a_code_and_a_name(db, code, name):
    with pytest.raises(AgentNeedsName):
        add_agent(code=code, name=name, by=None)


def test_contact_data_changes_and_only_what_changed_is_recorded(agent):
    told = {"kind": agent.kind, "contact": "王敏", "phone": CHEN}
    change_agent(agent.pk, name="天河新商贸", **told, by=None)
    change_agent(agent.pk, name="天河新商贸", **told, by=None)
    (event,) = Event.objects.filter(verb="agent.changed")
    assert event.data == {
        "changes": {
            "name": ["天河商贸", "天河新商贸"],
            "contact": ["", "王敏"],
            "phone": ["", CHEN],
        }
    }
    with pytest.raises(AgentNeedsName):
        change_agent(agent.pk, name="", **told, by=None)


def test_a_member_can_sign_in_with_the_phone_from_then_on(agent):
    member = add_member(agent.pk, phone=CHEN, name="陈先生", role=OWNER, by=None)
    assert (member.user.phone, member.user.name, member.role) == (CHEN, "陈先生", "owner")
    assert not member.user.has_usable_password()
    assert list(queries.agents_of(member.user_id)) == [agent]
    with pytest.raises(AlreadyMember):
        add_member(agent.pk, phone=CHEN, name="陈先生", role=CLERK, by=None)


def test_one_person_may_act_for_several_agents(agent):
    other = add_agent(code="A2", name="越秀商贸", by=None)
    first = add_member(agent.pk, phone=CHEN, name="陈先生", role=OWNER, by=None)
    second = add_member(other.pk, phone=CHEN, name="", role=CLERK, by=None)
    assert first.user == second.user
    assert second.user.name == "陈先生"


def test_who_left_no_longer_acts_and_may_come_back(agent):
    member = add_member(agent.pk, phone=CHEN, name="陈先生", role=OWNER, by=None)
    assert end_membership(member.pk, by=None).left_at is not None
    assert list(queries.agents_of(member.user_id)) == []
    with pytest.raises(MembershipEnded):
        end_membership(member.pk, by=None)
    again = add_member(agent.pk, phone=CHEN, name="陈先生", role=CLERK, by=None)
    assert list(queries.members_of(agent.pk)) == [again, member]


def test_head_office_and_bad_numbers_are_refused(agent, cast):
    with pytest.raises(HeadOfficeCannotBeMember):
        add_member(agent.pk, phone=cast.finance.phone, name="", role=OWNER, by=None)
    for phone in ["", "12345678901", "1990000204", "+8619900002046"]:
        with pytest.raises(BadPhone):
            add_member(agent.pk, phone=phone, name="x", role=OWNER, by=None)


@pytest.mark.both_databases
@pytest.mark.django_db(transaction=True)
def test_the_same_person_added_twice_at_once_is_a_member_once():
    agents = [add_agent(code=f"A{number}", name="商", by=None).pk for number in range(2)]
    outcomes = at_once(
        [
            lambda agent=agent: add_member(agent, phone=CHEN, name="陈", role=OWNER, by=None).pk
            for agent in agents * 3
        ]
    )
    assert outcomes.count(AlreadyMember) == 4
    assert User.objects.filter(phone=CHEN).count() == 1
    assert Member.objects.count() == 2


def test_agents_from_a_file(db, tmp_path):
    path = tmp_path / "agents.csv"
    path.write_text(
        "code,name,kind,contact,phone\n"
        f"A1,天河商贸,公司,王敏,{CHEN}\n"
        "A2,,person,,\n"
        "A3,x,club,,\n"
        ",x,,,\n",
        encoding="utf-8",
    )

    def run():
        out = StringIO()
        call_command("import_agents", str(path), "--json", stdout=out, stderr=StringIO())
        report = json.loads(out.getvalue())
        return [report[key] for key in ("new", "changed", "unchanged", "rejected")], report

    tally, report = run()
    assert tally == [2, 0, 0, 2]
    assert [(one["row"], one["column"]) for one in report["problems"]] == [(4, "kind"), (5, "code")]
    assert Agent.objects.get(code="A2").name == "A2"
    assert run()[0] == [0, 0, 2, 2]
    Agent.objects.filter(code="A1").update(contact="李")
    assert run()[0] == [0, 1, 1, 2]
    assert Agent.objects.get(code="A1").contact == "王敏"


def test_paths_in_settings_that_name_nothing_are_found_at_start_up(settings):
    assert who_guards_and_follows_territories_is_there() == []
    settings.TERRITORY_CHANGE_GUARDS = ["franchise.core.clock.today", "nowhere.at_all"]
    settings.TERRITORY_CHANGE_FOLLOWERS = ["franchise.core.clock.SHANGHAI.key"]
    errors = who_guards_and_follows_territories_is_there()
    assert [error.id for error in errors] == ["agents.E001", "agents.E002"]
    assert "nowhere.at_all" in errors[0].msg
