"""Insights against a plain evaluator: random queries over random small logs give the same rows.

The reference reads a message with json.loads and works on dictionaries and lists; it shares with
the program only what AWS says of the language. Queries are made as trees, so the reference needs no
parser of its own. Also: every Insights query of the teams' runbooks, where they are on this machine,
is taken and run. Environment: SEATRIAL_SEED, SEATRIAL_INSIGHTS_CASES, SEATRIAL_INSIGHTS_ORACLE (the
program).
"""
import csv
import datetime
import functools
import io
import json
import math
import os
import pathlib
import random
import re
import statistics
import subprocess

import pytest

SEED = int(os.environ.get("SEATRIAL_SEED", "20260101"))
CASES = int(os.environ.get("SEATRIAL_INSIGHTS_CASES", "4000"))
ORACLE = os.environ.get("SEATRIAL_INSIGHTS_ORACLE", "build/insights_oracle")
RUNBOOKS = pathlib.Path(__file__).resolve().parents[2].parent / "shared" / "runbooks"
NOON = 1796040000000


class Text(str):
    """A number as the log writes it: shown so, counted as what it is."""


class When(float):
    """A time in milliseconds."""


# Values

NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", re.A)


def number(value):
    if value is None or isinstance(value, (dict, list)):
        return None
    if isinstance(value, (bool, int, float)):
        return float(value)
    return float(value) if NUMBER.fullmatch(value) else None


def shown(value):
    if value is None:
        return None
    if isinstance(value, bool):
        return "1" if value else "0"
    if isinstance(value, When):
        at = datetime.datetime.fromtimestamp(value / 1000, datetime.timezone.utc)
        return at.strftime("%Y-%m-%d %H:%M:%S.") + f"{int(value) % 1000:03}"
    if isinstance(value, (int, float)):
        if value == int(value):
            return str(int(value))
        text = f"{value:.4f}".rstrip("0").rstrip(".")
        return "0" if text == "-0" else text
    return str(value)


def is_text(value):
    return isinstance(value, str) and not isinstance(value, Text)


def equal(a, b):
    if a is None or b is None:
        return False
    if is_text(a) and is_text(b):
        return a == b
    for one, other in ((a, b), (b, a)):
        if isinstance(one, bool) and is_text(other) and other in ("true", "false"):
            return one == (other == "true")
    x, y = number(a), number(b)
    return x is not None and y is not None and x == y


def compared(a, b):
    if a is None or b is None:
        return None
    x, y = number(a), number(b)
    if x is not None and y is not None:
        return (x > y) - (x < y)
    if is_text(a) and is_text(b):
        return (a.encode() > b.encode()) - (a.encode() < b.encode())
    return None


def truth(value):
    return value == "true" or (number(value) or 0) != 0


def natural(a, b):
    for x, y in zip(re.findall(r"\d+|\D+", a, re.A), re.findall(r"\d+|\D+", b, re.A)):
        if x[0].isdigit() and y[0].isdigit() and len(x) != len(y):
            return len(x) - len(y)
        if x != y:
            return -1 if x.encode() < y.encode() else 1
    return len(re.findall(r"\d+|\D+", a, re.A)) - len(re.findall(r"\d+|\D+", b, re.A))


def sorted_as(a, b):
    if a is None or b is None:
        return (a is not None) - (b is not None)
    x, y = number(a), number(b)
    if x is not None and y is not None:
        return (x > y) - (x < y)
    if x is not None or y is not None:
        return 1 if x is not None else -1
    return natural(a, b)


# Expressions: ("field", name) ("lit", value) (operator, left, right) ("call", name, arguments...)

def field(row, name):
    if name in row:
        return row[name]
    value = row.get("@json")
    for part in name.split("."):
        if isinstance(value, dict):
            value = value.get(part)
        elif isinstance(value, list):
            value = value[int(part)] if part.isdigit() and int(part) < len(value) else None
        else:
            return None
    return value if not isinstance(value, (dict, list)) else None


