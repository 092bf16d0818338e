"""Metric math against a plain evaluator: random expressions over random small series, same values.

The reference works on dictionaries from minute to value and shares with the program only what the
user guide says of each function. Expressions are made as trees with types, so the reference needs no
parser; they are written with as few parentheses as the operators' order allows. Values that rounding
alone would decide (a comparison of nearly equal numbers) are passed over. Environment: SEATRIAL_SEED,
SEATRIAL_MATH_CASES, SEATRIAL_MATH_ORACLE (the program).
"""
import datetime
import json
import math
import os
import random
import subprocess

SEED = int(os.environ.get("SEATRIAL_SEED", "20260101"))
CASES = int(os.environ.get("SEATRIAL_MATH_CASES", "20000"))
ORACLE = os.environ.get("SEATRIAL_MATH_ORACLE", "build/math_oracle")
MINUTES = 6
START = 1767225600  # where the program's paper series begin
NAN = float("nan")


class Undecided(Exception):
    """Rounding would decide."""


def decided(a, b):
    if a != b and abs(a - b) <= 1e-9 * max(1.0, abs(a), abs(b)):
        raise Undecided


def power(a, b):
    if a == 0 and b < 0:
        return math.inf
    try:
        return math.pow(a, b)
    except OverflowError:
        return math.inf
    except ValueError:
        return NAN


def compare(test):
    def operator(a, b):
        decided(a, b)
        return float(test(a, b))
    return operator


def truth(a):
    decided(a, 0.0)
    return a != 0


OPERATORS = {  # how it binds, and what it is
    "||": (1, lambda a, b: float(truth(a) | truth(b))), "&&": (2, lambda a, b: float(truth(a) & truth(b))),
    "==": (3, compare(lambda a, b: a == b)), "!=": (3, compare(lambda a, b: a != b)),
    "<": (3, compare(lambda a, b: a < b)), "<=": (3, compare(lambda a, b: a <= b)),
    ">": (3, compare(lambda a, b: a > b)), ">=": (3, compare(lambda a, b: a >= b)),
    "+": (4, lambda a, b: a + b), "-": (4, lambda a, b: a - b),
    "*": (5, lambda a, b: a * b), "/": (5, lambda a, b: NAN if b == 0 else a / b),
    "^": (7, power)}


def operate(sign, a, b):
    if math.isnan(a) or math.isnan(b):
        return NAN
    return OPERATORS[sign][1](a, b)


def finite(series):
    return {at: value for at, value in series.items() if math.isfinite(value)}


def binary(sign, left, right):
    if isinstance(left, list):
        return [binary(sign, one, right) for one in left]
    if isinstance(right, list):
        return [binary(sign, left, one) for one in right]
    if isinstance(left, dict) and isinstance(right, dict):  # a missing operand counts as 0
        return finite({at: operate(sign, left.get(at, 0.0), right.get(at, 0.0))
                       for at in sorted({*left, *right})})
    if isinstance(left, dict):
        return finite({at: operate(sign, value, right) for at, value in left.items()})
    if isinstance(right, dict):
        return finite({at: operate(sign, left, value) for at, value in right.items()})
    return operate(sign, left, right)


def each(change):
    def function(value):
        if isinstance(value, list):
            return [finite(change(one)) for one in value]
        return finite(change(value))
    return function


def mapped(change):
    def guarded(value):
        try:
            return float(change(value))
        except ValueError:
            return NAN
    return each(lambda series: {at: guarded(value) for at, value in series.items()})


def rounding(change):
    def careful(value):
        decided(value, float(round(value)))
        return change(value)
    return careful


def previous(change):
    def differences(series):
        times = sorted(series)
        return {now: change(now - before, series[now] - series[before]) for before, now in zip(times, times[1:])}
    return each(differences)


def running_sum(series):
    total, out = 0.0, {}
    for at in sorted(series):
        total += series[at]
        out[at] = total
    return out


