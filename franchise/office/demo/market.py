"""Who sells where in the demo: invented agents, real places."""

from dataclasses import dataclass

COUNTY, CITY, PROVINCE = "county", "city", "province"
SINCE = "2026-01-01"
# Dongguan's high-tech zone is no division: the demo adds it, as head office would.
SONGSHAN_LAKE = "441900401"


@dataclass(frozen=True)
class DemoAgent:
    """`holds`: (region code, tier, from); `weight`: how many orders of its places there are."""

    name: str
    owner: str
    holds: tuple[tuple[str, str, str], ...]
    is_person: bool = False


def _company(name: str, owner: str, *holds: tuple[str, str] | tuple[str, str, str]) -> DemoAgent:
    return DemoAgent(name, owner, tuple(_since(*one) for one in holds))


def _person(name: str, *holds: tuple[str, str] | tuple[str, str, str]) -> DemoAgent:
    return DemoAgent(name, name, tuple(_since(*one) for one in holds), is_person=True)


def _since(code: str, tier: str, since: str = SINCE) -> tuple[str, str, str]:
    return code, tier, since


AGENTS = (
    # Guangdong
    _company("广东岭南禾丰实业有限公司", "梁伟雄", ("440000", PROVINCE), ("441300", CITY)),
    _company("广州粤盛粮油贸易有限公司", "何志坚", ("440100", CITY)),
    _company("广州天禾商贸有限公司", "陈桂芳", ("440106", COUNTY)),
    _company("广州越秀五谷食品有限公司", "黄丽娟", ("440104", COUNTY)),
    _person("麦志明", ("440105", COUNTY)),
    _company("广州白云穗丰商贸有限公司", "罗文斌", ("440111", COUNTY)),
    _company("广州云山禾味商贸有限公司", "区美玲"),
    _company("广州番禺谷香贸易有限公司", "谢永康", ("440113", COUNTY)),
    _person("卢小梅", ("440113002", COUNTY)),
    _person("温建华", ("440118", COUNTY)),
    _company("深圳南山禾谷科技有限公司", "林晓东", ("440305", COUNTY)),
    _company("深圳福田粮品汇商贸有限公司", "郑雅琴", ("440304", COUNTY)),
    _company("深圳宝安丰年贸易有限公司", "曾国强", ("440306", COUNTY)),
    _company("深圳龙岗田园食品有限公司", "钟秀兰", ("440307", COUNTY), ("440310", COUNTY)),
    _company("东莞莞禾粮品有限公司", "叶国华", ("441900", CITY)),
    _person("李惠珍", ("441900119", COUNTY)),
    _person("王锦全", ("441900122", COUNTY)),
    _person("方少芬", ("441900121", COUNTY)),
    _company("东莞南城禾仓商行", "袁志强", ("441900004", COUNTY)),
    _person("尹凤仪", ("441900113", COUNTY)),
    _company("松山湖禾研食品有限公司", "周启明", (SONGSHAN_LAKE, COUNTY)),
    _company("佛山禅禾商贸有限公司", "霍展鹏", ("440600", CITY)),
    _company("顺德凤城谷物有限公司", "欧阳倩", ("440606", COUNTY)),
    _person("关炳权", ("440605", COUNTY)),
    _company("中山香山禾业有限公司", "萧立群", ("442000", CITY)),
    _person("梁少英", ("442000118", COUNTY)),
    # Beijing and Shanghai: districts directly under the municipality
    _company("北京京禾食品有限公司", "赵立新", ("110000", PROVINCE)),
    _company("北京朝阳禾记商贸有限公司", "孙丽华", ("110105", COUNTY)),
    _company("北京海淀学院路粮品店", "马建国", ("110108", COUNTY)),
    _person("高玉兰", ("110112", COUNTY)),
    _person("刘振江", ("110106", COUNTY)),
    _company("上海浦江谷仓商贸有限公司", "沈佳怡", ("310115", COUNTY)),
    _person("顾海峰", ("310112", COUNTY)),
    # Henan, with Jiyuan directly under the province
    _company("河南中原禾业集团有限公司", "张广成", ("410000", PROVINCE)),
    _company("郑州商都粮品有限公司", "杨秋菊", ("410100", CITY)),
    _person("韩素梅", ("410105", COUNTY)),
    _company("济源王屋山食品有限公司", "卫东升", ("419001", COUNTY)),
    _company("洛阳河洛禾味有限公司", "白云霞", ("410300", CITY)),
    # Zhejiang
    _company("浙江之江禾谷有限公司", "章永年", ("330000", PROVINCE), ("330200", CITY)),
    _company("杭州湖畔粮品有限公司", "徐文静", ("330100", CITY)),
    _person("金晓雯", ("330106", COUNTY)),
    _company("杭州余杭良渚禾田有限公司", "俞国平", ("330110", COUNTY)),
    _person("潘建英", ("330102", COUNTY)),
    _person("蒋卫民", ("330114", COUNTY)),
    _person("邵亚萍", ("330212", COUNTY)),
    _company("义乌稠州谷物商行", "骆宝根", ("330782", COUNTY)),
    # Jiangsu: the province is vacant
    _company("南京秦淮禾品有限公司", "陆志远", ("320100", CITY)),
    _person("季春燕", ("320106", COUNTY)),
    _person("丁学文", ("320115", COUNTY)),
    _company("苏州江南谷香有限公司", "钱慧敏", ("320500", CITY)),
    _company("昆山玉峰粮品有限公司", "朱国良", ("320583", COUNTY)),
    # Sichuan, Hubei, Fujian, and single ones elsewhere
    _company("四川天府禾源有限公司", "蒲晓川", ("510000", PROVINCE)),
    _company("成都锦里粮品有限公司", "唐蓉", ("510100", CITY)),
    _person("冯秀清", ("510107", COUNTY)),
    _person("邓丽萍", ("510104", COUNTY)),
    _company("湖北江汉禾丰有限公司", "胡汉文", ("420000", PROVINCE)),
    _person("彭桂香", ("420106", COUNTY)),
    _person("汪春生", ("420102", COUNTY)),
    _company("仙桃沔阳谷物有限公司", "肖泽明", ("429004", COUNTY)),
    _company("福州闽江禾品有限公司", "林依妹", ("350100", CITY)),
    _person("陈依水", ("350102", COUNTY)),
    _company("厦门鹭岛谷仓有限公司", "吴嘉宏", ("350200", CITY), ("350203", COUNTY)),
    _company("青岛海岸禾味有限公司", "于海燕", ("370202", COUNTY)),
    _company("长沙湘江粮品有限公司", "谭志军", ("430100", CITY)),
    _person("韦美香", ("450181", COUNTY, "2026-03-01")),
)