CALLS = {
    "abs": lambda x: None if number(x) is None else abs(number(x)),
    "floor": lambda x: None if number(x) is None else float(math.floor(number(x))),
    "ceil": lambda x: None if number(x) is None else float(math.ceil(number(x))),
    "strlen": lambda x: None if x is None else float(len(shown(x))),
    "toupper": lambda x: None if x is None else shown(x).upper(),
    "trim": lambda x: None if x is None else shown(x).strip(),
    "ispresent": lambda x: x is not None,
    "isempty": lambda x: 0.0 if x is not None and shown(x) != "" else 1.0,
    "concat": lambda *xs: "".join(shown(x) or "" for x in xs),
    "coalesce": lambda *xs: next((x for x in xs if x is not None), None),
    "replace": lambda x, a, b: None if x is None else shown(x).replace(a, b),
    "substr": lambda x, a: None if x is None else shown(x)[int(a):],
    "strcontains": lambda x, a: float((a in shown(x)) if x is not None else a == ""),
    "startsWith": lambda x, a: float((shown(x) or "").startswith(a)),
    "greatest": lambda *xs: max((number(x) for x in xs if number(x) is not None), default=None),
}


def arithmetic(operator, a, b):
    a, b = number(a), number(b)
    if a is None or b is None:
        return None
    try:
        out = {"+": lambda: a + b, "-": lambda: a - b, "*": lambda: a * b, "/": lambda: a / b,
               "%": lambda: math.fmod(a, b)}[operator]()
    except (ZeroDivisionError, ValueError):
        return None
    return out if math.isfinite(out) else None


def value_of(e, row):
    kind = e[0]
    if kind == "field":
        return field(row, e[1])
    if kind == "lit":
        return e[1]
    if kind == "call":
        return CALLS[e[1]](*(value_of(part, row) for part in e[2:]))
    if kind == "bin":
        at = row.get("@timestamp")
        return None if at is None else When(at - at % (e[1] * 1000))
    if kind in ("and", "or", "not", "=", "!=", "<", "<=", ">", ">=", "like", "not like", "regex", "in"):
        return holds(e, row)
    return arithmetic(kind, value_of(e[1], row), value_of(e[2], row))


def holds(e, row):
    kind = e[0]
    if kind == "and":
        return holds(e[1], row) and holds(e[2], row)
    if kind == "or":
        return holds(e[1], row) or holds(e[2], row)
    if kind == "not":
        return not holds(e[1], row)
    if kind in ("like", "not like", "regex"):
        value = value_of(e[1], row)
        if value is None:
            return kind == "not like"
        found = re.search(e[2], shown(value)) is not None if kind == "regex" else e[2] in shown(value)
        return found != (kind == "not like")
    if kind == "in":
        value = value_of(e[1], row)
        return any(equal(value, other) for other in e[2])
    if kind in ("=", "!="):
        return equal(value_of(e[1], row), value_of(e[2], row)) == (kind == "=")
    if kind in ("<", "<=", ">", ">="):
        order = compared(value_of(e[1], row), value_of(e[2], row))
        return order is not None and {"<": order < 0, "<=": order <= 0, ">": order > 0, ">=": order >= 0}[kind]
    return truth(value_of(e, row))


def literal(value):
    return str(value).lower() if isinstance(value, bool) else str(value) if isinstance(value, (int, float)) \
        else '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'


def written(e):
    kind = e[0]
    if kind == "field":
        return e[1]
    if kind == "lit":
        return literal(e[1])
    if kind == "call":
        return f"{e[1]}({', '.join(written(part) for part in e[2:])})"
    if kind == "bin":
        return f"bin({e[1]}s)"
    if kind == "not":
        return f"not ({written(e[1])})"
    if kind in ("like", "not like"):
        return f"{written(e[1])} {kind} {literal(e[2])}"
    if kind == "regex":
        return f"{written(e[1])} like /{e[2]}/"
    if kind == "in":
        return f"{written(e[1])} in [{', '.join(literal(value) for value in e[2])}]"
    return f"({written(e[1])} {kind} {written(e[2])})"


# Commands