def fill(value, how):
    def filled(series):
        out = dict(series)
        for at in range(MINUTES):
            if at in series:
                continue
            before, after = [t for t in series if t < at], [t for t in series if t > at]
            if how == "REPEAT":
                if before:
                    out[at] = series[max(before)]
            elif how == "LINEAR":
                if before and after:
                    a, b = max(before), min(after)
                    out[at] = series[a] + (series[b] - series[a]) * (at - a) / (b - a)
            elif isinstance(how, dict):
                if at in how:
                    out[at] = how[at]
            elif math.isfinite(how):
                out[at] = how
        return dict(sorted(out.items()))
    return [filled(one) for one in value] if isinstance(value, list) else filled(value)


def deviation(values):
    mean = sum(values) / len(values)
    return math.sqrt(sum((value - mean) * (value - mean) for value in values) / len(values))


def reduction(of, missing_count=False, empty=NAN):
    """Of a series to a scalar; of an array at each minute, where `missing_count` has gaps count as 0."""
    def function(value):
        if isinstance(value, dict):
            return of(list(value.values()), len(value)) if value else empty
        out = {}
        for at in sorted({t for series in value for t in series}):
            here = [series[at] for series in value if at in series]
            out[at] = of(here, len(value) if missing_count else len(here))
        return finite(out)
    return function


REDUCTIONS = {
    "AVG": reduction(lambda values, n: sum(values) / n, missing_count=True),
    "SUM": reduction(lambda values, n: float(sum(values)), empty=0.0),
    "MIN": reduction(lambda values, n: min(values)), "MAX": reduction(lambda values, n: max(values)),
    "STDDEV": reduction(lambda values, n: deviation(values)),
    "DATAPOINT_COUNT": reduction(lambda values, n: float(len(values)), empty=0.0)}

CHANGES = {
    "ABS": mapped(abs), "CEIL": mapped(rounding(math.ceil)), "FLOOR": mapped(rounding(math.floor)),
    "LOG": mapped(math.log), "LOG10": mapped(math.log10),
    "DIFF": previous(lambda minutes, change: change), "DIFF_TIME": previous(lambda minutes, change: minutes * 60.0),
    "RATE": previous(lambda minutes, change: change / (minutes * 60.0)), "RUNNING_SUM": each(running_sum)}


def when(part):
    def function(_series):
        return {at: float(part(datetime.datetime.fromtimestamp(START + at * 60, datetime.timezone.utc)))
                for at in range(MINUTES)}
    return function


TIMES = {"MINUTE": when(lambda t: t.minute), "HOUR": when(lambda t: t.hour), "DAY": when(lambda t: t.isoweekday()),
         "DATE": when(lambda t: t.day), "MONTH": when(lambda t: t.month), "YEAR": when(lambda t: t.year),
         "EPOCH": when(lambda t: t.timestamp())}


def choose(condition, yes, no):
    def at(value, minute):
        if isinstance(value, dict):
            return value.get(minute)
        return value if math.isfinite(value) else None
    if isinstance(condition, dict):
        out = {}
        for minute, flag in condition.items():
            value = at(yes, minute) or 0.0 if truth(flag) else None if no is None else at(no, minute)
            if value is not None:
                out[minute] = value
        return out
    if not math.isnan(condition) and truth(condition):
        return yes
    return {} if no is None else no


def sort(array, key, order, limit):
    keyed = [(REDUCTIONS[key](series) if series else NAN, i) for i, series in enumerate(array)]
    for a, _ in keyed:
        for b, _ in keyed:
            if not (math.isnan(a) or math.isnan(b)):
                decided(a, b)
    keyed.sort(key=lambda k: (math.isnan(k[0]), 0 if math.isnan(k[0]) else k[0] if order == "ASC" else -k[0]))
    return [array[i] for _, i in keyed][:limit]


