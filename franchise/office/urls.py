"""Head office's pages, grouped by area. Whatever is in this namespace is behind HeadOfficeOnly."""

from django.urls import URLPattern, path

from franchise.office.views import (
    agents,
    deciding,
    imports,
    order,
    orders,
    overview,
    pickup_points,
    plans,
    proof,
    queue,
    regions,
    search,
    shell,
    staff,
    territories,
)

app_name = "office"

urlpatterns: list[URLPattern] = [
    path("", shell.home, name="home"),
    path("search/", search.search, name="search"),
    # the first page
    path("overview/", overview.overview, name="overview"),
    path("overview/figures.csv", overview.overview_csv, name="overview_csv"),
    # orders
    path("orders/", orders.orders, name="orders"),
    path("orders/lines.csv", orders.order_lines, name="order_lines"),
    path("orders/-/<int:pk>/why-not/", order.why_not, name="why_not"),
    path("orders/-/<int:pk>/explanation.txt", order.order_text, name="order_text"),
    path("orders/-/<int:pk>/explanation.json", order.order_json, name="order_json"),
    path("orders/-/<int:pk>/correct/", deciding.correct, name="correct"),
    path("orders/-/<int:pk>/counts/", deciding.count_as_consumer, name="count_as_consumer"),
    path("orders/-/<int:pk>/buyer/", deciding.reveal, name="reveal"),
    path("orders/<str:shop>/<path:order_no>/", order.order, name="order"),
    # what waits
    path("unresolved/", queue.unresolved, name="unresolved"),
    path("unresolved/<int:pk>/", deciding.decide, name="decide"),
    path("unresolved/decided/", deciding.decided, name="decided"),
    path("unresolved/without-plan/", queue.without_plan, name="without_plan"),
    path("unresolved/over-refunds/", queue.over_refunds, name="over_refunds"),
    path(
        "unresolved/refunds-without-order/",
        queue.refunds_without_order,
        name="refunds_without_order",
    ),
    path("unresolved/no-effect/", queue.old_versions, name="old_versions"),
    path("unresolved/corrections/", deciding.corrections, name="corrections"),
    path(
        "unresolved/corrections/<int:pk>/approve/",
        deciding.approve_correction,
        name="approve_correction",
    ),
    path(
        "unresolved/corrections/<int:pk>/refuse/",
        deciding.refuse_correction,
        name="refuse_correction",
    ),
    # imports
    path("imports/", imports.imports, name="imports"),
    path("imports/upload/", imports.upload, name="upload"),
    path("imports/shops/new/", imports.add_shop, name="add_shop"),
    path("imports/<int:pk>/", imports.import_page, name="import"),
    path("imports/<int:pk>/start/", imports.start, name="start_import"),
    path("imports/<int:pk>/discard/", imports.discard, name="discard_import"),
    path("imports/<int:pk>/headers/", imports.name_headers, name="name_headers"),
    path("imports/<int:pk>/rejected.csv", imports.rejected_csv, name="rejected_csv"),
    path("imports/<int:pk>/rows/", imports.import_rows, name="import_rows"),
    path("imports/<int:pk>/rows/<int:row>/", imports.mend, name="mend"),
    # agents
    path("agents/", agents.agents, name="agents"),
    path("agents/new/", agents.add_agent, name="add_agent"),
    path("agents/<int:pk>/", agents.agent, name="agent"),
    path("agents/<int:pk>/change/", agents.change_agent, name="change_agent"),
    path("agents/<int:pk>/people/", agents.add_member, name="add_member"),
    path(
        "agents/<int:pk>/people/<int:member>/leave/", agents.end_membership, name="end_membership"
    ),
    # territories
    path("territories/", territories.territories, name="territories"),
    path("territories/list/", territories.territory_list, name="territory_list"),
    path("territories/grant/", territories.grant, name="grant"),
    path("territories/import/", territories.import_file, name="import_territories"),
    path("territories/<int:pk>/", territories.territory, name="territory"),
    path("territories/<int:pk>/end/", territories.end, name="end_territory"),
    path("territories/<int:pk>/transfer/", territories.transfer, name="transfer_territory"),
    path("territories/<int:pk>/consent/", territories.attach_consent, name="attach_consent"),
    # pickup points
    path("pickup-points/", pickup_points.pickup_points, name="pickup_points"),
    path("pickup-points/new/", pickup_points.add_pickup_point, name="add_pickup_point"),
    path("pickup-points/import/", pickup_points.import_file, name="import_pickup_points"),
    # proof
    path("proof/", proof.proof, name="proof"),
    path("proof/run/", proof.run_proof, name="run_proof"),
    path("proof/<int:pk>/", proof.proof_run, name="proof_run"),
    # plans
    path("plans/", plans.plans, name="plans"),
    path("plans/new/", plans.add_plan, name="add_plan"),
    path("plans/worked/", plans.tried_rates, name="tried_rates"),
    path("plans/<int:pk>/", plans.plan, name="plan"),
    path("plans/<int:pk>/approve/", plans.approve_plan, name="approve_plan"),
    path("plans/<int:pk>/withdraw/", plans.withdraw_plan, name="withdraw_plan"),
    # divisions
    path("regions/", regions.regions, name="regions"),
    path("regions/aliases/", regions.aliases, name="aliases"),
    path("regions/<int:pk>/", regions.region, name="region"),
    path("regions/<int:pk>/add/", regions.add_region, name="add_region"),
    path("regions/<int:pk>/retire/", regions.retire_region, name="retire_region"),
    path("regions/<int:pk>/alias/", regions.add_alias, name="add_alias"),
    path("regions/aliases/<int:pk>/end/", regions.end_alias, name="end_alias"),
    path("regions/finds/", regions.region_finds, name="region_finds"),
    # head office's people
    path("users/", staff.users, name="users"),
    path("users/new/", staff.add_staff, name="add_staff"),
    path("users/<int:pk>/", staff.staff_member, name="staff_member"),
    path("users/<int:pk>/role/", staff.change_role, name="change_role"),
    path("users/<int:pk>/password/", staff.give_password, name="give_password"),
    path("users/<int:pk>/forget/", staff.forget_authenticator, name="forget_authenticator"),
    path("users/<int:pk>/out/", staff.shut_out, name="shut_out"),
    path("users/<int:pk>/in/", staff.let_in_again, name="let_in_again"),
]
