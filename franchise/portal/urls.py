from django.urls import URLPattern, path

from franchise.portal.views import home, me, orders, signing_in, why_nothing

app_name = "portal"

urlpatterns: list[URLPattern] = [
    path("", home.home, name="home"),
    path("login/", signing_in.ask_for_code, name="login"),
    path("login/code/", signing_in.type_code, name="login_code"),
    path("logout/", signing_in.sign_out, name="logout"),
    path("orders/", orders.orders, name="orders"),
    path("orders/<int:order_id>/", orders.order, name="order"),
    path("why/", why_nothing.why_nothing, name="why_nothing"),
    path("me/", me.me, name="me"),
    path("me/lines.csv", me.lines_file, name="lines_file"),
    path("me/agent/", me.choose_agent, name="choose_agent"),
    path("preferences/", me.keep_preference, name="preferences"),
]