def percentile(values, percent):
    ordered = sorted(values)
    return ordered[max(1, math.ceil(percent / 100 * len(ordered))) - 1] if ordered else None


def aggregate(name, argument, rows):
    if name == "count" and argument is None:
        return float(len(rows))
    values = [v for v in (value_of(argument, row) for row in rows) if v is not None]
    numbers = [number(v) for v in values if number(v) is not None]
    if name == "count":
        return float(len(values))
    if name == "count_distinct":
        return float(len({shown(v) for v in values}))
    if name in ("min", "max"):
        return functools.reduce(lambda a, b: b if extreme(b, a) * (1 if name == "max" else -1) > 0 else a, values) \
            if values else None
    if not numbers:
        return None
    return {"sum": lambda: math.fsum(numbers), "avg": lambda: math.fsum(numbers) / len(numbers),
            "stddev": lambda: statistics.stdev(numbers) if len(numbers) > 1 else 0.0,
            "pct90": lambda: percentile(numbers, 90)}[name]()


def extreme(a, b):
    x, y = number(a), number(b)
    if x is not None and y is not None:
        return (x > y) - (x < y)
    if x is not None or y is not None:
        return -1 if x is not None else 1
    return (a.encode() > b.encode()) - (a.encode() < b.encode())


def run_stats(command, rows):
    _, items, by = command
    groups = {}
    for row in rows:
        key = tuple(shown(value_of(e, row)) for e, _ in by)
        groups.setdefault(key, ([value_of(e, row) for e, _ in by], []))[1].append(row)

    def order(a, b):
        for x, y in zip(a[0], b[0]):
            if difference := sorted_as(x, y):
                return -difference if isinstance(x, When) else difference
        return 0
    out = []
    for values, members in sorted(groups.values(), key=functools.cmp_to_key(order)):
        made = {name: value for (_, name), value in zip(by, values)}
        for function, argument, name in items:
            value = aggregate(function, argument, members)
            made[name] = None if value is None else value if not isinstance(value, Text) else value
        out.append(made)
    return out


def run_sort(command, rows):
    def order(a, b):
        for e, descending in command[1]:
            if difference := sorted_as(value_of(e, a), value_of(e, b)):
                return -difference if descending else difference
        return 0
    return sorted(rows, key=functools.cmp_to_key(order))


def run_parse(command, rows):
    out = []
    pattern = "".join("(.*?)" if part == "*" else re.escape(part) for part in re.split(r"(\*)", command[1]))
    if command[1].endswith("*"):
        pattern = pattern[:-5] + "(.*)"
    for row in rows:
        found = re.search(pattern, row["@message"], re.S)
        row = dict(row)
        for i, name in enumerate(command[2]):
            row[name] = found.group(i + 1) if found else None
        out.append(row)
    return out


def run_lookup(command, rows):
    _, _, table, match, fill, outputs = command
    out = []
    for row in rows:
        keys = [shown(field(row, name)) for _, name in match]
        found = next((line for line in table if [line[column] for column, _ in match] == keys), None)
        row = dict(row)
        before = {name: field(row, name) for _, name in outputs}
        for column, name in outputs:
            if fill and (shown(before[name]) or "") != "":
                row[name] = before[name]
            elif found or not fill:
                row[name] = found[column] if found else None
        out.append(row)
    return out


def csv_of(table):
    text = io.StringIO()
    writer = csv.DictWriter(text, table[0])
    writer.writeheader()
    writer.writerows(table)
    return text.getvalue()


def run_dedup(command, rows):
    seen, out = set(), []
    for row in rows:
        key = tuple(shown(field(row, name)) for name in command[1])
        if None not in key:
            if key in seen:
                continue
            seen.add(key)
        out.append(row)
    return out


