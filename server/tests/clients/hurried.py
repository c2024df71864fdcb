"""Creates codes with Microsoft's own Python client where a request has hardly any time.

The client asks again after 429, 503 and 504 by itself. Whatever it then calls a success must have the image: it is the
only answer that has it. Address and token come from the environment.
"""

import asyncio
import os
import time

from azure.core.credentials import AccessToken
from kiota_abstractions.api_error import APIError
from msgraph_beta import GraphServiceClient
from msgraph_beta.generated.models.qr_code import QrCode

ADDRESS = os.environ["QRMINT_ADDRESS"]
TOKEN = os.environ["QRMINT_TOKEN"]
CREATES = 60


class Credential:
    """What azure-identity would be: it gives the token of the run."""

    def get_token(self, *scopes, **options):
        return AccessToken(TOKEN, int(time.time()) + 3600)


async def main():
    client = GraphServiceClient(Credential(), ["https://graph.microsoft.com/.default"])
    client.request_adapter.base_url = f"{ADDRESS}/beta"
    made = failed = 0
    for number in range(CREATES):
        code = client.users.by_user_id(f"user-{number}").authentication.qr_code_pin_method.standard_q_r_code
        try:
            created = await code.patch(QrCode())
        except APIError:
            failed += 1
            continue
        assert created.image and created.image.raw_content, f"user-{number}: a success without an image"
        made += 1
    print(f"{made} codes with their image, {failed} errors")
    assert made + failed == CREATES


asyncio.run(main())