class Maker:
    """Makes a tree and its text at once; its value is computed on the way: (text, binding, value)."""

    def __init__(self, rng, metrics):
        self.rng, self.metrics = rng, metrics

    def pick(self, *makers):
        return self.rng.choice(makers)

    def scalar(self, depth):
        if depth == 0 or self.rng.random() < 0.4:
            number = self.rng.choice([0, 1, 2, 3, 0.5, 2.5, 10, 100])
            return str(number), 9, float(number)
        return self.pick(lambda: self.operation(self.scalar, self.scalar, depth),
                         lambda: self.call(self.rng.choice(list(REDUCTIONS)), [self.series(depth - 1)], REDUCTIONS),
                         lambda: self.count(depth), self.period,
                         lambda: self.negated(self.scalar(depth - 1)))()

    def series(self, depth):
        if depth == 0 or self.rng.random() < 0.25:
            name = self.rng.choice(list(self.metrics))
            return name, 9, self.metrics[name]
        return self.pick(lambda: self.operation(self.series, self.series, depth),
                         lambda: self.operation(self.series, self.scalar, depth),
                         lambda: self.operation(self.scalar, self.series, depth),
                         lambda: self.call(self.rng.choice(list(CHANGES)), [self.series(depth - 1)], CHANGES),
                         lambda: self.call(self.rng.choice(list(REDUCTIONS)), [self.array(depth - 1)], REDUCTIONS),
                         lambda: self.call(self.rng.choice(list(TIMES)), [self.series(depth - 1)], TIMES),
                         lambda: self.filled(self.series(depth - 1), depth), lambda: self.conditional(depth),
                         lambda: self.end_of(depth), lambda: self.constant(depth),
                         lambda: self.negated(self.series(depth - 1)))()

    def array(self, depth):
        if depth == 0 or self.rng.random() < 0.3:
            return self.pick(lambda: ("METRICS()", 9, list(self.metrics.values())), self.named)()
        return self.pick(lambda: self.listed(depth), lambda: self.operation(self.array, self.scalar, depth),
                         lambda: self.operation(self.series, self.array, depth),
                         lambda: self.call(self.rng.choice(list(CHANGES)), [self.array(depth - 1)], CHANGES),
                         lambda: self.filled(self.array(depth - 1), depth), lambda: self.sliced(depth),
                         lambda: self.sorted(depth), lambda: self.without_empty(depth))()

    def call(self, name, arguments, table):
        text = f"{name}({', '.join(text for text, _, _ in arguments)})"
        return text, 9, table[name](*(value for _, _, value in arguments))

    def operation(self, left, right, depth):
        sign = self.rng.choice(list(OPERATORS))
        binds = OPERATORS[sign][0]
        a, b = left(depth - 1), right(depth - 1)
        strict = sign == "^" or binds == 3  # no chains of these
        text_a = f"({a[0]})" if a[1] < binds or (strict and a[1] == binds) else a[0]
        text_b = f"({b[0]})" if b[1] <= binds else b[0]
        return f"{text_a} {sign} {text_b}", binds, binary(sign, a[2], b[2])

    def negated(self, inner):
        return f"-({inner[0]})", 6, binary("*", -1.0, inner[2])

    def count(self, depth):
        text, _, value = self.array(depth - 1)
        return f"METRIC_COUNT({text})", 9, float(len(value))

    def period(self):
        return f"PERIOD({self.rng.choice(list(self.metrics))})", 9, 60.0

    def constant(self, depth):
        text, _, value = self.scalar(depth - 1)
        return f"TIME_SERIES({text})", 9, {at: value for at in range(MINUTES)} if math.isfinite(value) else {}

    def named(self):
        part = self.rng.choice(["m", "m1", "e", "x"])
        return f'METRICS("{part}")', 9, [series for name, series in self.metrics.items() if part in name]

    def listed(self, depth):
        parts = [self.rng.choice([self.series, self.array])(depth - 1) for _ in range(self.rng.randint(1, 3))]
        flat = []
        for _, _, value in parts:
            flat += value if isinstance(value, list) else [value]
        return f"[{', '.join(text for text, _, _ in parts)}]", 9, flat

    def filled(self, inner, depth):
        how = self.rng.choice(["REPEAT", "LINEAR", None, None])
        text, _, value = (how, 9, how) if how else self.rng.choice([self.scalar, self.series])(depth - 1)
        return f"FILL({inner[0]}, {text})", 9, fill(inner[2], value)

    def conditional(self, depth):
        parts = [self.series(depth - 1)] + [self.rng.choice([self.scalar, self.series])(depth - 1)
                                            for _ in range(self.rng.randint(1, 2))]
        values = [value for _, _, value in parts]
        text = f"IF({', '.join(text for text, _, _ in parts)})"
        return text, 9, choose(values[0], values[1], values[2] if len(values) == 3 else None)

    def end_of(self, depth):
        text, _, value = self.array(depth - 1)
        first = self.rng.random() < 0.5
        return f"{'FIRST' if first else 'LAST'}({text})", 9, (value[0 if first else -1] if value else {})

    def sliced(self, depth):
        text, _, value = self.array(depth - 1)
        begin, end = self.rng.randint(0, 3), self.rng.choice([None, 0, 1, 2, 5])
        return f"SLICE({text}, {begin}{'' if end is None else f', {end}'})", 9, value[begin:end]

    def sorted(self, depth):
        text, _, value = self.array(depth - 1)
        key, order = self.rng.choice(["AVG", "SUM", "MIN", "MAX"]), self.rng.choice(["ASC", "DESC"])
        limit = self.rng.choice([None, 1, 2])
        return (f"SORT({text}, {key}, {order}{'' if limit is None else f', {limit}'})", 9,
                sort(value, key, order, limit))

    def without_empty(self, depth):
        text, _, value = self.array(depth - 1)
        return f"REMOVE_EMPTY({text})", 9, [series for series in value if series]