def expected(commands, events):
    rows = []
    for index, (at, message) in enumerate(events):
        row = {"@message": message, "@timestamp": When(at), "@index": index}
        if message.startswith("{"):
            row["@json"] = json.loads(message, parse_int=Text, parse_float=Text)
        rows.append(row)
    rows.sort(key=lambda row: (row["@timestamp"], row["@index"]), reverse=True)
    columns, displayed, events_left, cut = [], False, True, False
    for command in commands:
        kind = command[0]
        if kind == "filter":
            rows = [row for row in rows if holds(command[1], row)]
        elif kind in ("fields", "display"):
            rows = [{**row, **{name: value_of(e, row) for e, name in command[1] if e != ("field", name)}} for row in rows]
            names = [name for _, name in command[1]]
            columns = names if kind == "display" else columns + [n for n in names if n not in columns]
        elif kind == "parse":
            rows = run_parse(command, rows)
            columns += command[2]
        elif kind == "stats":
            rows = run_stats(command, rows)
            columns, events_left = [name for _, name in command[2]] + [name for _, _, name in command[1]], False
        elif kind == "lookup":
            rows = run_lookup(command, rows)
            columns = columns + [name for _, name in command[5] if name not in columns]
        elif kind == "sort":
            rows = run_sort(command, rows)
        elif kind == "dedup":
            rows = run_dedup(command, rows)
        elif kind == "limit":
            rows = rows[:command[1]]
    if not columns and events_left:
        columns = ["@timestamp", "@message"]
    return [{name: shown(field(row, name)) for name in columns if field(row, name) is not None} for row in rows]


def text_of(commands):
    parts = []
    for command in commands:
        kind = command[0]
        if kind == "filter":
            parts.append("filter " + written(command[1]))
        elif kind in ("fields", "display"):
            parts.append(kind + " " + ", ".join(
                written(e) if e == ("field", name) else f"{written(e)} as {name}" for e, name in command[1]))
        elif kind == "parse":
            parts.append(f"parse @message {literal(command[1])} as {', '.join(command[2])}")
        elif kind == "lookup":
            pairs = [", ".join(a if a == b else f"{a} as {b}" for a, b in pairs) for pairs in (command[3], command[5])]
            parts.append(f"lookup {command[1]} {pairs[0]} {'OUTPUTNEW' if command[4] else 'OUTPUT'} {pairs[1]}")
        elif kind == "stats":
            items = ", ".join(
                ("count(*)" if argument is None else f"pct({written(argument)}, 90)" if function == "pct90"
                 else f"{function}({written(argument)})") + f" as {name}" for function, argument, name in command[1])
            by = ", ".join(f"{written(e)} as {name}" for e, name in command[2])
            parts.append(f"stats {items}" + (f" by {by}" if by else ""))
        elif kind == "sort":
            parts.append("sort " + ", ".join(written(e) + (" desc" if d else " asc") for e, d in command[1]))
        elif kind == "dedup":
            parts.append("dedup " + ", ".join(command[1]))
        else:
            parts.append(f"{kind} {command[1]}")
    return " | ".join(parts)


# Random ones

FIELDS = ["level", "ms", "status", "user.name", "tags.0", "ok", "none", "@message"]
WORDS = ["ERROR", "INFO", "ann", "bob", "a", "10", "9", "item9", "item10", "", " x ", "true", "é"]


