"""S3 through the clients that runbooks use: both CLIs, boto3 and curl."""
import base64
import hashlib
import json
import os
import pathlib
import subprocess
import threading
import time
import zlib

import boto3
import botocore.config
import pytest
from botocore.exceptions import BotoCoreError, ClientError

from conftest import REGION
from system import unique

CLIS = pytest.mark.parametrize("cli", [1, 2])
PLACE = {"LocationConstraint": REGION}


def code_of(call, **inputs):
    with pytest.raises(ClientError) as refused:
        call(**inputs)
    return refused.value.response["Error"]["Code"]


def new_bucket(s3):
    name = unique("bucket")
    s3.create_bucket(Bucket=name, CreateBucketConfiguration=PLACE)
    return name


def keys(s3, bucket, **more):
    pages = s3.get_paginator("list_objects_v2").paginate(Bucket=bucket, **more)
    return [item["Key"] for page in pages for item in page.get("Contents", [])]


def curl(*arguments):
    return subprocess.run(["curl", "-sS", *arguments], capture_output=True, check=True).stdout


@CLIS
def test_a_folder_there_and_back(world, cli, tmp_path):
    """mb, cp of 20 MB in parts, sync, ls, mv, rm, rb."""
    bucket, here = unique("files"), tmp_path / "here"
    (here / "sub").mkdir(parents=True)
    (here / "big.bin").write_bytes(os.urandom(20 << 20))
    (here / "sub" / "a b+c.txt").write_text("hello\n")
    (here / "empty").write_text("")
    done = world.shell(f"""set -e
        aws s3 mb s3://{bucket}
        aws s3 cp {here}/big.bin s3://{bucket}/copy/big.bin --no-progress
        aws s3 sync {here} s3://{bucket}/all --no-progress
        aws s3 ls s3://{bucket}/all/ --recursive --summarize
        aws s3 sync s3://{bucket}/all {tmp_path}/back --no-progress
        aws s3 mv s3://{bucket}/all/empty s3://{bucket}/moved
        aws s3 sync {here} s3://{bucket}/all --no-progress --dryrun
        """, cli)
    assert "Total Objects: 3" in done.stdout and "dryrun) upload" in done.stdout
    for path in ("big.bin", "sub/a b+c.txt", "empty"):
        assert (tmp_path / "back" / path).read_bytes() == (here / path).read_bytes()
    s3 = world.client("s3")
    assert keys(s3, bucket) == ["all/big.bin", "all/sub/a b+c.txt", "copy/big.bin", "moved"]
    parts = [(here / "big.bin").read_bytes()[i:i + (8 << 20)] for i in range(0, 20 << 20, 8 << 20)]
    digest = hashlib.md5(b"".join(hashlib.md5(p).digest() for p in parts)).hexdigest()
    assert s3.head_object(Bucket=bucket, Key="copy/big.bin")["ETag"] == f'"{digest}-3"'
    assert "BucketNotEmpty" in world.aws(f"s3 rb s3://{bucket}", cli, check=False).stderr
    world.aws(f"s3 rb s3://{bucket} --force", cli)
    assert bucket not in [b["Name"] for b in s3.list_buckets()["Buckets"]]
    assert code_of(s3.list_objects_v2, Bucket=bucket) == "NoSuchBucket"


@CLIS
def test_a_presigned_url_needs_no_keys(world, cli):
    s3 = world.client("s3")
    bucket = new_bucket(s3)
    s3.put_object(Bucket=bucket, Key="dir/a b.txt", Body=b"presigned", ContentType="text/plain")
    url = world.aws(f"s3 presign 's3://{bucket}/dir/a b.txt' --expires-in 60", cli).stdout.strip()
    assert curl(url) == b"presigned"
    assert b"SignatureDoesNotMatch" in curl(url.replace("a%20b", "a%20c"))
    assert b"<Code>AccessDenied</Code>" in curl(url.split("?")[0], "-H", f"Host: {bucket}.s3.amazonaws.com")


def test_both_signature_versions_presign(world):
    plain = world.client("s3")
    bucket = new_bucket(plain)
    for version in ("s3", "s3v4"):
        endpoint = world.endpoint()
        config = botocore.config.Config(signature_version=version)
        s3 = boto3.client("s3", region_name=REGION, endpoint_url=endpoint["endpoint"], config=config,
                          aws_access_key_id=endpoint["access_key_id"],
                          aws_secret_access_key=endpoint["secret_access_key"])
        put = s3.generate_presigned_url("put_object", {"Bucket": bucket, "Key": f"{version} k"}, 60)
        assert curl("-X", "PUT", "-H", "Content-Type:", "--data-binary", version, put) == b""
        get = s3.generate_presigned_url("get_object", {"Bucket": bucket, "Key": f"{version} k",
                                                       "ResponseContentType": "text/x"}, 60)
        assert curl(get) == version.encode()
        assert b"Content-Type: text/x" in curl("-i", get)
        assert b"SignatureDoesNotMatch" in curl("-X", "DELETE", get)
    expired = plain.generate_presigned_url("get_object", {"Bucket": bucket, "Key": "s3 k"}, -5)
    assert b"AccessDenied" in curl(expired)


