"""crt_download.py URL BUCKET FILE: downloads the objects of a list (key and target, a line each) by s3transfer's CRT client, as version 2 of the AWS CLI
does with `preferred_transfer_client = crt`; PyPI has no version 2. Login and region come from the environment."""
import sys

import botocore.session
from s3transfer.crt import BotocoreCRTCredentialsWrapper, BotocoreCRTRequestSerializer, CRTTransferManager, create_s3_crt_client


def main(url: str, bucket: str, listed: str) -> None:
    session = botocore.session.get_session()
    region = session.get_config_variable("region")
    provider = BotocoreCRTCredentialsWrapper(session.get_credentials()).to_crt_credentials_provider()
    client = create_s3_crt_client(region=region, crt_credentials_provider=provider, use_ssl=url.startswith("https:"))
    asked = {"region_name": region, "endpoint_url": url, "config": botocore.config.Config(s3={"addressing_style": "path"})}
    with open(listed, encoding="utf-8") as lines, CRTTransferManager(client, BotocoreCRTRequestSerializer(session, asked)) as manager:
        wanted = [line.rstrip("\n").split(" ", 1) for line in lines]
        futures = [manager.download(bucket, key, target) for key, target in wanted]
        for future in futures:
            future.result()


main(*sys.argv[1:])
