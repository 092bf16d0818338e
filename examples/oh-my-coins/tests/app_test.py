"""The sample service as a process: its answers, limits, faults and orderly end.

Every program starts on port 0 and is found by its start line. OMC names the program.
"""

import concurrent.futures
import http.client
import http.server
import json
import os
import re
import signal
import socket
import subprocess
import threading
import time
import urllib.parse

import botocore.auth
import botocore.awsrequest
import botocore.credentials
import pytest

OMC = os.environ.get("OMC", "build/examples/oh-my-coins/omc")
HOST = "127.0.0.1"


class Program:
    """One running role; lines of both streams are kept as they come."""

    def __init__(self, role, **environment):
        self.process = subprocess.Popen(
            [OMC, role],
            env={"HOST": HOST, "PORT": "0", **environment},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self.lines = []
        self.changed = threading.Condition()
        self.reader = threading.Thread(target=self._read, daemon=True)
        self.reader.start()

    def _read(self):
        for line in self.process.stdout:
            with self.changed:
                self.lines.append(line.rstrip("\n"))
                self.changed.notify_all()

    def await_line(self, pattern):
        def found():
            return next((m for line in self.lines if (m := re.search(pattern, line))), None)

        with self.changed:
            assert self.changed.wait_for(found, timeout=10), (pattern, self.lines)
            return found()

    @property
    def port(self):
        return int(self.await_line(r"listening on [\d.]+:(\d+)").group(1))

    def ask(self, path, method="GET", body=None, headers=None):
        connection = http.client.HTTPConnection(self.host, self.port, timeout=10)
        connection.request(method, path, body=body, headers=headers or {})
        answer = connection.getresponse()
        text = answer.read().decode()
        connection.close()
        return answer.status, text

    @property
    def host(self):
        return self.await_line(r"listening on ([\d.]+):\d+").group(1)

    def raw(self, data):
        """What the peer answers to raw bytes until it closes."""
        with socket.create_connection((HOST, self.port), timeout=10) as peer:
            peer.sendall(data)
            peer.shutdown(socket.SHUT_WR)
            return b"".join(iter(lambda: peer.recv(65536), b"")).decode()

    def errors(self):
        return [line for line in self.lines if line.startswith("ERROR")]

    def terminate(self):
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(timeout=5)


@pytest.fixture
def start():
    programs = []

    def begin(role, **environment):
        programs.append(Program(role, **environment))
        return programs[-1]

    yield begin
    for program in programs:
        program.process.kill()
        program.process.wait()
        program.reader.join()
        program.process.stdout.close()


@pytest.fixture
def backend(start):
    """A backend with both stores, and the stores."""
    database, redis = start("store", STORE_PASSWORD="pw"), start("store")
    program = start(
        "backend",
        DATABASE_PORT=str(database.port),
        DATABASE_PASSWORD="pw",
        REDIS_PORT=str(redis.port),
    )
    return program, database, redis


def test_health_answers_as_documented(backend):
    status, text = backend[0].ask("/api/v1/health")
    answer = json.loads(text)
    assert status == 200
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", answer.pop("timestamp"))
    assert answer == {
        "status": "healthy",
        "database": "connected",
        "redis": "connected",
        "version": "1.0.0",
    }
    assert backend[0].errors() == []


def test_health_says_which_store_is_gone(backend):
    program, database, _ = backend
    database.terminate()
    status, text = program.ask("/api/v1/health")
    answer = json.loads(text)
    assert (status, answer["status"]) == (503, "unhealthy")
    assert (answer["database"], answer["redis"]) == ("disconnected", "connected")
    program.await_line(r"^ERROR .* database does not answer")


def test_a_wrong_password_is_not_connected(start):
    store = start("store", STORE_PASSWORD="right")
    port = str(store.port)
    probe = start("store")
    with socket.create_connection((HOST, store.port), timeout=10) as peer:
        peer.sendall(b"GET a\nAUTH wrong\nAUTH right\nSET a b c\nGET a\nDEL a\nGET a\nNO x\n")
        peer.shutdown(socket.SHUT_WR)
        lines = b"".join(iter(lambda: peer.recv(4096), b"")).decode().splitlines()
    assert lines[:7] == ["ERR AUTH first", "ERR wrong password", "OK", "OK", "VALUE b c", "OK", "NONE"]
    assert lines[7].startswith("ERR expected")
    program = start("backend", DATABASE_PORT=str(probe.port), REDIS_PORT=port, REDIS_PASSWORD="right")
    assert program.ask("/api/v1/health")[0] == 200


def test_unset_stores_are_not_claimed_connected(start):
    status, text = start("backend").ask("/api/v1/health")
    answer = json.loads(text)
    assert status == 503
    assert (answer["database"], answer["redis"]) == ("not configured", "not configured")


def test_localhost_is_the_address_the_task_was_given(start):
    own = {"HOST": "127.23.4.5"}
    database, redis = start("store", **own), start("store", **own)
    links = {"DATABASE_HOST": "localhost", "REDIS_HOST": "localhost"}
    ports = {"DATABASE_PORT": str(database.port), "REDIS_PORT": str(redis.port)}
    assert start("backend", **own, **links, **ports).ask("/api/v1/health")[0] == 200
    elsewhere = start("backend", HOST="0.0.0.0", **links, **ports)
    elsewhere.await_line(f"waiting for database at 127.0.0.1:{database.port}")


def test_backend_routes(start):
    program = start("backend", VERSION='1.1.0"x')
    assert program.ask("/api/v1/utils/health-check/") == (200, "true")
    assert json.loads(program.ask("/api/v1/version")[1]) == {
        "service": "omc-backend",
        "version": '1.1.0"x',
    }
    assert program.ask("/nowhere")[0] == 404
    assert program.ask("/api/v1/version", "DELETE")[0] == 405


def test_frontend_page_and_head(start):
    program = start("frontend", PAGE_TITLE="Coins <&>", VERSION="1.1.0")
    status, page = program.ask("/")
    assert status == 200
    assert "<h1>Coins &lt;&amp;&gt;</h1>" in page and "Version 1.1.0" in page
    head = program.raw(b"HEAD / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
    assert head.startswith("HTTP/1.1 200 OK\r\n") and head.endswith("\r\n\r\n")
    assert f"Content-Length: {len(page)}\r\n" in head
    assert program.ask("/api/v1/health")[0] == 404
    program.await_line(r"^INFO \S+ 200 HEAD / response_time_ms=\d+$")


def test_connections_are_kept_alive_and_pipelined(start):
    program = start("frontend")
    one = b"GET /api/v1/version HTTP/1.1\r\nHost: x\r\n\r\n"
    post = b"POST / HTTP/1.1\r\nContent-Length: 5\r\n\r\nhello"
    text = program.raw(one + post + one)
    assert [int(s) for s in re.findall(r"HTTP/1.1 (\d+)", text)] == [200, 405, 200]


@pytest.mark.parametrize(
    "data, status",
    [
        (b"GET / HTTP/1.1\r\nX: " + b"a" * 9000 + b"\r\n\r\n", 431),
        (b"POST / HTTP/1.1\r\nContent-Length: 65537\r\n\r\n", 413),
        (b"POST / HTTP/1.1\r\nContent-Length: 99999999999999999999\r\n\r\n", 413),
        (b"POST / HTTP/1.1\r\nContent-Length: -1\r\n\r\n", 400),
        (b"POST / HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n", 400),
        (b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 501),
        (b"GET http HTTP/1.1\r\n\r\n", 400),
        (b"GET /a\x01 HTTP/1.1\r\n\r\n", 400),
        (b"GET / HTTP/2\r\n\r\n", 400),
        (b"nonsense\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\nno colon\r\n\r\n", 400),
    ],
)
def test_bad_requests_are_refused_and_the_service_goes_on(start, data, status):
    program = start("frontend")
    assert program.raw(data).startswith(f"HTTP/1.1 {status} ")
    assert program.ask("/")[0] == 200


def test_many_connections_at_once(start):
    program = start("frontend")
    peers = [socket.create_connection((HOST, program.port), timeout=10) for _ in range(300)]
    for peer in peers:
        peer.sendall(b"GET /api/v1/version HTTP/1.1\r\n\r\n")
    assert all(peer.recv(4096).startswith(b"HTTP/1.1 200") for peer in peers)
    for peer in peers:
        peer.close()


def test_fault_errors_hits_its_share_and_not_the_health_check(backend):
    program = backend[0]
    assert program.ask("/faults/errors?percent=25", "POST")[0] == 200
    statuses = [program.ask("/api/v1/version")[0] for _ in range(100)]
    assert statuses.count(500) == 25
    assert program.ask("/api/v1/health")[0] == 200
    program.await_line(r"^ERROR \S+ 500 GET /api/v1/version")
    program.ask("/api/v1/faults/off")
    assert {program.ask("/api/v1/version")[0] for _ in range(10)} == {200}


def test_fault_slow_delays_each_answer_alone(start):
    program = start("frontend")
    program.ask("/faults/slow?ms=300")
    began = time.monotonic()
    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: program.ask("/")[0], range(8)))
    took = time.monotonic() - began
    assert answers == [200] * 8
    assert 0.3 <= took < 8 * 0.3


