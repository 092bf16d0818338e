"""The monitoring commands and log queries of operations documents, against the systems they are about.

Every command that `seatrial check` calls valid is carried out, and what it prints is held against
what happened: events against a slow reading of all events, metrics against what was posted, alarms
against what was provoked. The document in documents/ is ours; the teams' own are used where they are.
"""
import datetime
import email
import json
import re
import shutil
import tempfile
import urllib.request

import botocore.exceptions
import pytest

from conftest import ROOT, await_true
from monitoring_world import (FLOW_GROUP, EXAMPLES, SYDNEY, Systems, VIRGINIA, WAF_GROUP, insights_queries,
                              valid_commands)

RUNBOOKS = ROOT.parent / "shared" / "runbooks"
OURS = ROOT / "tests" / "live" / "documents" / "monitoring.md"
REGIONS = {"oh-my-coins": SYDNEY}
PROVOKED = {SYDNEY: "ohmycoins-staging-error-rate", VIRGINIA: "PerfectMatch-Auth-Failures"}


@pytest.fixture(scope="module")
def systems():
    folder = tempfile.mkdtemp(prefix="seatrial-live-")
    made = Systems(folder)
    yield made
    made.stop_traffic()
    made.world.down()
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="module")
def busy(systems):
    """The systems after a few minutes of use, with the alarms that this use provokes."""
    for region, name in PROVOKED.items():
        systems.await_alarm(region, name)
    await_true(lambda: systems.world.client("cloudwatch", VIRGINIA).list_metrics(Namespace="AWS/ECS")["Metrics"], 60,
               "metrics of the services")
    return systems


def documents():
    theirs = sorted(RUNBOOKS.glob("*.md")) if RUNBOOKS.exists() else []
    return [pytest.param(path, id=path.stem) for path in [OURS, *theirs]]


# ---- what a command's output must be: functions of (step, what was before, what is after)

def option(text, name):
    found = re.search(rf"--{name}[ =](?:\"([^\"]*)\"|'([^']*)'|(\S+))", text)
    return next((group for group in found.groups() if group is not None), "").replace('\\"', '"') if found else None


def matches(pattern, message):
    """A slow reading of the few patterns that the documents use."""
    if pattern.startswith("{"):
        try:
            fields = json.loads(message)
        except ValueError:
            return False
        return fields.get("type") == "database" and fields.get("responseTime", 0) > 100
    return all(word in message for word in pattern.split())


class Happened:
    """What is known of the region, read after a document was carried out."""

    def __init__(self, systems, region):
        self.systems, self.region, self.known = systems, region, {}
        self.began = systems.now_ms()

    def events(self, group):
        if group not in self.known:
            self.known[group] = self.systems.events(group, self.region)
        return self.known[group]

    def messages(self, group):
        return [event["message"] for event in self.events(group)]


def printed_events(step):
    """Events in an answer of filter-log-events, in whichever form of JSON the command asked for."""
    try:
        answer = json.loads(step["stdout"])
    except ValueError:
        return None
    return answer["events"] if isinstance(answer, dict) else answer


def document_of(step):
    """The JSON in an answer that a script may have said something before."""
    return json.loads(step["stdout"][step["stdout"].index("{"):])


def check_filter(step, happened):
    """All that match between the first and the last event shown, and none beside them."""
    text = step["text"]
    if ">" in text.split("|")[0] or "COUNT=" in text:
        return  # its output went elsewhere
    pattern = option(text, "filter-pattern") or ""
    matching = [e for e in happened.events(option(text, "log-group-name")) if matches(pattern, e["message"])]
    if step.get("truncated"):  # a record keeps 256 KiB, which may end in the midst of an event
        whole = [json.loads(m) for m in re.findall(r'"message": ("(?:[^"\\]|\\.)*")', step["stdout"])]
        whole = whole or step["stdout"].split("\t")[:-1]
        assert whole and set(whole) <= {e["message"] for e in matching}
        return
    shown = printed_events(step)
    if shown is None:  # text, without times
        everything = " ".join(" ".join(e["message"].split()) for e in matching)
        assert all(" ".join(line.split()) in everything for line in step["stdout"].split("\t"))
        return
    meanwhile = [e for e in matching if e["timestamp"] >= happened.began]
    assert shown or len(meanwhile) < 20, f"nothing shown of {len(meanwhile)} new events for {pattern!r}"
    if shown:
        first, last = min(e["timestamp"] for e in shown), max(e["timestamp"] for e in shown)
        between = [(e["timestamp"], e["message"]) for e in matching if first <= e["timestamp"] <= last]
        assert sorted((e["timestamp"], e["message"]) for e in shown) == sorted(between)


