"""What the benchmarks share: a world, a moto_server, and waiting for either."""
import json
import pathlib
import shutil
import socket
import subprocess
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
SEATRIAL = HERE.parent / "build" / "seatrial"
REGION = "ap-southeast-2"


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def wait_for(port, timeout_s=30):
    deadline = time.monotonic() + timeout_s
    while time.monotonic() < deadline:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
            return
        except OSError:
            time.sleep(0.002)
    raise SystemExit(f"nothing listens on {port}")


class Seatrial:
    name = "seatrial"

    def __enter__(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="seatrial-bench-"))
        self.port = free_port()
        begin = time.monotonic()
        self.process = subprocess.Popen([SEATRIAL, "up", "--world", self.folder, "--port", str(self.port),
                                         "--region", REGION], stderr=subprocess.DEVNULL)
        wait_for(self.port)
        self.start_s = time.monotonic() - begin
        endpoint = self.folder / "run" / "endpoint.json"
        while not endpoint.exists():
            time.sleep(0.002)
        self.keys = json.loads(endpoint.read_text())
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait()
        shutil.rmtree(self.folder, ignore_errors=True)


class Moto:
    name = "moto"

    def __enter__(self):
        self.port = free_port()
        begin = time.monotonic()
        self.process = subprocess.Popen([HERE / ".venv/bin/moto_server", "-H", "127.0.0.1", "-p", str(self.port)],
                                        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        wait_for(self.port)
        self.start_s = time.monotonic() - begin
        self.keys = {"access_key_id": "AKIATEST", "secret_access_key": "secret"}
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait()


def resident_mb(pid):
    for line in pathlib.Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS"):
            return int(line.split()[1]) / 1024
    return 0.0