# The members of these regions' holders are shown as logins: each tier, a town, a district.
SHOWN = ("440106", "440100", "440000", "441900119", "110105", "419001")

# This territory changes hands while orders come in: from, to, on.
HANDED_OVER = ("440111", "广州白云穗丰商贸有限公司", "广州云山禾味商贸有限公司", "2026-10-08")

PICKUP_POINTS = (
    ("TH-01", "天河体育西提货点", "440106"),
    ("CA-01", "长安万科广场提货点", "441900119"),
    ("CY-01", "朝阳大望路提货点", "110105"),
    ("XH-01", "西湖文新提货点", "330106"),
)
UNKNOWN_POINT = "PY-03"

# Of the orders with this address, so many were decided for a region, and why.
DECISIONS = (
    ("朝阳区建国路88号", "110105", 3, "电话核实：北京市朝阳区，建国路在大望路地铁站旁"),
    ("浙江省杭州市江干区凯旋路225号", "330102", 2, "凯旋路在原江干区西部，现属上城区"),
    ("鼓楼区中山路12号3栋401室", "350102", 1, "买家回复：福州鼓楼"),
)

STAFF = (
    ("19900000901", "运营小沈", "operations"),
    ("19900000902", "财务老周", "finance"),
    ("19900000903", "审批林总", "approver"),
    ("19900000904", "审计小吴", "auditor"),
    ("19900000905", "管理员", "administrator"),
)


def agent_code(number: int) -> str:
    return f"HJ{number:03}"


def owner_phone(number: int) -> str:
    return f"1990000{number:04}"