def test_fault_leak_takes_real_memory_and_off_gives_it_back(start):
    def resident_mb():
        with open(f"/proc/{program.process.pid}/statm") as statm:
            return int(statm.read().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 2**20

    program = start("frontend")
    assert program.port and resident_mb() < 10
    program.ask("/faults/leak?mb=40")
    assert resident_mb() > 40
    program.ask("/faults/off")
    assert resident_mb() < 15


def test_fault_unhealthy_shows_where_the_load_balancer_looks(backend, start):
    backend[0].ask("/faults/unhealthy")
    assert backend[0].ask("/api/v1/health")[0] == 503
    assert backend[0].ask("/api/v1/version")[0] == 200
    assert start("frontend", FAULT="unhealthy").ask("/")[0] == 503


def test_fault_crash_answers_and_ends_with_1(start):
    program = start("backend")
    assert program.ask("/faults/crash")[0] == 200
    assert program.process.wait(timeout=5) == 1
    at_start = start("backend", FAULT="crash")
    assert at_start.ask("/api/v1/version")[0] == 200
    assert at_start.process.wait(timeout=5) == 1


def test_fault_exit_at_start(start):
    program = start("backend", FAULT="exit:7")
    assert program.process.wait(timeout=5) == 7
    program.await_line("^ERROR .*code 7")


@pytest.mark.parametrize(
    "path", ["/faults/none", "/faults/slow", "/faults/slow?ms=x", "/faults/errors?percent=101",
             "/faults/leak?mb=-1", "/faults/off?x=1", "/faults/exit?code=1"]
)
def test_a_fault_that_makes_no_sense_is_refused(start, path):
    program = start("frontend")
    assert program.ask(path)[0] == 400
    assert program.ask("/")[0] == 200


@pytest.mark.parametrize(
    "role, environment, message",
    [
        ("backend", {"PORT": "70000"}, "PORT must be a port"),
        ("backend", {"HOST": "nowhere.example"}, "HOST must be"),
        ("backend", {"REDIS_PORT": "x"}, "REDIS_PORT must be"),
        ("backend", {"FAULT": "slow"}, "FAULT: fault slow needs a number"),
        ("frontend", {"FAULT": "boom"}, "no fault 'boom'"),
        ("other", {}, "usage: omc"),
    ],
)
def test_bad_settings_stop_the_start(start, role, environment, message):
    program = start(role, **environment)
    assert program.process.wait(timeout=5) == 2
    program.await_line("^ERROR .*" + re.escape(message))


def test_a_taken_port_is_a_clear_error(start):
    other = start("frontend", PORT=str(start("frontend").port))
    assert other.process.wait(timeout=5) == 1
    other.await_line("^ERROR .*cannot listen on .*: Address already in use")


@pytest.mark.parametrize("role", ["frontend", "store"])
def test_sigterm_ends_within_two_seconds_with_idle_connections_open(start, role):
    program = start(role)
    with socket.create_connection((HOST, program.port), timeout=10):
        began = time.monotonic()
        assert program.terminate() == 0
        assert time.monotonic() - began < 2
    program.await_line("stopped, 0 connections unfinished")


def test_sigterm_finishes_the_open_request(start):
    program = start("frontend", FAULT="slow:700")
    with socket.create_connection((HOST, program.port), timeout=10) as peer:
        peer.sendall(b"GET /api/v1/version HTTP/1.1\r\n\r\n")
        # A second answered request shows that the first one, sent before it, is being served.
        program.ask("/faults/slow?ms=700")
        program.process.send_signal(signal.SIGTERM)
        text = b"".join(iter(lambda: peer.recv(4096), b"")).decode()
    assert text.startswith("HTTP/1.1 200 OK") and "Connection: close" in text
    assert program.process.wait(timeout=5) == 0


def test_sigterm_while_waiting_for_stores_ends_at_once(start):
    with socket.socket() as unused:
        unused.bind((HOST, 0))
        program = start("backend", DATABASE_PORT=str(unused.getsockname()[1]))
        program.await_line("waiting for database")
        began = time.monotonic()
        assert program.terminate() == 0
        assert time.monotonic() - began < 2


def test_a_backend_that_starts_before_its_stores_logs_no_error(start):
    with socket.socket() as reserved:
        reserved.bind((HOST, 0))
        port = str(reserved.getsockname()[1])
        program = start("backend", DATABASE_PORT=port, REDIS_PORT=port)
        program.await_line("waiting for database")
    start("store", PORT=port)
    assert program.ask("/api/v1/health")[0] == 200
    assert program.errors() == []


def json_lines(program):
    return [json.loads(line) for line in program.lines if line.startswith("{")]


def test_a_json_log_has_the_fields_that_metric_filters_read(start):
    program = start("backend", LOG_FORMAT="json", ENVIRONMENT="Production", HEALTH_PATH="/health")
    assert program.ask("/health") == (200, "true")
    program.await_line('"path":"/health"')
    line = next(line for line in json_lines(program) if line.get("type") == "request")
    assert line["Environment"] == "Production" and line["level"] == "INFO"
    assert line["status"] == 200 and line["path"] == "/health" and line["response_time"] >= 0
    assert line["responseTime"] == line["response_time"]
    program.ask("/faults/unhealthy")
    assert program.ask("/health")[0] == 503
    program.await_line('"level":"ERROR".*"status":503')


def test_an_event_is_one_line_of_its_fields(start):
    program = start("backend", LOG_FORMAT="json")
    status, _ = program.ask("/api/v1/events/query?type=database&responseTime=250.5&id=007", "POST")
    assert status == 202
    program.ask("/api/v1/events/AuthFailed?level=ERROR&message=authentication%20failed+for+%22a%22")
    program.await_line("AuthFailed.*failed for")
    query, failed = [line for line in json_lines(program) if "event" in line]
    assert (query["type"], query["responseTime"], query["id"]) == ("database", 250.5, "007")
    assert (failed["level"], failed["message"]) == ("ERROR", 'authentication failed for "a"')


@pytest.mark.parametrize("path", ["", "a-b", "x?=1", "x?a", "x?a=%4", "x?a=%zz", "x?a=" + "v" * 201,
                                  "x?" + "&".join(f"f{i}=1" for i in range(12))])
def test_an_event_that_is_none_is_refused_and_not_logged(start, path):
    program = start("backend", LOG_FORMAT="json")
    assert program.ask("/api/v1/events/" + path)[0] == 400
    assert not [line for line in json_lines(program) if "event" in line]


def test_a_log_format_that_is_none_stops_the_start(start):
    program = start("backend", LOG_FORMAT="xml")
    assert program.process.wait(timeout=10) == 2


class Api(http.server.BaseHTTPRequestHandler):
    """Takes PutMetricData and checks its signature with botocore's."""

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        request = botocore.awsrequest.AWSRequest("POST", f"http://{self.headers['Host']}/", data=body, headers={
            "Content-Type": self.headers["Content-Type"], "Host": self.headers["Host"]})
        request.context["timestamp"] = self.headers["X-Amz-Date"]
        signer = botocore.auth.SigV4Auth(botocore.credentials.Credentials("AKIA", "secret"), "monitoring", "us-east-1")
        request.headers["X-Amz-Date"] = self.headers["X-Amz-Date"]
        signature = signer.signature(signer.string_to_sign(request, signer.canonical_request(request)), request)
        if signature in self.headers["Authorization"]:
            self.server.calls.append(dict(urllib.parse.parse_qsl(body.decode())))
        self.send_response(200 if signature in self.headers["Authorization"] else 403)
        self.end_headers()

    def log_message(self, *_):
        pass


@pytest.fixture
def api():
    server = http.server.ThreadingHTTPServer((HOST, 0), Api)
    server.calls = []
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.shutdown()


def publishing(api, **more):
    return {"AWS_ENDPOINT_URL": f"http://{HOST}:{api.server_port}", "AWS_REGION": "us-east-1", "AWS_ACCESS_KEY_ID": "AKIA",
            "AWS_SECRET_ACCESS_KEY": "secret", "ENVIRONMENT": "Production", "METRICS_ENVIRONMENT": "yes",
            "METRICS": "OrderPlaced=SoleMate/Business:OrdersPlaced request=SoleMate/Performance:ApiTime:response_time", **more}


def awaited(condition):
    end = time.monotonic() + 10
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.02)


