"""Time to the first answer and idle memory of an empty world, beside moto_server."""
import statistics
import time

from common import Moto, Seatrial, resident_mb

rows = {}
for _ in range(5):
    for kind in (Seatrial, Moto):
        with kind() as server:
            time.sleep(1)
            rows.setdefault(kind.name, []).append((server.start_s * 1000, resident_mb(server.process.pid)))
print(f"{'':10}{'start ms':>10}{'idle MB':>10}")
for name, seen in rows.items():
    start, memory = (statistics.median(column) for column in zip(*seen))
    print(f"{name:10}{start:10.0f}{memory:10.1f}")
