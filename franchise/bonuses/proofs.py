"""What must be true of the bonuses, looked for by `prove` in its one snapshot."""

from django.utils.translation import gettext_noop

from franchise.bonuses.statements import COUNTED
from franchise.ledger.proof import Check, check_rows

_LINES_AND_BOOKS = """
    with line as (
        select l.batch_id, a.code as reference, sum(l.amount) as amount
        from bonus_line l
        join agents_territory t on t.id = l.territory_id
        join agents_agent a on a.id = t.agent_id
        group by l.batch_id, a.code
        having sum(l.amount) <> 0
    ),
    book as (
        select x.source_id::bigint as batch_id, p.reference, sum(e.credit - e.debit) as amount
        from ledger_transaction x
        join ledger_entry e on e.transaction_id = x.id
        join ledger_account c on c.id = e.account_id
        join ledger_party p on p.id = c.party_id
        where x.source_type = 'bonuses.batch' and x.key not like '%:earned'
        group by x.source_id, p.reference
        having sum(e.credit - e.debit) <> 0
    )
    select format('batch %s, agent %s: lines %s, ledger %s', batch_id, reference,
        coalesce(line.amount, 0), coalesce(book.amount, 0))
    from line full join book using (batch_id, reference)
    where line.amount is distinct from book.amount
    order by batch_id, reference
"""

_EARNED_AND_BOOKS = """
    with line as (
        select a.code as reference,
            coalesce(sum(l.amount) filter (where e.order_id is not null), 0) as payable,
            coalesce(sum(l.amount) filter (where e.order_id is null), 0) as accrued
        from bonus_line l
        join agents_territory t on t.id = l.territory_id
        join agents_agent a on a.id = t.agent_id
        left join bonus_earning e on e.order_id = l.order_id
        group by a.code
    ),
    book as (
        select p.reference,
            coalesce(sum(e.credit - e.debit) filter (where c.purpose = '2241.22'), 0) as payable,
            coalesce(sum(e.credit - e.debit) filter (where c.purpose = '2241.21'), 0) as accrued
        from ledger_transaction x
        join ledger_entry e on e.transaction_id = x.id
        join ledger_account c on c.id = e.account_id
        join ledger_party p on p.id = c.party_id
        where x.source_type = 'bonuses.batch' and c.purpose in ('2241.21', '2241.22')
        group by p.reference
    )
    select format('agent %s: lines accrued %s, payable %s; ledger accrued %s, payable %s',
        reference, coalesce(line.accrued, 0), coalesce(line.payable, 0),
        coalesce(book.accrued, 0), coalesce(book.payable, 0))
    from line full join book using (reference)
    where coalesce(line.accrued, 0) <> coalesce(book.accrued, 0)
        or coalesce(line.payable, 0) <> coalesce(book.payable, 0)
    order by reference
"""

_BATCHES = """
    select format('batch %s: header says %s lines, %s and %s retained; its lines %s, %s, %s',
        coalesce(b.id, l.batch_id), b.lines, b.amount, b.retained, l.lines, l.amount, l.retained)
    from (select * from bonus_batch where kind <> 'earning') b
    full join (
        select batch_id, count(*) filter (where amount <> 0) as lines,
            coalesce(sum(amount) filter (where territory_id is not null), 0) as amount,
            coalesce(sum(amount) filter (where territory_id is null), 0) as retained
        from bonus_line group by batch_id
    ) l on l.batch_id = b.id
    where (b.lines, b.amount, b.retained)
        is distinct from (coalesce(l.lines, 0), coalesce(l.amount, 0), coalesce(l.retained, 0))
    order by 1
"""

# How every awarded order stands: the turn of its ladder, and the base that is left.
_STANDING = """
    standing as materialized (
        select distinct on (order_id) order_id, ladder_turn, goods_amount as goods,
            goods_amount - goods_refunded as base
        from (
            select order_id, turn, ladder_turn, goods_amount, goods_refunded from bonus_turn
            union all
            select order_id, 0, 0, base, 0 from bonus_line where turn = 0
        ) turns
        order by order_id, turn desc
    )
"""

# The lines of an order add up to its base times the ladder's highest rate, rounded once; each place
# has the difference of two cumulative amounts.
_ORDERS_ADD_UP = f"""
    with {_STANDING},
    line as (
        select order_id, place, sum(amount) as amount from bonus_line group by order_id, place
    )
    select format('order %s (%s), place %s: its lines add up to %s, due %s', o.order_no,
        line.order_id, line.place, line.amount, due)
    from line
    left join standing s on s.order_id = line.order_id
    left join bonus_line l
        on l.order_id = line.order_id and l.turn = s.ladder_turn and l.place = line.place
    cross join lateral (
        select coalesce(round(s.base * l.upto, 2) - round(s.base * (l.upto - l.rate), 2), 0) as due
    ) d
    left join orders_order o on o.id = line.order_id
    where line.amount <> due
    order by line.order_id, line.place
"""  # noqa: S608