def check_tail(step, happened):
    group = re.search(r"logs tail (\S+)", step["text"]).group(1)
    pattern = option(step["text"], "filter-pattern") or ""
    lines = [line for line in step["stdout"].splitlines() if line.strip()]
    if step["status"] == "followed":
        lines = lines[:-2]  # it was stopped in the midst of the last ones
    elif step.get("truncated"):
        lines = lines[:-1]  # a record keeps 256 KiB, which may end in the midst of a line
    if ">" in step["text"]:
        return
    everything = happened.messages(group)
    unknown = [line for line in lines if not any(line.endswith(message) for message in everything)]
    assert not unknown, (unknown[:2], lines[-3:], everything[-2:])
    assert all(matches(pattern, line) for line in lines)
    if "--follow" not in step["text"] and any(matches(pattern, m) for m in everything):
        assert lines


# Values that are posted again and again: a metric's maximum is the value itself.
VALUES = {"ActiveUsers": 42, "ActiveSessions": 17}
COUNTED = {"MatchesGenerated": ("/api/v1/events/MatchesGenerated?value=3", 3),
           "AuthFailures": ("/api/v1/events/AuthFailure?level=ERROR&message=authentication%20failed%20for%20user%207", 1)}


def check_statistics(step, happened):
    name, space = option(step["text"], "metric-name"), option(step["text"], "namespace")
    points = document_of(step)["Datapoints"]
    if name in VALUES:
        assert points and {p["Maximum"] for p in points} == {VALUES[name]}
    elif name in COUNTED:
        path, each = COUNTED[name]
        total = sum(p["Sum"] for p in points)
        assert 0 < total <= each * happened.systems.posted[path] + each
    elif space == "AWS/ECS" and "2024-" not in step["text"]:
        assert points and all(0 <= p[s] for p in points for s in ("Average", "Maximum") if s in p)
    else:  # nothing measures these here, and nothing is made up
        assert points == [], step["text"]


def check_alarms(step, happened):
    text = step["text"]
    known = happened.systems.alarm_states(happened.region)
    if option(text, "state-value") == "ALARM" and not (option(text, "alarm-name-prefix") or "").startswith("omnirap"):
        assert PROVOKED[happened.region] in step["stdout"], step["stdout"]
    if "ohmycoins-prod" in text:
        alarms = json.loads(step["stdout"])
        assert len(alarms) == 9
        assert all(a["State"] == "INSUFFICIENT_DATA" for a in alarms if "-rds-" in a["Name"] or "-redis-" in a["Name"])
    names = set(re.findall(r"\b(?:ohmycoins|omnirapeutic|PerfectMatch|SoleMate)-[\w-]+", step["stdout"]))
    assert {n for n in names if n in known or n.startswith("omnirapeutic-production-")} <= set(known) | {
        "omnirapeutic-production-alerts"}


def check_history(step, happened):
    assert "AlarmHistoryItems" in json.loads(step["stdout"])


def check_dashboard(step, happened):
    assert "#dashboards:name=PerfectMatch-Production-Overview" in step["stdout"]


def check_nobody(step, happened):
    assert json.loads(step["stdout"])["Events"] == []


def check_waf(step, happened):
    counts = {ip: int(n) for n, ip in re.findall(r"(\d+) \"?([\d.]+)", step["stdout"])}
    assert counts == {"203.0.113.9": 2, "198.51.100.4": 1}


def check_copied(step, happened):
    assert "download:" in step["stdout"] or "copy:" in step["stdout"]


def check_put(step, happened):
    assert json.loads(step["stdout"]) == {"DashboardValidationMessages": []}


def anything(step, happened):
    pass


CHECKS = [(r"filter-log-events.*wafv2", check_waf), (r"filter-log-events", check_filter), (r"logs tail", check_tail),
          (r"get-metric-statistics", check_statistics), (r"describe-alarm-history", check_history),
          (r"\bfor alarm in", anything), (r"describe-alarms", check_alarms), (r"get-dashboard", check_dashboard),
          (r"put-dashboard", check_put), (r"lookup-events.*ConsoleLogin", check_nobody), (r"aws s3 cp", check_copied),
          (r"put-metric-data|able-alarm-actions|put-retention-policy|create-log-group", anything)]
# What must be refused, since the templates have made it already.
REFUSED = {r"create-log-group --log-group-name /aws/ecs/api-service": "ResourceAlreadyExistsException"}


