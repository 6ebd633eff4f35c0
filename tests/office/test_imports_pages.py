"""Bringing a file through the browser: checked, mapped, started, mended."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from franchise.orders.models import ImportFile, Order, RejectedRow, Shop
from franchise.orders.tasks import check_files, take_in_files
from franchise.users.models import User
from tests.office.test_order_page import text_of
from tests.orders.files import as_csv, good


@pytest.fixture
def english(clerk):
    clerk.cookies["django_language"] = "en"
    return clerk


@pytest.fixture
def shop(cast):
    return Shop.objects.create(code="mall", name="官方商城")


def bring(client, shop, content, name="orders.csv", kind="orders"):
    upload = SimpleUploadedFile(name, content.encode())
    client.post(reverse("office:upload"), {"kind": kind, "shop": shop.pk, "file": upload})
    return ImportFile.objects.latest("pk")


def page(file):
    return reverse("office:import", args=[file.pk])


def test_a_file_is_checked_shown_and_taken_in(shop, english):
    file = bring(english, shop, as_csv([good("A1"), good("A2", goods_amount="abc")]))
    assert "You may leave this page" in text_of(english.get(page(file)))

    check_files()
    text = text_of(english.get(page(file)))
    assert "1 row is bad and stays out" in text
    assert "“abc” is not an amount." in text
    assert not Order.objects.exists()

    english.post(reverse("office:start_import", args=[file.pk]))
    take_in_files()
    assert "What came of it" in text_of(english.get(page(file)))
    assert list(Order.objects.values_list("order_no", flat=True)) == ["A1"]


def test_while_it_works_the_page_asks_again(shop, english):
    file = bring(english, shop, as_csv([good()]))
    waiting = english.get(page(file), headers={"HX-Request": "true"})
    assert 'hx-trigger="load delay:2s"' in waiting.content.decode()

    check_files()
    done = english.get(page(file), headers={"HX-Request": "true"})
    assert done["HX-Refresh"] == "true"


def test_unknown_headers_are_named_and_kept_for_the_shop(shop, english):
    content = "编号,何时付,多少钱,region_code\nA1,2026-03-01 10:00:00,10.00,440106\n"
    file = bring(english, shop, content)
    check_files()
    file.refresh_from_db()
    assert file.state == ImportFile.State.REFUSED

    named = {"header-0": "order_no", "header-1": "paid_at", "header-2": "goods_amount"}
    address = reverse("office:name_headers", args=[file.pk])
    english.post(address, {**named, "header-3": "region_code", "for_shop": "1"})
    check_files()
    file.refresh_from_db()
    assert file.state == ImportFile.State.PREVIEWED
    assert file.report["new"] == 1

    again = bring(english, shop, content.replace("A1", "A2"))
    check_files()
    again.refresh_from_db()
    assert again.state == ImportFile.State.PREVIEWED


def test_a_bad_row_is_mended_in_place(shop, english):
    row = good("A2", goods_amount="abc", buyer_name="李小明", buyer_phone="13812342046")
    file = bring(english, shop, as_csv([good("A1"), row]))
    check_files()
    english.post(reverse("office:start_import", args=[file.pk]))
    take_in_files()
    rejected = RejectedRow.objects.get(file=file)

    rows = english.get(reverse("office:import_rows", args=[file.pk])).content.decode()
    assert "13812342046" not in rows
    assert 'value="abc"' in rows

    mend = reverse("office:mend", args=[file.pk, rejected.row])
    still = english.post(mend, {"cell-2": "-5"}, follow=True)
    assert "is still not right" in text_of(still)

    second = RejectedRow.objects.get(mended_at=None)
    english.post(reverse("office:mend", args=[second.file_id, second.row]), {"cell-2": "5.00"})
    assert str(Order.objects.get(order_no="A2").goods_amount) == "5.00"
    assert Order.objects.get(order_no="A2").contact.phone == "13812342046"
    assert not RejectedRow.objects.filter(mended_at=None).exists()


def test_a_file_that_cannot_be_read_says_why_and_can_be_put_aside(shop, english):
    file = bring(english, shop, "a,b\n1,2\n")
    check_files()
    file.refresh_from_db()
    assert file.state == ImportFile.State.REFUSED
    assert "order_no" in text_of(english.get(page(file)))

    english.post(reverse("office:discard_import", args=[file.pk]))
    file.refresh_from_db()
    assert file.state == ImportFile.State.DISCARDED


def test_an_empty_file_is_refused_at_once(shop, english):
    upload = SimpleUploadedFile("x.csv", b"")
    said = {"kind": "orders", "shop": shop.pk, "file": upload}
    text = text_of(english.post(reverse("office:upload"), said))

    assert "The submitted file is empty." in text
    assert not ImportFile.objects.exists()


def test_rejected_rows_as_a_file(shop, english):
    file = bring(english, shop, as_csv([good("A1"), good("A2", goods_amount="=1+1")]))
    check_files()
    english.post(reverse("office:start_import", args=[file.pk]))
    take_in_files()

    answer = english.get(reverse("office:rejected_csv", args=[file.pk]))
    content = b"".join(answer.streaming_content).decode("utf-8-sig")
    assert "'=1+1" in content
    assert "is a formula" in content


def test_a_shop_is_entered_once(cast, english):
    for _time in range(2):
        english.post(reverse("office:add_shop"), {"code": "mini", "name": "小程序"})
    assert [shop.name for shop in Shop.objects.all()] == ["小程序"]


def test_an_auditor_sees_files_and_touches_none(shop, staff, signed_in, english):
    file = bring(english, shop, as_csv([good("A1"), good("A2", goods_amount="abc")]))
    check_files()
    auditor = signed_in(staff(User.Role.AUDITOR, "13900000004"))

    assert auditor.get(reverse("office:imports")).status_code == 200
    assert auditor.get(page(file)).status_code == 200
    for name in ("start_import", "discard_import", "name_headers"):
        assert auditor.post(reverse(f"office:{name}", args=[file.pk])).status_code == 403
    for name in ("import_rows", "rejected_csv"):
        assert auditor.get(reverse(f"office:{name}", args=[file.pk])).status_code == 403
    assert auditor.post(reverse("office:upload")).status_code == 403
    assert auditor.post(reverse("office:add_shop")).status_code == 403


def test_the_list_costs_the_same_with_more_files(shop, clerk, django_assert_num_queries):
    bring(clerk, shop, as_csv([good("A1")]))
    clerk.get("/office/imports/")
    with django_assert_num_queries(QUERIES):
        clerk.get("/office/imports/")
    for number in range(3):
        bring(clerk, shop, as_csv([good(f"B{number}")]))
    with django_assert_num_queries(QUERIES):
        clerk.get("/office/imports/")


QUERIES = 9
