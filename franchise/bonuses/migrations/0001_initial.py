import django.contrib.postgres.fields.ranges
import django.db.models.deletion
import django.db.models.expressions
import django.db.models.functions.datetime
import franchise.core.fields
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('agents', '0001_initial'),
        ('orders', '0001_initial'),
        ('regions', '0001_initial'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='BonusBatch',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('award', 'award'), ('clawback', 'claw-back'), ('correction', 'correction'), ('earning', 'earned')], max_length=10, verbose_name='kind')),
                ('posted_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), verbose_name='posted at')),
                ('orders', models.IntegerField(verbose_name='orders')),
                ('lines', models.IntegerField(verbose_name='lines')),
                ('amount', franchise.core.fields.MoneyField(decimal_places=2, max_digits=14, verbose_name='amount')),
                ('retained', franchise.core.fields.MoneyField(decimal_places=2, max_digits=14, verbose_name='retained')),
            ],
            options={
                'db_table': 'bonus_batch',
            },
        ),
        migrations.CreateModel(
            name='DirtyDay',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('day', models.DateField()),
            ],
            options={
                'db_table': 'bonus_dirty_day',
            },
        ),
        migrations.CreateModel(
            name='WaitingEarnings',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('orders', django.contrib.postgres.fields.ranges.BigIntegerRangeField()),
                ('look_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), db_index=True)),
            ],
            options={
                'db_table': 'bonus_waiting_earnings',
            },
        ),
        migrations.CreateModel(
            name='Plan',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(blank=True, max_length=80, verbose_name='name')),
                ('mode', models.CharField(choices=[('additive', 'additive'), ('level_difference', 'level difference')], max_length=16, verbose_name='mode')),
                ('county_rate', franchise.core.fields.RateField(decimal_places=6, max_digits=7, verbose_name='county, district or town')),
                ('city_rate', franchise.core.fields.RateField(decimal_places=6, max_digits=7, verbose_name='city')),
                ('province_rate', franchise.core.fields.RateField(decimal_places=6, max_digits=7, verbose_name='province')),
                ('cap', franchise.core.fields.RateField(blank=True, decimal_places=6, max_digits=7, null=True, verbose_name='cap')),
                ('pickup_counts_at_point', models.BooleanField(default=True, verbose_name='a pickup counts at its point')),
                ('starts_on', models.DateField(verbose_name='from')),
                ('ends_on', models.DateField(blank=True, null=True, verbose_name='until')),
                ('proposed_at', models.DateTimeField(auto_now_add=True)),
                ('approved_at', models.DateTimeField(blank=True, null=True)),
                ('withdrawn_at', models.DateTimeField(blank=True, null=True)),
                ('approved_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('proposed_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'plan',
            },
        ),
        migrations.CreateModel(
            name='BonusLine',
            fields=[
                ('pk', models.CompositePrimaryKey('order_id', 'turn', 'place', blank=True, editable=False, primary_key=True, serialize=False)),
                ('paid_on', models.DateField()),
                ('version', models.SmallIntegerField()),
                ('turn', models.SmallIntegerField()),
                ('place', models.SmallIntegerField()),
                ('upto', franchise.core.fields.RateField(decimal_places=6, max_digits=7)),
                ('rate', franchise.core.fields.RateField(decimal_places=6, max_digits=7)),
                ('base', franchise.core.fields.MoneyField(decimal_places=2, max_digits=14)),
                ('amount', franchise.core.fields.MoneyField(decimal_places=2, max_digits=14)),
                ('batch', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, to='bonuses.bonusbatch')),
                ('order', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='bonus_lines', to='orders.order')),
                ('region', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='regions.region')),
                ('territory', models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='bonus_lines', to='agents.territory')),
                ('plan', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, to='bonuses.plan')),
            ],
            options={
                'db_table': 'bonus_line',
            },
        ),
        migrations.CreateModel(
            name='Refusal',
            fields=[
                ('order', models.OneToOneField(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name='refusal', serialize=False, to='orders.order')),
                ('why', models.CharField(choices=[('unknown_point', 'pickup point not known'), ('region_ended', 'territory still on the division that ended'), ('unresolved', 'region not certain'), ('no_plan', 'without plan')], max_length=13, verbose_name='why')),
                ('paid_on', models.DateField()),
                ('since', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('region', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='regions.region')),
            ],
            options={
                'db_table': 'bonus_refusal',
            },
        ),
        migrations.CreateModel(
            name='BonusTurn',
            fields=[
                ('pk', models.CompositePrimaryKey('order_id', 'turn', blank=True, editable=False, primary_key=True, serialize=False)),
                ('turn', models.SmallIntegerField()),
                ('cause', models.CharField(choices=[('refund', 'refund'), ('taken_back', 'taken back'), ('paid_anew', 'paid anew')], max_length=10)),
                ('correction', models.SmallIntegerField(null=True)),
                ('ladder_turn', models.SmallIntegerField(null=True)),
                ('goods_amount', franchise.core.fields.MoneyField(decimal_places=2, max_digits=14)),
                ('goods_part', franchise.core.fields.MoneyField(decimal_places=2, default=0, max_digits=14)),
                ('freight_part', franchise.core.fields.MoneyField(decimal_places=2, default=0, max_digits=14)),
                ('over_part', franchise.core.fields.MoneyField(decimal_places=2, default=0, max_digits=14)),
                ('goods_refunded', franchise.core.fields.MoneyField(decimal_places=2, max_digits=14)),
                ('freight_refunded', franchise.core.fields.MoneyField(decimal_places=2, max_digits=14)),
                ('posted_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('batch', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, to='bonuses.bonusbatch')),
                ('order', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='bonus_turns', to='orders.order')),
                ('refund', models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='turn', to='orders.refund')),
            ],
            options={
                'db_table': 'bonus_turn',
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('cause', 'refund'), ('correction', None), ('refund__isnull', False)), models.Q(('cause__in', ['taken_back', 'paid_anew']), ('correction__gte', 1), ('refund', None)), _connector='OR'), name='turn_names_its_refund_or_correction'), models.CheckConstraint(condition=models.Q(('goods_refunded__gte', 0), ('goods_refunded__lte', models.F('goods_amount'))), name='no_more_is_refunded_than_was_paid'), models.CheckConstraint(condition=models.Q(('turn__gte', 1), models.Q(('ladder_turn', None), ('ladder_turn__lte', models.F('turn')), _connector='OR')), name='turn_comes_after_the_award')],
            },
        ),
        migrations.CreateModel(
            name='DaySum',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('day', models.DateField()),
                ('orders', models.IntegerField(default=0)),
                ('goods_amount', franchise.core.fields.MoneyField(decimal_places=2, default=0, max_digits=14)),
                ('refunded', franchise.core.fields.MoneyField(decimal_places=2, default=0, max_digits=14)),
                ('awarded', franchise.core.fields.MoneyField(decimal_places=2, default=0, max_digits=14)),
                ('clawed_back', franchise.core.fields.MoneyField(decimal_places=2, default=0, max_digits=14)),
                ('earned', franchise.core.fields.MoneyField(decimal_places=2, default=0, max_digits=14)),
                ('retained', franchise.core.fields.MoneyField(decimal_places=2, default=0, max_digits=14)),
                ('made_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('region', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='regions.region')),
            ],
            options={
                'db_table': 'bonus_day_sum',
                'constraints': [models.UniqueConstraint(fields=('day', 'region'), name='day_and_region_are_summed_once')],
            },
        ),
        migrations.CreateModel(
            name='Earning',
            fields=[
                ('order', models.OneToOneField(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name='earning', serialize=False, to='orders.order')),
                ('earned_on', models.DateField()),
                ('batch', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, to='bonuses.bonusbatch')),
            ],
            options={
                'db_table': 'bonus_earning',
                'indexes': [models.Index(fields=['earned_on'], name='earning_of_day')],
            },
        ),
        migrations.AddConstraint(
            model_name='plan',
            constraint=models.CheckConstraint(condition=models.Q(('ends_on', None), ('ends_on__gt', models.F('starts_on')), _connector='OR'), name='plan_lasts_at_least_a_day'),
        ),
        migrations.AddConstraint(
            model_name='plan',
            constraint=models.CheckConstraint(condition=models.Q(('city_rate__gte', 0), ('city_rate__lte', 1), ('county_rate__gte', 0), ('county_rate__lte', 1), ('province_rate__gte', 0), ('province_rate__lte', 1), models.Q(('county_rate__gt', 0), ('city_rate__gt', 0), ('province_rate__gt', 0), _connector='OR'), models.Q(('cap', None), models.Q(('cap__gt', 0), ('cap__lte', 1)), _connector='OR')), name='plan_rates_are_shares_and_one_pays'),
        ),
        migrations.AddConstraint(
            model_name='plan',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('city_rate__lte', models.F('province_rate')), ('county_rate__lte', models.F('city_rate')), ('mode', 'level_difference')), models.Q(('county_rate__lte', django.db.models.expressions.CombinedExpression(django.db.models.expressions.CombinedExpression(models.Value(1), '-', models.F('city_rate')), '-', models.F('province_rate'))), ('mode', 'additive')), _connector='OR'), name='plan_rates_never_fall_nor_exceed_the_whole'),
        ),
        migrations.AddConstraint(
            model_name='plan',
            constraint=models.CheckConstraint(condition=models.Q(('approved_by', None), ('proposed_by', None), models.Q(('approved_by', models.F('proposed_by')), _negated=True), _connector='OR'), name='plan_is_approved_by_another_person'),
        ),
        migrations.AddIndex(
            model_name='bonusline',
            index=models.Index(condition=models.Q(('territory__isnull', False)), fields=['territory', 'paid_on'], name='line_of_territory'),
        ),
        migrations.AddConstraint(
            model_name='bonusline',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('place', 3), ('territory', None)), models.Q(('place__in', [0, 1, 2]), ('territory__isnull', False)), _connector='OR'), name='line_is_an_agents_or_head_offices'),
        ),
        migrations.AddConstraint(
            model_name='bonusline',
            constraint=models.CheckConstraint(condition=models.Q(('rate__gt', 0), ('rate__lte', models.F('upto')), ('upto__lte', 1)), name='line_rates_are_shares'),
        ),
        migrations.AddIndex(
            model_name='refusal',
            index=models.Index(fields=['why', 'paid_on'], name='refusal_of_a_kind'),
        ),
    ]
