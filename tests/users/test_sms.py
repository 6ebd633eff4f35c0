from types import SimpleNamespace

import pytest
from django.core.exceptions import ImproperlyConfigured
from tencentcloud.common.exception.tencent_cloud_sdk_exception import TencentCloudSDKException

from franchise.users import sms
from franchise.users.checks import sms_provider_is_configured
from franchise.users.sms.console import Console
from franchise.users.sms.tencent import Tencent

ACCOUNT = {
    "secret_id": "id",
    "secret_key": "key",
    "region": "ap-guangzhou",
    "app_id": "1400000000",
    "sign_name": "禾间",
    "template_id": "900001",
}


class FakeTencent:
    """Stands where their client does and answers as their documentation says."""

    def __init__(self, code="Ok", error=None):
        self.code, self.error, self.requests = code, error, []

    def SendSms(self, request):  # noqa: N802
        self.requests.append(request)
        if self.error:
            raise self.error
        return SimpleNamespace(SendStatusSet=[SimpleNamespace(Code=self.code, Message="said so")])


@pytest.fixture(autouse=True)
def account(settings):
    settings.TENCENT_SMS = ACCOUNT


def test_tencent_gets_the_code_and_its_minutes_for_the_template():
    client = FakeTencent()
    Tencent(client).send_code("13800002046", "012345")
    (request,) = client.requests
    assert request.PhoneNumberSet == ["+8613800002046"]
    assert request.TemplateParamSet == ["012345", "5"]
    assert (request.SmsSdkAppId, request.SignName, request.TemplateId) == (
        "1400000000",
        "禾间",
        "900001",
    )


def test_a_refused_message_says_why():
    client = FakeTencent("LimitExceeded.PhoneNumberDailyLimit")
    with pytest.raises(sms.SmsNotSent, match="PhoneNumberDailyLimit: said so"):
        Tencent(client).send_code("13800002046", "012345")


def test_an_unreachable_provider_is_no_crash_of_ours():
    client = FakeTencent(error=TencentCloudSDKException("ClientNetworkError", "timed out"))
    with pytest.raises(sms.SmsNotSent, match="timed out"):
        Tencent(client).send_code("13800002046", "012345")


def test_a_client_is_made_from_the_settings(settings):
    settings.SMS_BACKEND = "tencent"
    provider = sms.backend()
    assert isinstance(provider, Tencent)
    assert provider.client.credential.secret_id == "id"


def test_the_console_prints_the_code_where_the_server_runs(settings, capsys):
    settings.DEBUG = True
    Console().send_code("13800002046", "012345")
    assert "13800002046: 012345" in capsys.readouterr().out


def test_the_console_is_only_for_trying_out(settings):
    settings.DEBUG = False
    with pytest.raises(ImproperlyConfigured):
        Console()


def test_a_missing_key_is_named_at_start_up(settings):
    settings.SMS_BACKEND = "tencent"
    assert sms_provider_is_configured() == []
    settings.TENCENT_SMS = {**ACCOUNT, "secret_key": "", "app_id": ""}
    (error,) = sms_provider_is_configured()
    assert error.id == "users.E001"
    assert "TENCENT_SMS_SECRET_KEY, TENCENT_SMS_APP_ID" in error.msg
    settings.SMS_BACKEND = "console"
    assert sms_provider_is_configured() == []