# The order as it is now is the one that was paid for, unless a change still waits.
_ORDERS_STAND = f"""
    with {_STANDING}
    select format('order %s (%s): paid for %s in region %s on %s, it says %s in %s on %s',
        o.order_no, o.id, s.goods, l.region_id, l.paid_on, c.base, c.region_id, c.paid_on)
    from standing s
    join ({COUNTED}) c on c.order_id = s.order_id
    join orders_order o on o.id = s.order_id
    join lateral (
        select region_id, paid_on from bonus_line
        where order_id = s.order_id and turn = s.ladder_turn limit 1
    ) l on true
    where (s.goods, l.region_id, l.paid_on) is distinct from (c.base, c.region_id, c.paid_on)
        and not exists (select from orders_changedorder w where w.order_id = o.id)
    order by o.id
"""  # noqa: S608

# A ladder's rates follow each other without a gap up to the plan's full rate; a later line keeps
# the rates of its place, and all lines of a turn change the base alike.
_LADDERS = """
    with line as (
        select l.*, p.id as known_plan,
            lag(l.upto, 1, 0) over nth as below, lead(l.place) over nth is null as is_top,
            min(l.base) over (partition by l.order_id, l.turn) as least_base,
            least(p.cap, case p.mode
                when 'additive' then p.county_rate + p.city_rate + p.province_rate
                else p.province_rate end) as full_rate
        from bonus_line l
        left join bonuses_plan p on p.id = l.plan_id
        left join bonus_turn t on t.order_id = l.order_id and t.turn = l.turn
        where l.turn = 0 or t.cause = 'paid_anew'
        window nth as (partition by l.order_id, l.turn order by l.place)
    )
    select format('ladder of order %s, turn %s, place %s: from %s by %s to %s, plan %s pays %s',
        order_id, turn, place, below, rate, upto, plan_id, full_rate)
    from line
    where upto - rate <> below or upto > full_rate or (is_top and upto <> full_rate)
        or base <> least_base
    union all
    select format('line of order %s, turn %s, place %s: not the rates, plan or region of its'
        ' ladder',
        l.order_id, l.turn, l.place)
    from bonus_line l
    join bonus_turn t on t.order_id = l.order_id and t.turn = l.turn and t.cause <> 'paid_anew'
    left join lateral (
        select * from bonus_line s
        where s.order_id = l.order_id and s.place = l.place and s.turn < l.turn
            and (s.turn = 0 or exists (
                select from bonus_turn a
                where a.order_id = s.order_id and a.turn = s.turn and a.cause = 'paid_anew'))
        order by s.turn desc limit 1
    ) s on true
    where (l.upto, l.rate, l.plan_id, l.region_id, l.territory_id, l.paid_on)
            is distinct from
          (s.upto, s.rate, s.plan_id, s.region_id, s.territory_id, s.paid_on)
        or (t.cause = 'refund' and l.base <> -t.goods_part)
    union all
    select format('line of order %s, turn %s, place %s: base %s, the order had %s', l.order_id,
        l.turn, l.place, l.base, t.goods_amount)
    from bonus_turn t
    join bonus_line l on l.order_id = t.order_id and l.turn = t.ladder_turn
    where (l.turn = 0 and l.base <> t.goods_amount)
        or (l.turn = t.turn and l.base <> t.goods_amount - t.goods_refunded)
    order by 1
"""

_STRAYS = """
    select format('line of order %s, turn %s, place %s: %s', l.order_id, l.turn, l.place,
        case when o.id is null then 'no such order' when b.id is null then 'no such batch'
             when p.id is null then 'no such plan' when r.id is null then 'no such region'
             else 'no such territory' end)
    from bonus_line l
    left join orders_order o on o.id = l.order_id
    left join bonus_batch b on b.id = l.batch_id
    left join bonuses_plan p on p.id = l.plan_id
    left join regions_region r on r.id = l.region_id
    left join agents_territory t on t.id = l.territory_id
    where o.id is null or b.id is null or p.id is null or r.id is null
        or (t.id is null and l.territory_id is not null)
    order by l.order_id, l.turn, l.place
"""

_NOT_IN_FORCE = """
    select format('line of order %s, turn %s, place %s: %s', l.order_id, l.turn, l.place,
        case when p.starts_on > l.paid_on or p.ends_on <= l.paid_on
             then 'plan ' || p.id || ' was not in force on ' || l.paid_on
             else 'territory ' || t.id || ' was not held on ' || l.paid_on end)
    from bonus_line l
    join bonuses_plan p on p.id = l.plan_id
    left join agents_territory t on t.id = l.territory_id
    where p.starts_on > l.paid_on or p.ends_on <= l.paid_on
        or t.starts_on > l.paid_on or t.ends_on <= l.paid_on
        or (t.id is not null and t.tier <> l.place)
    order by l.order_id, l.turn, l.place
"""

