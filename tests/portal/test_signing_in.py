from datetime import timedelta

import pytest
from django.urls import reverse

from franchise.users.models import LoginCode, User
from tests.portal.books import CHEN, NOBODY
from tests.users import outbox

LOGIN, CODE, HOME = "/portal/login/", "/portal/login/code/", "/portal/"


@pytest.fixture(autouse=True)
def sms_outbox(settings):
    settings.SMS_BACKEND = "tests.users.outbox.Outbox"
    outbox.empty()


@pytest.fixture
def ask(client, django_capture_on_commit_callbacks):
    def ask(phone, **more):
        with django_capture_on_commit_callbacks(execute=True):
            return client.post(LOGIN, {"phone": phone, **more})

    return ask


def test_a_phone_and_its_code_lead_to_the_start_page(client, books, ask):
    assert ask("138 0000 2046")["Location"] == CODE
    answer = client.post(CODE, {"code": outbox.next_code(CHEN)}, follow=True)
    assert answer.redirect_chain == [(HOME, 302)]
    assert "陈记商行" in answer.content.decode()


def test_it_leads_back_to_the_page_that_was_asked_for(client, books, ask):
    asked = client.get("/portal/orders/?state=pending")
    assert asked["Location"] == LOGIN + "?next=%2Fportal%2Forders%2F%3Fstate%3Dpending"
    ask(CHEN, next="/portal/orders/?state=pending")
    answer = client.post(CODE, {"code": outbox.next_code(CHEN)})
    assert answer["Location"] == "/portal/orders/?state=pending"


def test_it_never_leads_to_somebody_elses_site(client, books, ask):
    ask(CHEN, next="https://evil.example/")
    assert client.post(CODE, {"code": outbox.next_code(CHEN)})["Location"] == HOME


def test_a_wrong_code_is_said_in_words(client, books, ask):
    ask(CHEN)
    wrong = f"{(int(outbox.next_code(CHEN)) + 1) % 1_000_000:06}"
    page = client.post(CODE, {"code": wrong}).content.decode()
    assert "验证码不对" in page
    assert client.get(HOME).status_code == 302


def test_a_stranger_sees_the_same_pages(client, books, ask):
    known = ask(CHEN)
    known_page = client.get(CODE).content.decode()
    client.session.flush()
    stranger = ask("13911112222")
    stranger_page = client.get(CODE).content.decode()
    assert (stranger.status_code, stranger["Location"]) == (known.status_code, known["Location"])

    def without_what_differs(page):
        page = page.replace("139****2222", "NUMBER").replace("138****2046", "NUMBER")
        page = page.replace("13911112222", "NUMBER").replace(CHEN, "NUMBER")
        return [line for line in page.splitlines() if "csrfmiddlewaretoken" not in line]

    assert without_what_differs(stranger_page) == without_what_differs(known_page)


def test_a_second_code_within_a_minute_is_refused_with_the_seconds(client, books, ask):
    ask(CHEN)
    page = ask(CHEN).content.decode()
    assert "秒才能再发" in page
    assert LoginCode.objects.count() == 1


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("", "请输入手机号"),
        ("1380013", "少了 4 位"),
        ("23800002046", "这不是手机号"),
        ("138000020466", "这不是手机号"),
    ],
)
def test_a_slip_in_the_number_is_said_without_asking_for_a_code(client, db, typed, said):
    page = client.post(LOGIN, {"phone": typed}).content.decode()
    assert said in page
    assert not LoginCode.objects.exists()


def test_signing_out_needs_a_post_and_ends_it(client, books):
    client.force_login(books.chen)
    assert client.get("/portal/logout/").status_code == 405
    assert client.post("/portal/logout/")["Location"] == LOGIN
    assert client.get(HOME)["Location"].startswith(LOGIN)


def test_who_is_signed_in_need_not_do_it_again(client, books):
    client.force_login(books.chen)
    assert client.get(LOGIN)["Location"] == HOME


def test_the_code_page_needs_a_phone_first(client, db):
    assert client.get(CODE)["Location"] == LOGIN


@pytest.mark.parametrize(
    "path",
    ["home", "orders", "why_nothing", "me", "lines_file"],
)
def test_no_page_without_signing_in(client, db, path):
    answer = client.get(reverse(f"portal:{path}"))
    assert answer.status_code == 302
    assert answer["Location"].startswith(LOGIN)


def test_a_person_of_no_agent_gets_a_page_that_says_so(client, books):
    client.force_login(User.objects.create_user(NOBODY))
    for path in (HOME, "/portal/orders/", "/portal/me/"):
        page = client.get(path).content.decode()
        assert "还没有加到任何代理商" in page


def test_a_member_who_left_sees_nothing_any_more(client, books):
    client.force_login(books.chen)
    member = books.chen.memberships.get()
    member.left_at = member.joined_at + timedelta(days=1)
    member.save()
    assert "还没有加到任何代理商" in client.get(HOME).content.decode()


@pytest.mark.parametrize(("proxies", "address"), [(0, "127.0.0.1"), (1, "203.0.113.9")])
def test_limits_count_by_the_address_a_trusted_proxy_saw(client, db, settings, proxies, address):
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = proxies
    forwarded = {
        "X-Forwarded-For": "198.51.100.1, 203.0.113.9"
    }  # the first is what the visitor says
    client.post(LOGIN, {"phone": CHEN}, headers=forwarded)
    assert LoginCode.objects.get().address == address


def test_agents_and_head_office_find_each_others_door(client, db):
    assert 'href="/office/login/"' in client.get(LOGIN).content.decode()
    assert f'href="{LOGIN}"' in client.get("/office/login/").content.decode()