def test_events_and_requests_become_signed_metrics(start, api):
    program = start("backend", **publishing(api))
    program.ask("/api/v1/events/OrderPlaced?value=3&shop=a+b", "POST")
    program.ask("/api/v1/events/Unknown?value=9", "POST")

    def business():
        return [c for c in api.calls if c["Namespace"] == "SoleMate/Business"]

    awaited(lambda: business() and len(api.calls) > 1)
    assert business() == [{
        "Action": "PutMetricData", "Version": "2010-08-01", "Namespace": "SoleMate/Business",
        "MetricData.member.1.MetricName": "OrdersPlaced", "MetricData.member.1.Value": "3",
        "MetricData.member.1.Dimensions.member.1.Name": "Environment",
        "MetricData.member.1.Dimensions.member.1.Value": "Production"}]


def test_metrics_that_are_not_taken_are_told_and_hold_up_nothing(start, api):
    program = start("backend", **publishing(api, AWS_SECRET_ACCESS_KEY="other"))
    assert program.ask("/api/v1/events/OrderPlaced")[0] == 202
    program.await_line("ERROR .*SoleMate/Business not put: HTTP/1.0 403")


@pytest.mark.parametrize("wrong", [{"METRICS": "a"}, {"AWS_ENDPOINT_URL": "https://x"}, {"AWS_ACCESS_KEY_ID": ""}])
def test_metric_settings_that_make_no_sense_stop_the_start(start, api, wrong):
    assert start("backend", **publishing(api, **wrong)).process.wait(timeout=10) == 2
