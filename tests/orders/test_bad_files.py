"""Files that are refused whole: nothing of them is stored, and the message says what to do."""

import csv
import io
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from franchise.orders import errors
from franchise.orders.importing import reading
from franchise.orders.models import Address, ImportFile, Order, RejectedRow, Shop
from tests.orders.files import GOOD, Mall, as_csv, good, told

CSV = as_csv([good()])
CHINESE = "订单编号,付款时间,商品金额,收货地址\nA1,2026-03-01,10,广州市天河区体育西路\n"


def _zip(members: dict[str, bytes]) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return content.getvalue()


def _bomb() -> bytes:
    return _zip({"xl/worksheets/sheet1.xml": b"0" * (reading.MOST_UNZIPPED // 64 + 1) * 64})


def _wide(columns: int) -> str:
    return ",".join([*GOOD, *(f"c{number}" for number in range(columns - len(GOOD)))]) + "\n1\n"


REFUSED: list[tuple[str, bytes | str | Callable[[], bytes], type[errors.FileRefused]]] = [
    ("empty", b"", errors.FileIsEmpty),
    ("blank", b"\n\n  \n", errors.FileIsEmpty),
    ("only a header", CSV.splitlines()[0] + "\n", errors.FileHasOnlyAHeader),
    ("only a header and blank rows", CSV.splitlines()[0] + "\n,,,\n\n", errors.FileHasOnlyAHeader),
    ("neither encoding", CHINESE.encode() + b"\xff\xfe\xff", errors.UnknownEncoding),
    ("utf-16", CHINESE.encode("utf-16"), errors.NotATextFile),
    ("a picture", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", errors.NotATextFile),
    ("old excel", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, errors.OldSpreadsheet),
    ("unclosed quote", CSV + 'A2,"2026-03-02,5,440106\n', errors.BrokenQuotes),
    ("text after a quote", CSV + 'A2,"2026"-03-02,5,440106\n', errors.BrokenQuotes),
    ("too many columns", _wide(200), errors.TooManyColumns),
    ("a column missing", "order_no,paid_at,region_code\nA1,2026-03-01,440106\n",
     errors.ColumnsMissing),
    ("a web page", "<html><body>login</body></html>\n<p>1</p>\n", errors.ColumnsMissing),
    ("no way to a region", "order_no,paid_at,goods_amount\nA1,2026-03-01,5\n",
     errors.NoColumnForTheRegion),
    ("two amounts", "订单号,付款时间,商品金额,实付金额,省\nA1,2026-03-01,5,6,广东省\n",
     errors.AmbiguousColumns),
    ("a zip of other things", lambda: _zip({"a.txt": b"x"}), errors.BrokenSpreadsheet),
    ("half a spreadsheet", b"PK\x03\x04" + b"x" * 100, errors.BrokenSpreadsheet),
    ("a zip bomb", _bomb, errors.ZipBomb),
]  # fmt: skip


@pytest.mark.parametrize(
    ("content", "refusal"), [row[1:] for row in REFUSED], ids=[row[0] for row in REFUSED]
)
def test_refused_whole(
    mall: Mall,
    content: bytes | str | Callable[[], bytes],
    refusal: type[errors.FileRefused],
) -> None:
    path = mall.write(content() if callable(content) else content)
    with pytest.raises(refusal) as refused:
        mall.take_file(path)
    assert "%(" not in str(refused.value)
    for model in (Order, Address, ImportFile, RejectedRow):
        assert not model.objects.exists()
    assert [file.name for file in mall.folder.iterdir()] == ["orders.csv"]


def test_quotes_broken_far_down_leave_nothing(mall: Mall) -> None:
    rows = as_csv(good(f"A{number}") for number in range(25_000))
    path = mall.write(rows + 'B1,"2026"x,5,440106\n')
    with pytest.raises(errors.BrokenQuotes) as refused:
        mall.take_file(path)
    assert refused.value.facts["row"] == 25_002
    assert not Order.objects.exists()


def test_too_many_rows_in_a_spreadsheet(mall: Mall, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "MOST_SHEET_ROWS", 2)
    rows = [list(GOOD), *([f"A{number}", "2026-03-01", 5, "440106"] for number in range(3))]
    with pytest.raises(errors.TooManyRows):
        mall.take_file(mall.write_sheet(rows))
    assert told(mall.take_file(mall.write_sheet(rows[:3]))) == {"rows": 2, "new": 2}


def test_too_large_a_file(mall: Mall, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "MOST_BYTES", 100)
    with pytest.raises(errors.FileTooLarge):
        mall.take_file(mall.write(CSV + "x" * 100))


def test_a_size_that_was_lied_about(mall: Mall, monkeypatch: pytest.MonkeyPatch) -> None:
    path = mall.write_sheet([list(GOOD), ["A1", "2026-03-01", 5, "440106"]])
    with zipfile.ZipFile(path) as archive:
        name = "xl/worksheets/sheet1.xml"
        member = archive.getinfo(name)
        size = member.file_size.to_bytes(4, "little")
    content = path.read_bytes()
    assert content.count(size) == 2
    lie = mall.write(content.replace(size, (16).to_bytes(4, "little")), "lie.xlsx")
    with pytest.raises(errors.BrokenSpreadsheet):
        mall.take_file(lie)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_encodings_delimiters_and_line_ends(
    mall: Mall, encoding: str, delimiter: str, newline: str
) -> None:
    rows = list(csv.reader(io.StringIO(CHINESE.replace("体育西路", "体育西路“1”号𠮷"))))
    text = newline.join(delimiter.join(f'"{cell}"' for cell in row) for row in rows)
    report = mall.take_file(mall.write(text.encode(encoding)))
    assert told(report) == {"rows": 1, "new": 1}
    assert Order.objects.get().address.text == "广州市天河区体育西路“1”号𠮷"


class TestHeaders:
    def test_a_usual_export_is_understood(self, mall: Mall) -> None:
        report = mall.take(
            {
                "订单编号": "A1",
                "支付时间": "2026/3/1 9:05",
                "实付金额": "12.5",
                "运费": "0",
                "收货人": "王先生",
                "手机": "13800138000",
                "省份": "广东省",
                "城市": "广州市",
                "区县": "天河区",
                "街道": "五山街道",
                "详细地址": "华南理工大学",
                "订单状态": "卖家已发货，等待买家确认",
                "店铺备注": "谢谢",
            }
        )
        assert told(report) == {"rows": 1, "new": 1}
        assert report.unknown_columns == ["店铺备注"]
        order = Order.objects.select_related("address").get()
        assert (order.status, order.address.town) == ("paid", "五山街道")

    def test_the_shops_own_headers_come_first(self, mall: Mall) -> None:
        Shop.objects.update(
            header_names={"流水": "order_no", "商品金额": "", "应收": "goods_amount"}
        )
        report = mall.take(
            {
                "流水": "A1",
                "付款时间": "2026-03-01",
                "商品金额": "99",
                "应收": "12.50",
                "区域代码": "440106",
            }
        )
        assert told(report) == {"rows": 1, "new": 1}
        assert report.unknown_columns == ["商品金额"]
        assert str(Order.objects.get().goods_amount) == "12.50"

    def test_a_mapping_to_no_column_of_ours_is_refused(self, mall: Mall) -> None:
        Shop.objects.update(header_names={"流水": "number"})
        with pytest.raises(errors.UnknownColumnName):
            mall.take(good())

    def test_capitals_spaces_stars_and_full_width(self, mall: Mall) -> None:
        text = "*Order No,ＰＡＩＤ＿ＡＴ, goods_amount （元）,Region Code\nA1,2026-03-01,5,440106\n"
        assert told(mall.take_file(mall.write(text))) == {"rows": 1, "new": 1}

    def test_empty_headers_and_cells_at_the_end(self, mall: Mall) -> None:
        text = "order_no,paid_at,goods_amount,region_code,,\nA1,2026-03-01,5,440106\n"
        text += "A2,2026-03-01,5,440106,,,,\n"
        assert told(mall.take_file(mall.write(text))) == {"rows": 2, "new": 2}


def test_the_first_visible_sheet_counts(mall: Mall, tmp_path: Path) -> None:
    path = mall.write_sheet([list(GOOD), list(GOOD.values())])
    assert told(mall.take_file(path)) == {"rows": 1, "new": 1}
