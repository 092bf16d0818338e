"""Logs Insights by the real clients: a query run to its end, paged, refused with the place."""
import json
import time

import pytest

from conftest import await_true
from system import unique

CLIS = pytest.mark.parametrize("cli", [1, 2])
LINES = [
    '{"level":"ERROR","service":"api","ms":12.5,"path":"/orders/1"}',
    '{"level":"INFO","service":"api","ms":2.5,"path":"/health"}',
    '{"level":"ERROR","service":"web","ms":3,"path":"/orders/2"}',
    "user=ann took 15 ms",
]


@pytest.fixture(scope="module")
def group(world):
    logs, name = world.client("logs"), "/" + unique("insights")
    logs.create_log_group(logGroupName=name)
    logs.create_log_stream(logGroupName=name, logStreamName="a")
    now = int(time.time() * 1000)
    events = [{"timestamp": now + i, "message": line} for i, line in enumerate(LINES)]
    logs.put_log_events(logGroupName=name, logStreamName="a", logEvents=events)
    return name


def ended(logs, query_id):
    def look():
        reply = logs.get_query_results(queryId=query_id)
        return reply if reply["status"] not in ("Scheduled", "Running") else None
    return await_true(look, 30, "the query's end")


def ask(world, group, text, **more):
    logs, now = world.client("logs"), int(time.time())
    query = logs.start_query(logGroupName=group, startTime=now - 3600, endTime=now + 60, queryString=text, **more)
    reply = ended(logs, query["queryId"])
    assert reply["status"] == "Complete", reply
    return [{f["field"]: f["value"] for f in row if f["field"] != "@ptr"} for row in reply["results"]]


def test_queries_answer_what_was_put(world, group):
    assert ask(world, group, "stats count(*) as n, avg(ms) by level | sort n desc, level") == [
        {"level": "ERROR", "n": "2", "avg(ms)": "7.75"}, {"n": "1"}, {"level": "INFO", "n": "1", "avg(ms)": "2.5"}]
    assert ask(world, group, "parse @message 'user=* took * ms' as user, ms2 | filter ms2 > 10 | display user, ms2") == [
        {"user": "ann", "ms2": "15"}]
    assert ask(world, group, r"fields path | filter path like /orders\/\d/ | sort @timestamp asc | limit 1") == [
        {"path": "/orders/1"}]
    assert [row["@message"] for row in ask(world, group, "fields @timestamp, @message", limit=1)] == LINES[-1:]


@CLIS
def test_the_cli_runs_a_query(world, group, cli):
    now = int(time.time())
    query = world.aws(f"logs start-query --log-group-name {group} --start-time {now - 3600} --end-time {now + 60} "
                      "--query-string 'fields @timestamp, @message | filter @message like /took/ | limit 20' "
                      "--query queryId --output text", cli).stdout.strip()

    def complete():
        reply = json.loads(world.aws(f"logs get-query-results --query-id {query} --output json", cli).stdout)
        return reply if reply["status"] == "Complete" else None
    reply = await_true(complete, 60, "the query's end")
    fields = {f["field"]: f["value"] for f in reply["results"][0]}
    assert fields["@message"] == LINES[3]
    assert reply["statistics"]["recordsMatched"] == 1.0 and reply["statistics"]["recordsScanned"] >= 1.0
    record = world.client("logs").get_log_record(logRecordPointer=fields["@ptr"])["logRecord"]
    assert record["@message"] == LINES[3] and record["@logStream"] == "a"


def test_a_malformed_query_is_refused_with_its_place(world, group):
    logs, now = world.client("logs"), int(time.time())
    with pytest.raises(logs.exceptions.MalformedQueryException) as refused:
        logs.start_query(logGroupName=group, startTime=now - 60, endTime=now, queryString="fields a | fitler b = 1")
    error = refused.value.response["queryCompileError"]
    assert error["location"] == {"startCharOffset": 11, "endCharOffset": 17}
    assert "fitler" in error["message"] and "position 11" in refused.value.response["Error"]["Message"]
    with pytest.raises(logs.exceptions.ResourceNotFoundException):
        logs.start_query(logGroupName="/none", startTime=now - 60, endTime=now, queryString="fields a")


def test_the_commands_of_2026(world, group):
    assert ask(world, group, "sessionize service maxspan 1h | stats count(*) as n by session_id | sort n desc") == [
        {"session_id": "1", "n": "2"}, {"n": "1"}, {"session_id": "2", "n": "1"}]
    assert ask(world, group, "fields ms | outlier mark=true ms | stats count(*) as n, sum(is_outlier) as marked") == [
        {"n": "4", "marked": "0"}]  # three numbers have no outlier
    assert int(ask(world, group, "filter level = 'ERROR' | estimate")[0]["estimatedBytesScanned"]) > 0
    rows = ask(world, group, "logcompare timeshift 7d")
    assert sum(int(row["@sampleCount"]) for row in rows) == len(LINES)
    fields = {row["@fieldName"]: row for row in ask(world, group, "relevantfields where level = 'ERROR'")}
    assert {"level", "path", "ms", "service"} <= fields.keys()
    assert all(0 <= float(row["@relevanceScore"]) <= 1 for row in fields.values())
    assert json.loads(fields["level"]["@topRelevanceContributors"])["ERROR"] == 1
    assert fields["ms"]["@conditionalMedian"] == "7.75"


def test_a_lookup_table_names_what_events_number(world, group, tmp_path):
    logs = world.client("logs")
    (tmp_path / "owners.csv").write_text("name,owner\napi,ann\nweb,\"bob, carl\"\n")
    table = unique("owners").replace("-", "_")
    arn = world.aws(f"logs create-lookup-table --lookup-table-name {table} --table-body file://{tmp_path}/owners.csv "
                    "--query lookupTableArn --output text", cli=1).stdout.strip()
    assert ask(world, group, f"stats count(*) as n by service | lookup {table} name as service OUTPUT owner "
                             "| filter ispresent(owner) | sort service") == [
        {"service": "api", "n": "2", "owner": "ann"}, {"service": "web", "n": "1", "owner": "bob, carl"}]
    logs.update_lookup_table(lookupTableArn=arn, tableBody="name,owner\napi,dora\n")
    shown = logs.describe_lookup_tables(lookupTableNamePrefix=table)["lookupTables"][0]
    assert shown["tableFields"] == ["name", "owner"] and shown["recordsCount"] == 1
    assert logs.get_lookup_table(lookupTableArn=arn)["tableBody"] == "name,owner\napi,dora\n"
    with pytest.raises(logs.exceptions.ValidationException, match="line 2 has 1 fields"):
        logs.update_lookup_table(lookupTableArn=arn, tableBody="a,b\n1\n")
    logs.delete_lookup_table(lookupTableArn=arn)
    with pytest.raises(logs.exceptions.MalformedQueryException, match="no lookup table"):
        ask(world, group, f"lookup {table} name as service OUTPUT owner")
