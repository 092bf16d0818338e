"""Metrics through boto3: what is put is read back as statistics, percentiles and metric math, also
after kill -9 in the middle of putting: every acknowledged sample is there, none twice."""
import datetime
import threading

import pytest
from botocore.exceptions import BotoCoreError, ClientError

from conftest import await_true

ROUNDS, WRITERS, BATCH = 3, 3, 40  # a batch large enough that boto3 compresses it


def window():
    now = datetime.datetime.now(datetime.timezone.utc)
    return {"StartTime": now - datetime.timedelta(hours=1), "EndTime": now + datetime.timedelta(hours=1)}


class Putter(threading.Thread):
    """Puts until the daemon dies; a writer has one request under way at most."""

    def __init__(self, world, name):
        super().__init__(daemon=True)
        self.metrics, self.name, self.acknowledged = world.client("cloudwatch"), name, 0

    def run(self):
        try:
            for number in range(100_000):
                self.metrics.put_metric_data(Namespace="Crash", MetricData=[
                    {"MetricName": self.name, "Value": number, "Unit": "Count",
                     "Dimensions": [{"Name": "Number", "Value": str(i)}, {"Name": "Padding", "Value": "x" * 200}]}
                    for i in range(BATCH)])
                self.acknowledged += 1
        except (BotoCoreError, ClientError, OSError):
            return


def stored(world, name, number):
    points = world.client("cloudwatch").get_metric_statistics(
        Namespace="Crash", MetricName=name, Period=60, Statistics=["SampleCount", "Sum"], **window(),
        Dimensions=[{"Name": "Number", "Value": str(number)}, {"Name": "Padding", "Value": "x" * 200}])["Datapoints"]
    return sum(p["SampleCount"] for p in points), sum(p["Sum"] for p in points)


def test_no_acknowledged_sample_is_lost(fresh_world):
    fresh_world.up()
    for round_number in range(ROUNDS):
        putters = [Putter(fresh_world, f"m{round_number}-{n}") for n in range(WRITERS)]
        for putter in putters:
            putter.start()
        await_true(lambda: all(p.acknowledged >= 5 * (round_number + 1) for p in putters), what="some acknowledgements")
        fresh_world.kill()
        for putter in putters:
            putter.join()
        fresh_world.up()
        for putter in putters:
            counts = {stored(fresh_world, putter.name, number) for number in (0, BATCH - 1)}
            assert len(counts) == 1, "a request was taken in part"
            count, total = counts.pop()
            assert putter.acknowledged <= count <= putter.acknowledged + 1
            assert total == count * (count - 1) / 2, "a sample is missing or there twice"


def test_statistics_and_math(world):
    metrics = world.client("cloudwatch")
    metrics.put_metric_data(Namespace="Live/Math", MetricData=[
        {"MetricName": "latency", "Values": [float(v) for v in range(1, 101)], "Unit": "Milliseconds"},
        {"MetricName": "errors", "Value": 5}, {"MetricName": "calls", "Value": 20}])
    point, = metrics.get_metric_statistics(
        Namespace="Live/Math", MetricName="latency", Period=7200, ExtendedStatistics=["p90", "TM(10%:90%)", "PR(:25)"],
        **window())["Datapoints"]
    assert point["ExtendedStatistics"] == {"p90": 90, "TM(10%:90%)": 50.5, "PR(:25)": 25}
    queries = [{"Id": "rate", "Expression": "100 * errors / calls", "Label": "rate ${LAST}"}] + [
        {"Id": name, "ReturnData": False,
         "MetricStat": {"Metric": {"Namespace": "Live/Math", "MetricName": name}, "Period": 3600, "Stat": "Sum"}}
        for name in ("errors", "calls")]
    result, = metrics.get_metric_data(MetricDataQueries=queries, **window())["MetricDataResults"]
    assert (result["Values"], result["Label"]) == ([25.0], "rate 25")
    with pytest.raises(ClientError, match="Function 'FOO' not found"):
        metrics.get_metric_data(MetricDataQueries=[{"Id": "e", "Expression": "FOO(1)"}], **window())
    with pytest.raises(ClientError, match="less than or equal to 30"):
        metrics.put_metric_data(Namespace="Live/Math", MetricData=[
            {"MetricName": "m", "Value": 1, "Dimensions": [{"Name": f"d{i}", "Value": "v"} for i in range(31)]}])