_NOT_CONSUMERS = """
    select format('line of order %s, turn %s, place %s: version %s was not bought by a consumer',
        l.order_id, l.turn, l.place, l.version)
    from bonus_line l
    left join orders_order o
        on o.id = l.order_id and o.version = l.version and o.buyer_kind = 'consumer'
    where o.id is null and not exists (
        select from orders_orderversion v
        where v.order_id = l.order_id and v.number = l.version and v.buyer_kind = 'consumer')
    order by l.order_id, l.turn, l.place
"""

# Every order is awarded, refused, on its way, or of a kind that earns nobody anything.
_LOST_ORDERS = """
    select format('order %s (%s): neither awarded nor waiting', o.order_no, o.id)
    from orders_order o
    where o.buyer_kind = 'consumer' and o.status <> 'cancelled'
        and not exists (select from bonus_line l where l.order_id = o.id and l.turn = 0)
        and not exists (select from bonus_refusal r where r.order_id = o.id)
        and not exists (select from orders_changedorder c where c.order_id = o.id)
        and not exists (
            select from orders_waitingorders w
            where int8range(o.id, o.id, '[]') && w.orders)
    order by o.id
"""

_LOST_REFUNDS = """
    select format('refund %s (%s) of order %s: neither clawed back nor waiting', r.refund_no, r.id,
        r.order_no)
    from orders_refund r
    where r.status = 'completed' and r.order_id is not null
        and not exists (select from bonus_turn t where t.refund_id = r.id)
        and not exists (select from orders_waitingrefund w where w.refund_id = r.id)
    order by r.id
"""

_TURNS = """
    select format('turn %s of order %s: refunded %s goods and %s freight in all, its refunds say %s'
        ' and %s', turn, order_id, goods_refunded, freight_refunded, goods, freight)
    from (
        select *, sum(goods_part) over nth as goods, sum(freight_part) over nth as freight,
            row_number() over nth as expected
        from bonus_turn
        window nth as (partition by order_id order by turn)
    ) t
    where goods_refunded <> goods or freight_refunded <> freight or turn <> expected
    order by order_id, turn
"""

_REFUND_PARTS = """
    select format('turn %s of order %s: parts %s + %s + %s of refund %s over %s', t.turn,
        t.order_id, t.goods_part, t.freight_part, t.over_part, r.refund_no, r.amount)
    from bonus_turn t
    join orders_refund r on r.id = t.refund_id
    where t.goods_part + t.freight_part + t.over_part <> r.amount or r.order_id <> t.order_id
        or r.status <> 'completed'
    order by t.order_id, t.turn
"""


def bonus_checks() -> list[Check]:
    """The lines against the ledger, the orders, the territories and the plans."""
    return [
        check_rows(name, title, sql)
        for name, title, sql in (
            (
                "bonus_lines_equal_ledger",
                gettext_noop("Lines and ledger agree, batch by batch and agent by agent"),
                _LINES_AND_BOOKS,
            ),
            (
                "bonus_earned_equals_ledger",
                gettext_noop("What agents have pending and earned is what the ledger says"),
                _EARNED_AND_BOOKS,
            ),
            (
                "bonus_batches_equal_lines",
                gettext_noop("Every batch has the lines its header says"),
                _BATCHES,
            ),
            (
                "bonus_orders_add_up",
                gettext_noop("Every order's lines add up to what its base earns"),
                _ORDERS_ADD_UP,
            ),
            (
                "bonus_orders_stand",
                gettext_noop("Every awarded order is as it was paid for, or its change waits"),
                _ORDERS_STAND,
            ),
            (
                "bonus_ladders_are_whole",
                gettext_noop(
                    "Every ladder reaches the plan's full rate, and later lines keep to it"
                ),
                _LADDERS,
            ),
            (
                "bonus_lines_have_what_they_name",
                gettext_noop("Every line's order, batch, plan, region and territory exist"),
                _STRAYS,
            ),
            (
                "bonus_lines_were_in_force",
                gettext_noop("Every line's plan and territory were in force on its day"),
                _NOT_IN_FORCE,
            ),
            (
                "bonus_lines_are_of_consumers",
                gettext_noop("Every line comes from goods sold to a consumer"),
                _NOT_CONSUMERS,
            ),
            (
                "no_order_is_lost",
                gettext_noop("Every order is awarded, refused with a reason, or waiting"),
                _LOST_ORDERS,
            ),
            (
                "no_refund_is_lost",
                gettext_noop("Every refund is clawed back or waiting"),
                _LOST_REFUNDS,
            ),
            (
                "bonus_turns_follow",
                gettext_noop("The turns of an order follow each other and add up"),
                _TURNS,
            ),
            (
                "refunds_are_split_whole",
                gettext_noop("Every refund is goods, freight and over, and nothing else"),
                _REFUND_PARTS,
            ),
        )
    ]
