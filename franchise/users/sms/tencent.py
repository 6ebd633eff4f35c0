"""Tencent Cloud SMS; the template has two parameters, the code and its minutes."""

from typing import Any

from django.conf import settings
from tencentcloud.common.credential import Credential
from tencentcloud.common.exception.tencent_cloud_sdk_exception import TencentCloudSDKException
from tencentcloud.common.profile.client_profile import ClientProfile
from tencentcloud.common.profile.http_profile import HttpProfile
from tencentcloud.sms.v20210111.models import SendSmsRequest
from tencentcloud.sms.v20210111.sms_client import SmsClient

from franchise.users.rules import CODE_LIFETIME
from franchise.users.sms import SmsNotSent

TIMEOUT_SECONDS = 10


def connect() -> Any:
    account = settings.TENCENT_SMS
    profile = ClientProfile(httpProfile=HttpProfile(reqTimeout=TIMEOUT_SECONDS))
    credential = Credential(account["secret_id"], account["secret_key"])
    return SmsClient(credential, account["region"], profile)


class Tencent:
    def __init__(self, client: Any = None) -> None:
        self.client = client or connect()

    def send_code(self, phone: str, code: str) -> None:
        account = settings.TENCENT_SMS
        request = SendSmsRequest()
        request.SmsSdkAppId = account["app_id"]
        request.SignName = account["sign_name"]
        request.TemplateId = account["template_id"]
        request.TemplateParamSet = [code, str(CODE_LIFETIME.seconds // 60)]
        request.PhoneNumberSet = [f"+86{phone}"]
        try:
            answer = self.client.SendSms(request)
        except TencentCloudSDKException as error:
            raise SmsNotSent(str(error)) from error
        status = answer.SendStatusSet[0]
        if status.Code != "Ok":
            reason = f"{status.Code}: {status.Message}"
            raise SmsNotSent(reason)