def test_the_bucket_may_be_in_the_host(world):
    s3 = world.client("s3")
    bucket = new_bucket(s3)
    s3.put_object(Bucket=bucket, Key="k/1", Body=b"virtual")
    port = world.endpoint()["endpoint"].rsplit(":", 1)[1]
    endpoint = world.endpoint()
    config = botocore.config.Config(s3={"addressing_style": "virtual"}, signature_version="s3v4")
    virtual = boto3.client("s3", region_name=REGION, endpoint_url=f"http://s3.localhost:{port}", config=config,
                           aws_access_key_id=endpoint["access_key_id"],
                           aws_secret_access_key=endpoint["secret_access_key"])
    url = virtual.generate_presigned_url("get_object", {"Bucket": bucket, "Key": "k/1"}, 60)
    assert f"//{bucket}.s3.localhost" in url
    assert curl("--resolve", f"{bucket}.s3.localhost:{port}:127.0.0.1", url) == b"virtual"


def test_objects_say_what_they_are(world):
    s3 = world.client("s3")
    bucket = new_bucket(s3)
    body = b"0123456789"
    s3.put_object(Bucket=bucket, Key="k", Body=body, ContentType="text/plain", CacheControl="no-store",
                  ContentEncoding="gzip", Metadata={"Team": "one"}, Tagging="a=1&b=2")
    got = s3.get_object(Bucket=bucket, Key="k")
    assert got["Body"].read() == body and got["ContentEncoding"] == "gzip" and got["CacheControl"] == "no-store"
    assert got["Metadata"] == {"team": "one"} and got["TagCount"] == 2 and got["ServerSideEncryption"] == "AES256"
    assert got["ChecksumCRC32"] == base64.b64encode(zlib.crc32(body).to_bytes(4, "big")).decode()
    part = s3.get_object(Bucket=bucket, Key="k", Range="bytes=2-4")
    assert part["Body"].read() == b"234" and part["ContentRange"] == "bytes 2-4/10"
    assert part["ResponseMetadata"]["HTTPStatusCode"] == 206
    assert s3.head_object(Bucket=bucket, Key="k")["ContentLength"] == 10
    assert code_of(s3.get_object, Bucket=bucket, Key="k", Range="bytes=10-") == "InvalidRange"
    assert code_of(s3.get_object, Bucket=bucket, Key="k", IfNoneMatch=got["ETag"]) == "304"
    assert code_of(s3.get_object, Bucket=bucket, Key="none") == "NoSuchKey"
    assert code_of(s3.head_object, Bucket=bucket, Key="none") == "404"
    assert code_of(s3.put_object, Bucket=bucket, Key="k", Body=body, IfNoneMatch="*") == "PreconditionFailed"
    assert code_of(s3.put_object, Bucket=bucket, Key="x", Body=body,
                   ContentMD5=base64.b64encode(bytes(16)).decode()) == "BadDigest"
    assert code_of(s3.put_object, Bucket=bucket, Key="x", Body=body, ServerSideEncryption="aws:kms") == "NotImplemented"
    assert s3.get_bucket_location(Bucket=bucket)["LocationConstraint"] == REGION
    attributes = s3.get_object_attributes(Bucket=bucket, Key="k", ObjectAttributes=["ETag", "ObjectSize", "Checksum"])
    assert attributes["ObjectSize"] == 10 and f'"{attributes["ETag"]}"' == got["ETag"]
    away = world.client("s3", region="eu-west-1")
    assert away.get_object(Bucket=bucket, Key="k")["Body"].read() == body  # boto3 follows the region it is told


def test_versions(world):
    s3 = world.client("s3")
    bucket = new_bucket(s3)
    s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})
    first = s3.put_object(Bucket=bucket, Key="k", Body=b"1")["VersionId"]
    s3.put_object(Bucket=bucket, Key="k", Body=b"2")
    s3.delete_object(Bucket=bucket, Key="k")
    assert keys(s3, bucket) == []
    assert s3.get_object(Bucket=bucket, Key="k", VersionId=first)["Body"].read() == b"1"
    listed = s3.list_object_versions(Bucket=bucket)
    assert len(listed["Versions"]) == 2 and listed["DeleteMarkers"][0]["IsLatest"]
    doomed = [{"Key": v["Key"], "VersionId": v["VersionId"]} for v in listed["Versions"] + listed["DeleteMarkers"]]
    assert len(s3.delete_objects(Bucket=bucket, Delete={"Objects": doomed})["Deleted"]) == 3
    s3.delete_bucket(Bucket=bucket)


