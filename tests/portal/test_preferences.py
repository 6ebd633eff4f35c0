import pytest

PREFERENCES = "/portal/preferences/"


def test_the_page_comes_in_chinese_and_in_english(client, db):
    assert "登录" in client.get("/portal/login/").content.decode()
    answer = client.post(PREFERENCES, {"language": "en", "back": "/portal/login/"}, follow=True)
    page = answer.content.decode()
    assert '<html lang="en"' in page
    assert "Sign in" in page


def test_large_type_and_dark_stay_on_this_phone(client, db):
    client.post(PREFERENCES, {"type": "large"})
    client.post(PREFERENCES, {"theme": "dark"})
    page = client.get("/portal/login/").content.decode()
    assert 'data-type="large"' in page
    assert 'data-theme="dark"' in page
    assert 'data-weui-theme="dark"' in page
    client.post(PREFERENCES, {"theme": ""})
    assert "data-theme" not in client.get("/portal/login/").content.decode()


@pytest.mark.parametrize(
    ("what", "value"), [("theme", '"><script>'), ("type", "huge"), ("language", "fr")]
)
def test_what_is_no_choice_changes_nothing(client, db, what, value):
    answer = client.post(PREFERENCES, {what: value})
    assert not answer.cookies
    client.cookies[what] = value
    assert "<script>" not in client.get("/portal/login/").content.decode()


def test_a_preference_needs_a_post_and_leads_only_to_our_pages(client, db):
    assert client.get(PREFERENCES).status_code == 405
    answer = client.post(PREFERENCES, {"type": "large", "back": "https://evil.example/"})
    assert answer["Location"] == "/portal/"
