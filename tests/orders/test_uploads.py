"""Files brought through the browser: received, checked, started, taken in once, or refused."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.core.files.base import ContentFile
from django.db import OperationalError, connection, transaction
from django.utils.translation import override

from franchise.core import locks
from franchise.orders import errors, tasks
from franchise.orders.actions import uploads
from franchise.orders.actions.mending import mend_rows
from franchise.orders.actions.uploads import (
    discard_import,
    name_headers,
    preview_import,
    receive_file,
    run_import,
    start_import,
    stored_path,
)
from franchise.orders.models import ImportFile, Order, RejectedRow, Shop
from franchise.orders.queries import imports
from tests.at_once import at_once
from tests.orders.files import Mall, as_csv, good, refund
from tests.regions_cast import plant_regions

State = ImportFile.State


@pytest.fixture(autouse=True)
def _media(settings: object, tmp_path: Path) -> Iterator[None]:
    settings.MEDIA_ROOT = tmp_path / "media"  # type: ignore[attr-defined]
    return


def receive(content: str, *, shop: Shop, kind: str = "orders") -> ImportFile:
    upload = ContentFile(content.encode(), name="十一月.csv")
    return receive_file(upload, kind=kind, shop_id=shop.pk, by=None)


def state_of(file: ImportFile) -> str:
    return ImportFile.objects.get(pk=file.pk).state


def test_the_way_of_a_file(mall: Mall) -> None:
    file = receive(as_csv([good("A1"), good("A2", goods_amount="-1")]), shop=mall.shop)
    assert (file.state, file.file_name) == (State.UPLOADED, "十一月.csv")
    assert stored_path(file).name == file.sha256
    assert imports.files_to_check() == [file.pk]

    tasks.check_files()
    file.refresh_from_db()
    assert (file.state, file.rows) == (State.PREVIEWED, 2)
    report = imports.report_of(file)
    assert (report["new"], report["rejected"]) == (1, 1)
    assert not Order.objects.exists()
    assert not RejectedRow.objects.exists()
    assert imports.files_to_check() == []

    start_import(file.pk, by=None)
    assert imports.files_to_take_in() == [file.pk]
    tasks.take_in_files()
    file.refresh_from_db()
    assert (file.state, file.rows, file.progress) == (State.DONE, 2, 2)
    assert Order.objects.get().file == file
    assert RejectedRow.objects.get().file == file
    assert imports.files_to_take_in() == []


def test_a_refund_file_goes_the_same_way(mall: Mall) -> None:
    file = receive(as_csv([refund()]), shop=mall.shop, kind="refunds")
    preview_import(file.pk)
    start_import(file.pk, by=None)
    run_import(file.pk)
    file.refresh_from_db()
    assert (file.state, file.report["new"]) == (State.DONE, 1)


def test_a_done_file_is_not_taken_in_again(mall: Mall) -> None:
    file = receive(as_csv([good()]), shop=mall.shop)
    preview_import(file.pk)
    start_import(file.pk, by=None)
    run_import(file.pk)
    finished_at = ImportFile.objects.get().finished_at
    run_import(file.pk)
    preview_import(file.pk)
    assert ImportFile.objects.get().finished_at == finished_at


def test_only_what_was_checked_and_started_is_taken_in(mall: Mall) -> None:
    file = receive(as_csv([good()]), shop=mall.shop)
    with pytest.raises(errors.ImportInOtherState):
        start_import(file.pk, by=None)
    run_import(file.pk)
    assert state_of(file) == State.UPLOADED
    preview_import(file.pk)
    run_import(file.pk)
    assert state_of(file) == State.PREVIEWED
    assert not Order.objects.exists()


def test_a_refused_file_says_why_in_the_readers_language(mall: Mall) -> None:
    file = receive("order_no,paid_at,goods_amount\nA1,2026-03-01,5\n", shop=mall.shop)
    preview_import(file.pk)
    file.refresh_from_db()
    assert file.state == State.REFUSED
    with override("en"):
        assert imports.refusal_of(file) == str(errors.NoColumnForTheRegion())
    with override("zh-hans"):
        assert imports.refusal_of(file) == str(errors.NoColumnForTheRegion())
        assert "区域" in imports.refusal_of(file)
    assert imports.header_of(file) == ["order_no", "paid_at", "goods_amount"]


def test_headers_named_by_hand_are_checked_anew(mall: Mall) -> None:
    file = receive("编码,时间,钱,去处\nA1,2026-03-01,5,广州市天河区\n", shop=mall.shop)
    preview_import(file.pk)
    assert state_of(file) == State.REFUSED
    with pytest.raises(errors.UnknownColumnName):
        name_headers(file.pk, {"编码": "number"}, by=None)
    names = {"编码": "order_no", "时间": "paid_at", "钱": "goods_amount", "去处": "address"}
    name_headers(file.pk, names, by=None)
    preview_import(file.pk)
    start_import(file.pk, by=None)
    run_import(file.pk)
    assert Order.objects.get().order_no == "A1"


def test_a_discarded_file_stays_out(mall: Mall) -> None:
    file = receive(as_csv([good()]), shop=mall.shop)
    discard_import(file.pk, by=None)
    preview_import(file.pk)
    run_import(file.pk)
    assert state_of(file) == State.DISCARDED
    with pytest.raises(errors.ImportInOtherState):
        discard_import(file.pk, by=None)


def test_a_file_too_large_is_not_kept(mall: Mall, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(uploads, "MOST_UPLOADED", 10)
    with pytest.raises(errors.FileTooLarge):
        receive(as_csv([good()]), shop=mall.shop)
    assert not ImportFile.objects.exists()


def test_a_fault_of_the_program_refuses_the_file(
    mall: Mall, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    file = receive(as_csv([good()]), shop=mall.shop)

    def fail(*_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(uploads, "take_in", fail)
    preview_import(file.pk)
    file.refresh_from_db()
    assert file.state == State.REFUSED
    assert imports.refusal_of(file) == str(errors.ImportBroke())
    assert "ZeroDivisionError" in caplog.text


def test_a_lost_database_leaves_the_file_waiting(
    mall: Mall, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = receive(as_csv([good()]), shop=mall.shop)

    def fail(*_: object) -> None:
        raise OperationalError

    with monkeypatch.context() as patch:
        patch.setattr(uploads, "take_in", fail)
        with pytest.raises(OperationalError):
            preview_import(file.pk)
    assert imports.files_to_check() == [file.pk]
    preview_import(file.pk)
    assert state_of(file) == State.PREVIEWED


class TestMending:
    def test_mended_rows_go_in(self, mall: Mall) -> None:
        mall.take(good("A1", goods_amount="-1"), good("A2"), good("A3", goods_amount="x"))
        file = ImportFile.objects.get()
        [first, second] = imports.rejected_rows(file.pk)
        assert [problem["column"] for problem in imports.problems_of(first)] == ["goods_amount"]
        cells = dict(zip(imports.header_of(file), first.cells, strict=True))
        cells["goods_amount"] = "1"
        mended = mend_rows(file.pk, {first.row: list(cells.values())}, by=None)
        assert (mended.state, mended.report["new"]) == (State.DONE, 1)
        assert Order.objects.filter(order_no="A1", goods_amount=1).exists()
        assert list(imports.rejected_rows(file.pk)) == [second]

    def test_what_is_still_wrong_is_rejected_again(self, mall: Mall) -> None:
        mall.take(good("A1", goods_amount="-1"))
        file = ImportFile.objects.get()
        [row] = imports.rejected_rows(file.pk)
        mended = mend_rows(file.pk, {row.row: row.cells}, by=None)
        assert mended.report["rejected"] == 1
        assert [again.file_id for again in imports.all_rejected_rows()] == [mended.pk]

    def test_a_row_is_mended_once(self, mall: Mall) -> None:
        mall.take(good("A1", goods_amount="-1"))
        file = ImportFile.objects.get()
        [row] = imports.rejected_rows(file.pk)
        cells = ["A1", "2026-03-01", "5", "440106"]
        mend_rows(file.pk, {row.row: cells}, by=None)
        with pytest.raises(errors.RowsAreNotThere):
            mend_rows(file.pk, {row.row: cells}, by=None)
        with pytest.raises(errors.RowsAreNotThere):
            mend_rows(file.pk, {99: cells}, by=None)

    def test_rejected_rows_as_csv(self, mall: Mall) -> None:
        mall.take(good("A1", goods_amount="-1"))
        beside = (mall.folder / "orders.csv.rejected.csv").read_bytes().decode()
        assert "".join(imports.rejected_as_csv(ImportFile.objects.get())) == beside


@pytest.mark.django_db(transaction=True)
class TestWorkers:
    @pytest.fixture
    def file(self) -> ImportFile:
        plant_regions()
        shop = Shop.objects.create(code="mall", name="商城")
        file = receive(as_csv(good(f"A{n}") for n in range(300)), shop=shop)
        preview_import(file.pk)
        return start_import(file.pk, by=None)

    def test_two_workers_take_a_file_in_once(self, file: ImportFile) -> None:
        at_once([lambda: run_import(file.pk)] * 2)
        file.refresh_from_db()
        assert (file.state, file.report["new"]) == (State.DONE, 300)
        assert Order.objects.count() == 300

    def test_a_file_that_somebody_works_on_is_left_alone(self, file: ImportFile) -> None:
        def work_elsewhere() -> None:
            with transaction.atomic():
                assert not locks.try_to_hold_for(locks.Lock.IMPORT_FILE, str(file.pk))
            run_import(file.pk)

        with transaction.atomic():
            locks.hold_for(locks.Lock.IMPORT_FILE, str(file.pk))
            at_once([work_elsewhere])
        assert state_of(file) == State.RUNNING
        assert not Order.objects.exists()

    def test_a_file_whose_worker_died_is_taken_up_again(self, file: ImportFile) -> None:
        ImportFile.objects.update(state=State.RUNNING)
        tasks.take_in_files()
        assert state_of(file) == State.DONE

    def test_progress_is_seen_while_the_import_is_open(
        self, file: ImportFile, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        seen = []
        hold_for = locks.hold_for

        def look(lock: locks.Lock, subject: str) -> None:
            beside = connection.copy()
            with beside.cursor() as cursor:
                cursor.execute("select state, progress from orders_importfile")
                seen.append(cursor.fetchone())
            beside.close()
            hold_for(lock, subject)

        monkeypatch.setattr(locks, "hold_for", look)
        run_import(file.pk)
        assert seen == [("running", 300)]