class Make:
    def __init__(self, rng):
        self.rng = rng

    def message(self):
        if self.rng.random() < 0.2:
            return self.rng.choice(["user=ann took 12 ms", "user=bob took x ms", "plain", "user= took  ms", "[ERROR] a"])
        out = {}
        for name in ("level", "ms", "status", "ok"):
            if self.rng.random() < 0.75:
                out[name] = self.scalar(name)
        if self.rng.random() < 0.5:
            out["user"] = {"name": self.rng.choice(WORDS)}
        if self.rng.random() < 0.4:
            out["tags"] = [self.rng.choice(WORDS) for _ in range(self.rng.randrange(3))]
        keys = list(out)
        self.rng.shuffle(keys)
        return json.dumps({key: out[key] for key in keys}, ensure_ascii=self.rng.random() < 0.5,
                          separators=self.rng.choice([(",", ":"), (", ", ": ")]))

    def scalar(self, name):
        if name == "ms":
            return self.rng.choice([0, 1, 2.5, 12, -3, 1e3, 0.25, "7", None])
        if name == "status":
            return self.rng.choice([200, 404, 500, "200", 503])
        if name == "ok":
            return self.rng.choice([True, False, "true", 1, None])
        return self.rng.choice(WORDS)

    def operand(self, depth=2):
        choice = self.rng.random()
        if choice < 0.55 or depth == 0:
            return ("field", self.rng.choice(FIELDS))
        if choice < 0.7:
            return ("lit", self.rng.choice([0, 1, 200, 2.5, "ERROR", "10", "a", "true"]))
        if choice < 0.85:
            return (self.rng.choice("+-*/%"), self.operand(depth - 1), self.operand(depth - 1))
        name = self.rng.choice(list(CALLS))
        one = ("field", self.rng.choice(FIELDS))
        if name in ("concat", "coalesce", "greatest"):
            return ("call", name, one, self.operand(depth - 1))
        if name == "replace":
            return ("call", name, one, ("lit", self.rng.choice(["a", "10", "x"])), ("lit", "-"))
        if name == "substr":
            return ("call", name, one, ("lit", self.rng.randrange(4)))
        if name in ("strcontains", "startsWith"):
            return ("call", name, one, ("lit", self.rng.choice(["a", "E", "1"])))
        return ("call", name, one)

    def condition(self, depth=2):
        choice = self.rng.random()
        if depth and choice < 0.2:
            return (self.rng.choice(["and", "or"]), self.condition(depth - 1), self.condition(depth - 1))
        if depth and choice < 0.3:
            return ("not", self.condition(depth - 1))
        if choice < 0.4:
            return (self.rng.choice(["like", "not like"]), ("field", self.rng.choice(FIELDS)), self.rng.choice(["a", "ERR", "1", "took"]))
        if choice < 0.5:
            return ("regex", ("field", self.rng.choice(FIELDS)), self.rng.choice(["ERR", "^a", "[0-9]+", "(ann|bob)", "(?i)err", "x?a"]))
        if choice < 0.6:
            return ("in", ("field", self.rng.choice(FIELDS)), [self.rng.choice([200, "200", "ERROR", "a", 1, "10"]) for _ in range(3)])
        if choice < 0.68:
            return ("call", "ispresent", ("field", self.rng.choice(FIELDS)))
        return (self.rng.choice(["=", "!=", "<", "<=", ">", ">="]), ("field", self.rng.choice(FIELDS)), self.operand(1))

    def stats(self):
        items = []
        for i in range(1 + self.rng.randrange(3)):
            function = self.rng.choice(["count", "count", "sum", "avg", "min", "max", "stddev", "pct90", "count_distinct"])
            argument = None if function == "count" and self.rng.random() < 0.6 else ("field", self.rng.choice(FIELDS[:-1]))
            items.append((function, argument, f"s{i}"))
        by = [(("field", name), "g" + str(i)) for i, name in
              enumerate(self.rng.sample(FIELDS[:-1], self.rng.randrange(3)))]
        if self.rng.random() < 0.3:
            by.append((("bin", self.rng.choice([1, 2, 30])), "t"))
        return ("stats", items, by)

    def lookup(self):
        table = [{"level": self.rng.choice(WORDS), "key": str(self.rng.choice([0, 1, 12, 200, 404, "true"])),
                  "owner": self.rng.choice(["", "x, y", 'says "z"', "two\nlines", "7"])}
                 for _ in range(1 + self.rng.randrange(8))]
        match = self.rng.choice([[("level", "level")], [("key", "status")], [("key", "ms"), ("level", "level")],
                                 [("key", "ok")], [("level", "user.name")]])
        outputs = self.rng.choice([[("owner", "owner")], [("owner", "level"), ("key", "key")], [("key", "ms")]])
        return ("lookup", "table1", table, match, self.rng.random() < 0.5, outputs)

    def query(self):
        commands = []
        for _ in range(self.rng.randrange(3)):
            commands.append(("filter", self.condition()))
        if self.rng.random() < 0.25:
            commands.append(("parse", "user=* took * ms", ["pu", "pm"]))
        if self.rng.random() < 0.2:
            commands.append(self.lookup())
        if self.rng.random() < 0.5:
            commands.append((self.rng.choice(["fields", "fields", "display"]),
                             [(self.operand(), "x1"), (("field", "level"), "level"), (self.condition(1), "x2")]))
        if self.rng.random() < 0.45:
            commands.append(self.stats())
            if self.rng.random() < 0.3:
                commands.append(("filter", (">", ("field", "s0"), ("lit", 1))))
            if self.rng.random() < 0.3:
                commands.append(("limit", 1 + self.rng.randrange(4)))
            return commands
        if self.rng.random() < 0.4:
            commands.append(("sort", [(self.operand(1), self.rng.random() < 0.5) for _ in range(1 + self.rng.randrange(2))]))
        if self.rng.random() < 0.2:
            commands.append(("dedup", self.rng.sample(FIELDS[:-1], 1 + self.rng.randrange(2))))
        if self.rng.random() < 0.4:
            commands.append(("limit", 1 + self.rng.randrange(6)))
        return commands or [("limit", 5)]


