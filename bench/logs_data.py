"""A seeded JSON log of any size: lines of about 311 bytes, as web services write them."""
import datetime
import random

SERVICES = ["checkout", "catalog", "payments", "search", "accounts", "shipping", "gateway", "mailer"]
LEVELS = ["DEBUG"] * 15 + ["INFO"] * 70 + ["WARN"] * 11 + ["ERROR"] * 4
PATHS = ["/api/orders/{}", "/api/items/{}", "/api/users/{}/cart", "/health", "/api/search", "/login"]
STATUSES = [200] * 80 + [201] * 6 + [304] * 5 + [404] * 5 + [500] * 2 + [502, 503]
AGENTS = ["Mozilla/5.0 (X11; Linux x86_64)", "curl/7.88.1", "okhttp/4.12.0", "python-requests/2.31"]
MESSAGES = ["request handled", "cache miss, asked the database", "retried once after a timeout",
            "token refreshed", "slow query on the replica"]
STEP_MS = 2


def lines(size_bytes, start_ms, seed=7):
    """(timestamp in ms, line) until the lines with their line feeds have that size."""
    rng = random.Random(seed)
    done, at = 0, start_ms
    while done < size_bytes:
        at += rng.randrange(STEP_MS * 2)
        when = datetime.datetime.fromtimestamp(at // 1000, datetime.timezone.utc)
        path = rng.choice(PATHS).format(rng.randrange(500))
        line = (f'{{"timestamp":"{when:%Y-%m-%dT%H:%M:%S}.{at % 1000:03d}Z","level":"{rng.choice(LEVELS)}",'
                f'"service":"{rng.choice(SERVICES)}","host":"ip-10-0-{rng.randrange(4)}-{rng.randrange(250)}",'
                f'"method":"GET","path":"{path}","status":{rng.choice(STATUSES)},'
                f'"latency_ms":{round(rng.lognormvariate(3, 1), 2):g},"bytes":{rng.randrange(50000)},'
                f'"trace_id":"{rng.getrandbits(128):032x}","agent":"{rng.choice(AGENTS)}",'
                f'"message":"{rng.choice(MESSAGES)}"}}')
        done += len(line) + 1
        yield at, line
