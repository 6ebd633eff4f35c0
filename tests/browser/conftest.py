"""Chromium, driven; whatever it complains about on the console fails the test."""

import os

import pytest
from playwright.sync_api import sync_playwright

from tests.needs import chromium

# Playwright runs an event loop in the thread that also talks to the database.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")


@pytest.fixture(scope="session")
def browser():
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium())
        yield browser
        browser.close()


@pytest.fixture
def open_page(browser, live_server):
    """Open windows of a size, each a person of their own; complaints are collected from all."""
    contexts, complaints = [], []

    def open_page(*, width=390, height=844, language="zh-hans", cookies=None):
        context = browser.new_context(
            viewport={"width": width, "height": height}, base_url=live_server.url
        )
        wanted = {"django_language": language, **(cookies or {})}
        context.add_cookies(
            [{"name": n, "value": v, "url": live_server.url} for n, v in wanted.items()]
        )
        page = context.new_page()
        page.on(
            "console",
            lambda message: (
                complaints.append(message.text) if message.type in {"error", "warning"} else None
            ),
        )
        page.on("pageerror", lambda error: complaints.append(str(error)))
        contexts.append(context)
        page.complaints = complaints
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert complaints == []