def make(rng):
    metrics = {}
    for name in ("m1", "m2", "e1")[:rng.randint(1, 3)]:
        values = {at: rng.choice([0, 1, 2, 3, 4.5, -2, 10, 0.25, 1000]) for at in range(MINUTES) if rng.random() < 0.7}
        metrics[name] = {at: float(value) for at, value in values.items()}
    maker = Maker(rng, metrics)
    try:
        text, _, value = rng.choice([maker.scalar, maker.series, maker.series, maker.array])(rng.randint(1, 4))
    except Undecided:
        return make(rng)
    if len(text) > 1500 or (isinstance(value, list) and len(value) > 400):
        return make(rng)
    rows = {name: [series.get(at) for at in range(MINUTES)] for name, series in metrics.items()}
    return rows, text, value


def same(a, b):
    if a is None or b is None:
        return a is b
    return a == b or math.isclose(a, b, rel_tol=1e-9, abs_tol=1e-9)


def expected(value):
    if isinstance(value, list):
        return "array", [[series.get(at) for at in range(MINUTES)] for series in value]
    if isinstance(value, dict):
        return "series", [value.get(at) for at in range(MINUTES)]
    return "scalar", None if math.isnan(value) else value


def flat(kind, value):
    return [value] if kind == "scalar" else value if kind == "series" else [v for row in value for v in row]


def test_same_values():
    rng = random.Random(SEED)
    cases = [make(rng) for _ in range(CASES)]
    lines = "\n".join(json.dumps({"series": rows, "expression": text}) for rows, text, _ in cases) + "\n"
    answers = subprocess.run([ORACLE], input=lines, capture_output=True, text=True, check=True).stdout.splitlines()
    assert len(answers) == CASES
    kinds = {}
    for (rows, text, value), line in zip(cases, answers):
        kind, wanted = expected(value)
        answer = json.loads(line.replace("Infinity", "null"))
        assert kind in answer, (rows, text, line)
        if kind == "array":
            assert len(answer[kind]) == len(wanted), (rows, text, line)
        if kind == "scalar" and wanted is not None and math.isinf(wanted):
            continue
        assert all(map(same, flat(kind, wanted), flat(kind, answer[kind]))), (rows, text, wanted, line)
        kinds[kind] = kinds.get(kind, 0) + 1
    assert min(kinds.values()) > CASES / 20, kinds
