"""The five example systems in one world, under traffic, and what is known of what happened there.

The world runs faster than the wall clock; documents read the time with date(1). A `date` first on
PATH tells the world's time (and understands -v, as on a Mac, where one of the documents was written).
"""
import http.client
import json
import os
import pathlib
import re
import stat
import subprocess
import threading
import time

from conftest import BUILD, CLIS, OMC, ROOT, SEATRIAL, World, await_true

SPEED = 20
EXAMPLES = ROOT / "examples"
TEMPLATES = ["oh-my-coins/template.yaml", "oh-my-coins/monitoring.yaml", "solemate/template.yaml",
             "solemate/monitoring/cloudwatch-alarms.yaml", "solemate/monitoring/logging-infrastructure.yaml",
             "terraform-aws/template.yaml",
             "omnirapeutic/template.yaml", "perfect-match/template.yaml"]
SYDNEY, VIRGINIA = "ap-southeast-2", "us-east-1"
WAF_GROUP, FLOW_GROUP = "/aws/wafv2/omnirapeutic-production", "/vpc/ohmycoins-staging/flow-logs"
SLOW_GROUP = "/aws/rds/instance/perfectmatch-db/slowquery"

DATE = """#!/bin/bash
now=$(( ({world} + ($(/bin/date +%s%N) / 1000000 - {wall}) * {speed}) / 1000 ))
args=(); moment=
while [ $# -gt 0 ]; do
  case $1 in
    -d | --date) moment=$2; shift ;;
    -v-*H) moment="${{1//[!0-9]/}} hours ago" ;;
    -v-*M) moment="${{1//[!0-9]/}} minutes ago" ;;
    *) args+=("$1") ;;
  esac
  shift
done
exec /bin/date "${{args[@]}}" -d "$(/bin/date -u -d "@$now" '+%F %T UTC') $moment"
"""

# What clients of the systems do, again and again: (system, method, path).
TRAFFIC = [
    *4 * [("perfect-match", "POST", "/api/v1/events/AuthFailure?level=ERROR&message=authentication%20failed%20for%20user%207")],
    ("perfect-match", "POST", "/api/v1/events/MatchesGenerated?value=3"),
    ("perfect-match", "POST", "/api/v1/events/ActiveUsers?value=42"),
    ("perfect-match", "POST", "/api/v1/events/ActiveSessions?value=17"),
    ("perfect-match", "POST", "/api/v1/events/query?type=database&responseTime=250&message=select%20timed%20out"),
    ("perfect-match", "POST", "/api/v1/events/query?type=database&responseTime=12"),
    ("perfect-match", "POST", "/api/v1/events/pressure?message=memory%20is%20short"),
    ("solemate", "POST", "/api/v1/events/OrderPlaced?value=1"),
    ("solemate", "POST", "/api/v1/events/PaymentFailed?level=ERROR&message=ERROR%20card%20declined"),
    ("solemate", "POST", "/api/v1/events/LoginFailed?message=AUTH_FAILED&client_ip=203.0.113.9&user_id=u7"),
    ("solemate", "POST", "/api/v1/events/query?type=database&response_time=40"),
    ("omnirapeutic", "POST", "/api/v1/events/AppointmentBooked?value=1"),
    ("omnirapeutic", "POST", "/api/v1/events/sync?level=ERROR&message=ERROR%20calendar%20not%20reached"),
    ("oh-my-coins", "GET", "/api/v1/health"),
    ("oh-my-coins", "POST", "/api/v1/events/trade?level=ERROR&message=500%20database%20connection%20lost"),
]