def test_many_keys_are_paged(world):
    s3 = world.client("s3")
    bucket = new_bucket(s3)
    names = [f"d{i % 3}/k {i:02}" for i in range(12)]
    for name in names:
        s3.put_object(Bucket=bucket, Key=name, Body=b"")
    assert keys(s3, bucket, PaginationConfig={"PageSize": 5}) == sorted(names)
    page = s3.list_objects_v2(Bucket=bucket, Delimiter="/")
    assert [p["Prefix"] for p in page["CommonPrefixes"]] == ["d0/", "d1/", "d2/"]
    old = s3.list_objects(Bucket=bucket, Prefix="d1/", Delimiter="/", MaxKeys=2)
    assert [o["Key"] for o in old["Contents"]] == ["d1/k 01", "d1/k 04"] and old["NextMarker"] == "d1/k 04"


def test_settings_are_kept(world):
    s3 = world.client("s3")
    bucket = new_bucket(s3)
    assert code_of(s3.get_bucket_tagging, Bucket=bucket) == "NoSuchTagSet"
    s3.put_bucket_tagging(Bucket=bucket, Tagging={"TagSet": [{"Key": "a", "Value": "1"}]})
    assert s3.get_bucket_tagging(Bucket=bucket)["TagSet"] == [{"Key": "a", "Value": "1"}]
    rule = {"ID": "r", "Status": "Enabled", "Filter": {"Prefix": "tmp/"}, "Expiration": {"Days": 3}}
    s3.put_bucket_lifecycle_configuration(Bucket=bucket, LifecycleConfiguration={"Rules": [rule]})
    assert s3.get_bucket_lifecycle_configuration(Bucket=bucket)["Rules"] == [rule]
    assert 'rule-id="r"' in s3.put_object(Bucket=bucket, Key="tmp/x", Body=b"")["Expiration"]
    assert all(s3.get_public_access_block(Bucket=bucket)["PublicAccessBlockConfiguration"].values())
    encryption = s3.get_bucket_encryption(Bucket=bucket)["ServerSideEncryptionConfiguration"]["Rules"][0]
    assert encryption["ApplyServerSideEncryptionByDefault"]["SSEAlgorithm"] == "AES256"
    assert code_of(s3.get_bucket_cors, Bucket=bucket) == "NotImplemented"


class Writer(threading.Thread):
    """Puts and overwrites objects until the daemon dies; remembers what was acknowledged."""

    def __init__(self, world, bucket, number):
        super().__init__(daemon=True)
        self.s3, self.bucket, self.number, self.acknowledged = world.client("s3"), bucket, number, {}

    def run(self):
        try:
            for i in range(100_000):
                key, body = f"{self.number}/{i % 50}", os.urandom(1000 + 37 * i)
                self.acknowledged.pop(key, None)  # either may be there while it is being written
                self.s3.put_object(Bucket=self.bucket, Key=key, Body=body)
                self.acknowledged[key] = hashlib.md5(body).hexdigest()
        except (BotoCoreError, ClientError, OSError):
            return


def test_kill_9_loses_no_acknowledged_object(fresh_world):
    world = fresh_world
    world.up()
    bucket = new_bucket(world.client("s3"))
    for round_number in range(2):
        writers = [Writer(world, bucket, f"{round_number}-{n}") for n in range(2)]
        for writer in writers:
            writer.start()
        deadline = time.monotonic() + 60
        while any(len(w.acknowledged) < 10 for w in writers) and time.monotonic() < deadline:
            time.sleep(0.02)
        world.kill()
        for writer in writers:
            writer.join()
        world.up()
        s3 = world.client("s3")
        for writer in writers:
            assert len(writer.acknowledged) >= 10
            for key, digest in writer.acknowledged.items():
                assert hashlib.md5(s3.get_object(Bucket=bucket, Key=key)["Body"].read()).hexdigest() == digest
        files = len(list((pathlib.Path(world.folder) / "s3").iterdir()))
        assert files == len(keys(s3, bucket))  # what was not finished is swept
    world.down()