def prepare_buckets(systems):
    """The objects that two documents copy, where S3 is served."""
    s3 = systems.world.client("s3", VIRGINIA)
    try:
        s3.list_buckets()
    except botocore.exceptions.ClientError as error:
        assert "Seatrial does not serve" in str(error) or error.response["ResponseMetadata"]["HTTPStatusCode"] == 501
        return
    for bucket, key in [("omnirapeutic-migrations", "v1.2.3/001.sql"), ("terraform-state-bucket", "prod/terraform.tfstate")]:
        s3.create_bucket(Bucket=bucket)
        s3.put_object(Bucket=bucket, Key=key, Body=b"-- nothing\n")


@pytest.fixture(scope="module")
def with_objects(busy):
    prepare_buckets(busy)
    return busy


@pytest.mark.parametrize("document", documents())
def test_valid_commands_return_what_happened(with_objects, document):
    systems, region = with_objects, REGIONS.get(document.stem, VIRGINIA)
    texts = valid_commands(systems.world, document)
    assert texts, f"no valid command in {document}"
    folder = systems.world.folder / "work" / document.stem
    shutil.copytree(EXAMPLES / "solemate", folder)  # one document reads monitoring/ beside it
    happened = Happened(systems, region)
    for step in systems.run(texts, region, folder)[1:]:
        flat = " ".join(step["text"].replace("\\\n", " ").split())
        refusal = next((code for pattern, code in REFUSED.items() if re.search(pattern, flat)), None)
        if refusal:
            assert refusal in step["stderr"], flat
            continue
        if not re.search(r"^(aws|for|[A-Z_]+=)|\baws ", flat):
            continue
        if "Seatrial does not serve" in step["stderr"] or "An error occurred (501)" in step["stderr"]:
            continue  # refused by name, which is an honest answer; nothing was printed
        assert step["status"] in ("ok", "followed"), json.dumps(step, indent=1)[:3000]
        check = next((c for pattern, c in CHECKS if re.search(pattern, flat)), None)
        assert check, f"nothing is known of what this prints: {flat}"
        check({**step, "text": flat}, happened)


def test_the_nightly_backup_keeps_what_the_service_is_set_to(busy):
    functions, events = busy.world.client("lambda", VIRGINIA), busy.world.client("events", VIRGINIA)
    rule = events.describe_rule(Name="DailyBackup")
    assert (rule["ScheduleExpression"], rule["State"]) == ("cron(0 2 * * ? *)", "ENABLED")
    target = events.list_targets_by_rule(Rule="DailyBackup")["Targets"][0]["Arn"]
    done = functions.invoke(FunctionName=target, Payload=b"{}")
    answer = json.loads(done["Payload"].read())
    assert "FunctionError" not in done, answer
    bucket = functions.get_function_configuration(FunctionName=target)["Environment"]["Variables"]["BUCKET"]
    kept = json.loads(busy.world.client("s3", VIRGINIA).get_object(Bucket=bucket, Key=answer["key"])["Body"].read())
    assert [service["serviceName"] for service in kept["services"]] == ["api-service"]


@pytest.mark.parametrize("region,group,path", [
    (VIRGINIA, "/aws/vendedlogs/elb/PerfectMatch-ALB", "/api/v1/events/AuthFailure"),
    (SYDNEY, "/aws/vendedlogs/elb/ohmycoins-staging-alb", "/api/v1/health")])
def test_load_balancers_log_what_clients_ask(busy, region, group, path):
    """Insights over a load balancer's log group: each request, its target and its time."""
    logs = busy.world.client("logs", region)
    query = (f'filter request_line like "{path}" and target_processing_time >= 0 '
             "| stats count(*) as n, max(target_processing_time) as slowest by elb_status_code")
    query_id = logs.start_query(logGroupName=group, startTime=0, endTime=busy.now_ms() // 1000 + 60,
                                queryString=query)["queryId"]
    reply = await_true(lambda: (r := logs.get_query_results(queryId=query_id))["status"] == "Complete" and r, 20, "rows")
    rows = [{cell["field"]: cell["value"] for cell in row} for row in reply["results"]]
    assert any(row["elb_status_code"].startswith("20") and int(row["n"]) > 0 for row in rows), rows


def test_alarms_follow_what_is_measured(busy):
    states = busy.alarm_states(VIRGINIA) | busy.alarm_states(SYDNEY)
    unmeasured = [name for name in states if re.search(r"rds|redis|RDS|Redis|aurora|waf|cost|API-5XX|HighCPU|HighMemory|"
                                                       r"DatabaseConnectionFailures|DatabaseCPU|CacheMemory", name)]
    assert len(unmeasured) >= 16
    assert {states[name] for name in unmeasured} == {"INSUFFICIENT_DATA"}