def ask(cases):
    lines = "".join(json.dumps(case) + "\n" for case in cases)
    done = subprocess.run([ORACLE], input=lines, capture_output=True, text=True, check=True)
    return [json.loads(line) for line in done.stdout.splitlines()]


def test_random_queries_over_random_logs():
    rng = random.Random(SEED)
    make = Make(rng)
    cases = []
    for _ in range(CASES):
        commands = make.query()
        events = [[NOON + 500 * rng.randrange(20), make.message()] for _ in range(1 + rng.randrange(12))]
        tables = {command[1]: csv_of(command[2]) for command in commands if command[0] == "lookup"}
        cases.append((commands, events, {"query": text_of(commands), "events": events, "tables": tables}))
    refused = 0
    for (commands, events, case), answer in zip(cases, ask([case for _, _, case in cases])):
        if "error" in answer:
            refused += 1
            continue
        rows = [{k: v for k, v in row.items() if k != "@ptr"} for row in answer["rows"]]
        wanted = expected(commands, events)
        assert close(rows, wanted), f"{case['query']}\n{events}\n{rows}\n{wanted}"
    assert refused < CASES / 4, refused


def close(rows, others):
    """Equal, but for the last of four decimals."""
    if rows == others:
        return True
    if len(rows) != len(others):
        return False
    for a, b in zip(rows, others):
        if a.keys() != b.keys():
            return False
        for key in a:
            x, y = number(a[key]), number(b[key])
            if a[key] != b[key] and (x is None or y is None or abs(x - y) > 1.01e-4):
                return False
    return True


INSIGHTS = re.compile(r"^\s*(fields|filter|stats|SOURCE|parse)\s", re.M)


def queries_of(text):
    """Pieces of a document that are Insights queries: lines joined by | at their beginnings."""
    for block in re.findall(r"```\w*\n(.*?)```", text, re.S):
        lines = [line for line in block.splitlines() if not re.match(r"\s*(--|#)", line)]
        piece = []
        for line in lines + [""]:
            if re.match(r"\s*\|", line) and piece:
                piece.append(line)
            else:
                if len(piece) > 1:
                    yield "\n".join(piece)
                piece = [line] if INSIGHTS.match(line) else []
    yield from re.findall(r"--query-string '([^']*)'", text)


@pytest.mark.skipif(not RUNBOOKS.exists(), reason="the teams' runbooks are not on this machine")
def test_the_queries_of_the_runbooks_run():
    queries = [query for path in sorted(RUNBOOKS.glob("*.md")) for query in queries_of(path.read_text())]
    events = [[NOON, '{"response_time": 12, "level": "ERROR"}'], [NOON + 1, "ERROR SECURITY connection response_time"]]
    answers = ask([{"query": query, "events": events} for query in queries])
    assert len(queries) >= 8, queries
    for query, answer in zip(queries, answers):
        assert "rows" in answer, (query, answer)