def test_a_policy_denies_and_is_denied(world):
    """Put, shown, held against calls; refused where it is none or could not be held."""
    s3 = world.client("s3")
    bucket = new_bucket(s3)
    assert code_of(s3.get_bucket_policy, Bucket=bucket) == "NoSuchBucketPolicy"
    s3.put_object(Bucket=bucket, Key="closed/1", Body=b"x")

    def policy(principal, condition=None, effect="Deny"):
        statement = {"Effect": effect, "Principal": principal, "Action": "s3:*",
                     "Resource": [f"arn:aws:s3:::{bucket}", f"arn:aws:s3:::{bucket}/closed/*"]}
        return json.dumps({"Version": "2012-10-17", "Statement": [statement | ({"Condition": condition} if condition else {})]})

    s3.put_bucket_policy(Bucket=bucket, Policy=policy("*"))
    assert json.loads(s3.get_bucket_policy(Bucket=bucket)["Policy"])["Statement"][0]["Effect"] == "Deny"
    assert code_of(s3.get_bucket_policy_status, Bucket=bucket) == "AccessDenied"  # only the policy itself is root's
    assert code_of(s3.get_object, Bucket=bucket, Key="closed/1") == "AccessDenied"
    assert code_of(s3.list_objects_v2, Bucket=bucket) == "AccessDenied"
    s3.put_bucket_policy(Bucket=bucket, Policy=policy("*", {"Bool": {"aws:SecureTransport": "false"}}))
    assert code_of(s3.get_object, Bucket=bucket, Key="closed/1") == "AccessDenied"
    secure = boto3.client("s3", region_name=REGION, verify=False, aws_access_key_id=world.endpoint()["access_key_id"],
                          aws_secret_access_key=world.endpoint()["secret_access_key"],
                          endpoint_url=world.endpoint()["endpoint"].replace("http:", "https:"))
    assert secure.get_object(Bucket=bucket, Key="closed/1")["Body"].read() == b"x"
    assert secure.get_bucket_policy_status(Bucket=bucket)["PolicyStatus"] == {"IsPublic": False}
    assert code_of(s3.put_bucket_policy, Bucket=bucket, Policy="{}") == "MalformedPolicy"
    assert code_of(s3.put_bucket_policy, Bucket=bucket, Policy=policy("*", effect="Allow")) == "AccessDenied"
    s3.delete_bucket_policy(Bucket=bucket)
    assert keys(s3, bucket) == ["closed/1"]


def test_a_stack_of_a_bucket_its_policy_and_a_trail(world):
    name = unique("stack")
    template = {"Resources": {
        "Logs": {"Type": "AWS::S3::Bucket", "Properties": {
            "VersioningConfiguration": {"Status": "Enabled"}, "Tags": [{"Key": "team", "Value": "ops"}],
            "BucketEncryption": {"ServerSideEncryptionConfiguration": [
                {"ServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}}]},
            "LifecycleConfiguration": {"Rules": [{"Id": "old", "Status": "Enabled", "ExpirationInDays": 30}]}}},
        "Policy": {"Type": "AWS::S3::BucketPolicy", "Properties": {
            "Bucket": {"Ref": "Logs"}, "PolicyDocument": {"Version": "2012-10-17", "Statement": [
                {"Effect": "Allow", "Principal": {"Service": "cloudtrail.amazonaws.com"}, "Action": "s3:PutObject",
                 "Resource": {"Fn::Sub": "${Logs.Arn}/AWSLogs/*"}}]}}},
        "Trail": {"Type": "AWS::CloudTrail::Trail", "DependsOn": "Policy", "Properties": {
            "S3BucketName": {"Ref": "Logs"}, "IsLogging": True}}}}
    stacks, s3 = world.client("cloudformation"), world.client("s3")
    stacks.create_stack(StackName=name, TemplateBody=json.dumps(template))
    stacks.get_waiter("stack_create_complete").wait(StackName=name, WaiterConfig={"Delay": 1, "MaxAttempts": 30})
    ids = {r["LogicalResourceId"]: r["PhysicalResourceId"]
           for r in stacks.describe_stack_resources(StackName=name)["StackResources"]}
    assert ids["Logs"] == ids["Logs"].lower() and ids["Policy"] == ids["Logs"]
    assert s3.get_bucket_versioning(Bucket=ids["Logs"])["Status"] == "Enabled"
    assert s3.get_bucket_lifecycle_configuration(Bucket=ids["Logs"])["Rules"][0]["Expiration"] == {"Days": 30}
    assert "cloudtrail" in s3.get_bucket_policy(Bucket=ids["Logs"])["Policy"]
    assert world.client("cloudtrail").get_trail_status(Name=ids["Trail"])["IsLogging"]
    stacks.delete_stack(StackName=name)
    stacks.get_waiter("stack_delete_complete").wait(StackName=name, WaiterConfig={"Delay": 1, "MaxAttempts": 30})
    assert code_of(s3.head_bucket, Bucket=ids["Logs"]) == "404"