def test_a_failed_payment_ends_in_a_mail(busy):
    """From a sample to an alarm to a mail: its subscriber confirms by the link and is told."""
    box = busy.world.folder / "mail" / "ops@solemate.com" / "new"
    confirmed = set()

    def bodies():
        return [email.message_from_bytes(m.read_bytes()).get_payload(decode=True).decode() for m in box.glob("*")]

    def confirm():  # each topic asks by a mail of its own
        for link in re.findall(r"https?://\S*Action=ConfirmSubscription\S*", "\n".join(bodies())):
            if link not in confirmed:
                urllib.request.urlopen(link, timeout=10).read()
                confirmed.add(link)
        return confirmed

    await_true(confirm, 30, "the confirmation mail")
    # The alarm may have rung before: it rings again once its state has been OK.
    busy.world.client("cloudwatch", VIRGINIA).set_alarm_state(
        AlarmName="SoleMate-Critical-PaymentFailures", StateValue="OK", StateReason="looked at")
    await_true(lambda: confirm() and any("SoleMate-Critical-PaymentFailures" in body for body in bodies()), 60,
               "the mail of the alarm")


# ---- queries of Logs Insights

def query_groups(document, query):
    source = re.search(r"SOURCE '([^']+)'", query)
    if source:
        return [source.group(1)]
    if "srcAddr" in query:
        return [FLOW_GROUP]
    return {"oh-my-coins": ["/ecs/ohmycoins-staging/backend"], "terraform-aws": ["/aws/ecs/api-service"]}.get(
        document.stem, ["/aws/ecs/perfectmatch-backend"])


def answer(systems, region, groups, query):
    """Rows as dictionaries, of a finished query over all the world's time until now."""
    logs = systems.world.client("logs", region)
    now = systems.now_ms() // 1000
    query = re.sub(r"^SOURCE '[^']+'\s*\|?\s*", "", query)  # a dashboard's way to name the group
    started = logs.start_query(logGroupNames=groups, startTime=now - 86400, endTime=now, queryString=query)
    def finished():
        reply = logs.get_query_results(queryId=started["queryId"])
        return reply if reply["status"] not in ("Scheduled", "Running") else None
    reply = await_true(finished, 30, f"the answer to {query}")
    assert reply["status"] == "Complete", reply
    return [{field["field"]: field["value"] for field in row if field["field"] != "@ptr"} for row in reply["results"]]


def bins(events, minutes, keep):
    counts = {}
    for event in events:
        if keep(event["message"]):
            start = event["timestamp"] // (minutes * 60000) * minutes * 60
            at = datetime.datetime.fromtimestamp(start, datetime.timezone.utc).strftime("%Y-%m-%d %H:%M:%S.000")
            counts[at] = counts.get(at, 0) + 1
    return counts


def check_rows(query, rows, events):
    like = re.findall(r"@message like /(\w+)/", query)
    kept = [e for e in events if any(word in e["message"] for word in like)]
    if "srcAddr" in query:
        assert [(r["srcAddr"], r["dstAddr"], float(r["totalBytes"])) for r in rows] == [
            ("10.0.1.5", "203.0.113.9", 9000), ("10.0.2.7", "198.51.100.4", 700)]
    elif "count()" in query:
        minutes = 60 if "bin(1h)" in query else 5
        column = f"bin({'1h' if minutes == 60 else '5m'})"
        assert {r[column]: int(r["count()"]) for r in rows} == bins(kept, minutes, lambda m: True)
    elif "avg(response_time)" in query:
        times = [json.loads(e["message"]).get("response_time") for e in kept if e["message"].startswith("{")]
        times = [t for t in times if t is not None]
        assert max(float(r["max(response_time)"]) for r in rows) == max(times)
        assert min(float(r["min(response_time)"]) for r in rows) == min(times)
    elif "@duration" in query:
        assert rows == []  # no function runs here
    else:
        limit = int(re.search(r"limit (\d+)", query).group(1)) if "limit" in query else 10_000
        newest = sorted(kept, key=lambda e: -e["timestamp"])[:limit]
        assert len(rows) == len(newest)
        assert {r["@message"] for r in rows} <= {e["message"] for e in kept}
        assert [r["@timestamp"] for r in rows] == sorted((r["@timestamp"] for r in rows), reverse=True)


@pytest.mark.parametrize("document", documents())
def test_queries_return_what_happened(busy, document):
    busy.stop_traffic()
    region = REGIONS.get(document.stem, VIRGINIA)
    for query in insights_queries(document):
        groups = query_groups(document, query)
        own_region = SYDNEY if groups == [FLOW_GROUP] else region
        events = [e for group in groups for e in busy.events(group, own_region)]
        rows = answer(busy, own_region, groups, query)
        check_rows(query, rows, events)
