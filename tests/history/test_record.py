import pytest
from django.db import IntegrityError, transaction

from franchise.core.clock import now
from franchise.history.actions import record
from franchise.history.models import Event
from franchise.history.queries import story_of
from franchise.users.models import User

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]


def test_an_event_says_who_did_what_to_which_thing():
    clerk = User.objects.create_user("13800002046", name="周敏")
    event = record("user.renamed", on=clerk, by=clerk, before="", after="周敏")
    event.refresh_from_db()
    assert (event.verb, event.subject_type, event.subject_id, event.by) == (
        "user.renamed",
        "users.user",
        clerk.pk,
        clerk,
    )
    assert event.data == {"before": "", "after": "周敏"}
    assert abs((now() - event.at).total_seconds()) < 60


def test_the_story_of_a_thing_is_its_own_newest_first():
    clerk = User.objects.create_user("13800002046")
    stranger = User.objects.create_user("13900001111")
    first = record("user.invited", on=clerk, by=None)
    record("user.invited", on=stranger, by=None)
    second = record("user.renamed", on=clerk, by=clerk)
    assert list(story_of(clerk)) == [second, first]


@pytest.mark.parametrize(
    "change",
    [
        lambda event: Event.objects.filter(pk=event.pk).update(verb="other"),
        lambda event: event.delete(),
        lambda event: Event.objects.bulk_update([event], ["data"]),
    ],
)
def test_what_happened_is_never_changed(change):
    event = record("user.invited", on=User.objects.create_user("13800002046"), by=None)
    with pytest.raises(IntegrityError, match="never changed or deleted"), transaction.atomic():
        change(event)
    assert Event.objects.get().verb == "user.invited"