class Systems:
    def __init__(self, folder):
        self.world = World(folder, "--speed", SPEED)
        environment = {"SEATRIAL": str(SEATRIAL), "BUILD_DIR": str(BUILD), "OMC": str(OMC), "PATH": "/usr/bin:/bin"}
        for script in ("build-image.sh", "oh-my-coins/build-images.sh"):
            subprocess.run([EXAMPLES / script, folder], check=True, capture_output=True, env=environment)
        self.world.up(*(EXAMPLES / t for t in TEMPLATES))
        self.addresses = {name: self.output(stack, output, region) for name, stack, output, region in [
            ("perfect-match", "PerfectMatch-Monitoring", "Address", VIRGINIA), ("solemate", "solemate", "Address", VIRGINIA),
            ("omnirapeutic", "omnirapeutic-monitoring", "Address", VIRGINIA),
            ("oh-my-coins", "oh-my-coins", "StagingAlbDnsName", SYDNEY)]}
        self.posted = {}  # path -> times it was answered
        self.stopping = threading.Event()
        self.write_date()
        self.put_what_others_log()
        for _ in range(8):  # staging's tasks, in turn: half of all answers are errors from now on
            self.ask("oh-my-coins", "POST", "/api/v1/faults/errors?percent=50")
        self.client = threading.Thread(target=self.use_them, daemon=True)
        self.client.start()

    def output(self, stack, name, region):
        outputs = self.world.client("cloudformation", region).describe_stacks(StackName=stack)["Stacks"][0]["Outputs"]
        return next(o["OutputValue"] for o in outputs if o["OutputKey"] == name)

    def now_ms(self):
        """The world's time, which a dashboard's date of change tells."""
        cloudwatch = self.world.client("cloudwatch")
        cloudwatch.put_dashboard(DashboardName="clock", DashboardBody='{"widgets":[]}')
        changed = cloudwatch.list_dashboards(DashboardNamePrefix="clock")["DashboardEntries"][0]["LastModified"]
        cloudwatch.delete_dashboards(DashboardNames=["clock"])
        return int(changed.timestamp() * 1000)

    def write_date(self):
        self.bin = self.world.folder / "shim"
        self.bin.mkdir()
        script = self.bin / "date"
        wall = int(time.time() * 1000)
        script.write_text(DATE.format(world=self.now_ms(), wall=wall, speed=SPEED))
        script.chmod(script.stat().st_mode | stat.S_IXUSR)

    def put_what_others_log(self):
        """Lines of a firewall, of VPC flow logs and of a database, as those would put them."""
        at = self.now_ms()
        waf = [{"action": action, "httpRequest": {"clientIp": ip}} for action, ip in
               [("BLOCK", "203.0.113.9"), ("BLOCK", "203.0.113.9"), ("BLOCK", "198.51.100.4"), ("ALLOW", "192.0.2.1")]]
        flows = [f"2 123456789012 eni-1 {src} {dst} 443 49152 6 10 {size} 1 2 ACCEPT OK" for src, dst, size in
                 [("10.0.1.5", "203.0.113.9", 4000), ("10.0.1.5", "203.0.113.9", 5000), ("10.0.1.5", "10.0.2.7", 900),
                  ("10.0.2.7", "198.51.100.4", 700)]]
        self.put_lines(WAF_GROUP, [json.dumps(line) for line in waf], VIRGINIA, at)
        self.put_lines(SLOW_GROUP, ["duration: 1203.4 ms statement: SELECT * FROM profiles"], VIRGINIA, at)
        self.world.client("logs", SYDNEY).create_log_group(logGroupName=FLOW_GROUP)
        self.put_lines(FLOW_GROUP, flows, SYDNEY, at)

    def put_lines(self, group, lines, region, at):
        logs = self.world.client("logs", region)
        logs.create_log_stream(logGroupName=group, logStreamName="test")
        logs.put_log_events(logGroupName=group, logStreamName="test",
                            logEvents=[{"timestamp": at, "message": line} for line in lines])

    def ask(self, system, method, path):
        connection = http.client.HTTPConnection(self.addresses[system], timeout=10)
        try:
            connection.request(method, path)
            return connection.getresponse().status
        finally:
            connection.close()

    def use_them(self):
        while not self.stopping.is_set():
            for system, method, path in TRAFFIC:
                try:
                    if self.ask(system, method, path) < 500:
                        self.posted[path] = self.posted.get(path, 0) + 1
                except OSError:
                    pass  # a task is being replaced
            self.stopping.wait(0.15)

    def stop_traffic(self):
        self.stopping.set()
        self.client.join(30)

    def events(self, group, region, **more):
        pages = self.world.client("logs", region).get_paginator("filter_log_events")
        return [e for page in pages.paginate(logGroupName=group, **more) for e in page["events"]]

    def messages(self, group, region):
        return [event["message"] for event in self.events(group, region)]

    def alarm_states(self, region, prefix=""):
        which = {"AlarmNamePrefix": prefix} if prefix else {}
        alarms = self.world.client("cloudwatch", region).describe_alarms(MaxRecords=100, **which)
        return {a["AlarmName"]: a["StateValue"] for a in alarms["MetricAlarms"]}

    def await_alarm(self, region, name):
        await_true(lambda: self.alarm_states(region, name).get(name) == "ALARM", 90, f"alarm {name}")

    def run(self, texts, region, folder):
        """Carries out shell steps as a document; the report's steps."""
        document = self.world.folder / "steps.md"
        for file in re.findall(r"> (/tmp/\S+)", "\n".join(texts)):
            pathlib.Path(file).parent.mkdir(parents=True, exist_ok=True)  # made by a step that is none of ours
        setting = f"cd {folder}\nexport AWS_REGION={region} AWS_DEFAULT_REGION={region}"
        fences = [f"```bash\n{text}\n```\n" for text in [setting, *texts]]
        document.write_text("# Steps\n\n" + "\n".join(fences))
        path = f"{self.bin}:{CLIS[2].parent}:{os.environ['PATH']}"
        done = subprocess.run(
            [SEATRIAL, "run", "--world", self.world.folder, "--yes", "--keep-going", "--no-input", "--follow", "2",
             "--output", "json", document],
            capture_output=True, text=True, env={**os.environ, "PATH": path}, timeout=400)
        assert done.stdout, done.stderr
        return json.loads(done.stdout)["steps"]


OURS = re.compile(r"\baws\s+(cloudwatch|logs|sns|events|cloudtrail|s3|s3api)\s")


def valid_commands(world, document):
    """The document's steps that call monitoring services and that no rule of `check` calls wrong."""
    plan = world.seatrial("run", "--dry-run", "--output", "json", "--world", world.folder, document, check=False)
    check = world.seatrial("check", "--output", "json", document, check=False)
    wrong = {}
    for finding in json.loads(check.stdout)["findings"]:
        if finding["severity"] == "error" and finding["rule"] != "not-portable":  # `date` understands -v here
            wrong.setdefault(finding["line"], []).append(finding["message"])
    steps = [s for s in json.loads(plan.stdout)["steps"] if OURS.search(s["text"].replace("\\\n", " "))]
    return [s["text"] for s in steps if not any(line in wrong for line in range(s["line"], s["end_line"] + 1))]


QUERY = re.compile(r"^(SOURCE\b|fields\b|filter\b|stats\b)")


def insights_queries(document):
    """Queries in fences: a fence may hold several, each under a comment of its own."""
    queries = []
    for fence in re.findall(r"^[ \t]*```\w*\n(.*?)^[ \t]*```", pathlib.Path(document).read_text(), re.M | re.S):
        lines, query = [line.strip() for line in fence.splitlines()], []
        for line in [*lines, ""]:
            if query and line.startswith("|") or not query and QUERY.match(line):
                query.append(line)
            elif query:
                queries.append("\n".join(query))
                query = []
    return queries
