"""Random event patterns, judged by EventBridge's TestEventPattern and by a slow reference in Python."""
import fnmatch
import ipaddress
import json
import random

WORDS = ["a", "b", "ab", "ABC", "abc", "", "10.0.0.7", "10.1.0.7", "a*b"]
NUMBERS = [-1, 0, 1, 2, 2.5, 10]
FIELDS = ["f", "g", "h"]
ROUNDS = 400


def leaves(value):
    """The scalars that a pattern's leaf may look at; an object is none."""
    if isinstance(value, list):
        return [leaf for item in value for leaf in leaves(item)]
    return [] if isinstance(value, dict) else [value]


def is_number(value):
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def same(a, b):
    if is_number(a) and is_number(b):
        return type(a) is type(b) and a == b  # as they are written
    return type(a) is type(b) and a == b


def text_test(kind, wanted, text):
    if not isinstance(text, str):
        return False
    if isinstance(wanted, dict):
        wanted, text = wanted["equals-ignore-case"].lower(), text.lower()
    if kind == "prefix":
        return text.startswith(wanted)
    if kind == "suffix":
        return text.endswith(wanted)
    if kind == "equals-ignore-case":
        return text.lower() == wanted.lower()
    return fnmatch.fnmatchcase(text, wanted.replace("[", "[[]"))


def holds(test, value):
    if not isinstance(test, dict):
        return same(test, value)
    (kind, wanted), = test.items()
    if kind == "numeric":
        compare = {"<": lambda a, b: a < b, "<=": lambda a, b: a <= b, ">": lambda a, b: a > b,
                   ">=": lambda a, b: a >= b, "=": lambda a, b: a == b}
        return is_number(value) and all(compare[wanted[i]](value, wanted[i + 1]) for i in range(0, len(wanted), 2))
    if kind == "cidr":
        try:
            return ipaddress.ip_address(value) in ipaddress.ip_network(wanted)
        except (ValueError, TypeError):
            return False
    if kind == "anything-but":
        if isinstance(wanted, dict):
            (inner, wanted), = wanted.items()
            return not any(text_test(inner, one, value) for one in (wanted if isinstance(wanted, list) else [wanted]))
        return not any(same(one, value) for one in (wanted if isinstance(wanted, list) else [wanted]))
    return text_test(kind, wanted, value)


def matches(pattern, value):
    if isinstance(value, list):
        return any(matches(pattern, item) for item in value)
    for name, wanted in pattern.items():
        if name == "$or":
            if not any(matches(one, value) for one in wanted):
                return False
            continue
        found = value.get(name) if isinstance(value, dict) else None
        present = isinstance(value, dict) and name in value
        if isinstance(wanted, dict):
            if not matches(wanted, found if present else {}):
                return False
            continue
        scalars = leaves(found) if present else []
        if not any(bool(scalars) == test["exists"] if isinstance(test, dict) and "exists" in test
                   else any(holds(test, scalar) for scalar in scalars) for test in wanted):
            return False
    return True


def random_test(rng):
    word = rng.choice(WORDS[:6])
    low, high = sorted(rng.sample(NUMBERS, 2))
    return rng.choice([
        word, rng.choice(NUMBERS), True, None, {"prefix": word}, {"suffix": word}, {"exists": rng.random() < 0.5},
        {"prefix": {"equals-ignore-case": word}}, {"equals-ignore-case": word}, {"wildcard": word + "*"},
        {"numeric": [">", low, "<=", high]}, {"numeric": ["=", low]}, {"cidr": "10.0.0.0/16"},
        {"anything-but": word}, {"anything-but": [low, high]}, {"anything-but": {"prefix": word}},
        {"anything-but": {"suffix": [word, "z"]}}, {"anything-but": {"wildcard": "*b*"}}])


def random_pattern(rng, depth=0):
    pattern = {}
    for name in rng.sample(FIELDS, rng.randint(1, 2)):
        nested = depth < 2 and rng.random() < 0.3
        pattern[name] = random_pattern(rng, depth + 1) if nested else [random_test(rng) for _ in range(rng.randint(1, 2))]
    if rng.random() < 0.2:
        pattern["$or"] = [{"f": [random_test(rng)]}, {"g": [random_test(rng)]}]
    return pattern


def random_value(rng, depth=0):
    kind = rng.random()
    if depth < 3 and kind < 0.3:
        return {name: random_value(rng, depth + 1) for name in rng.sample(FIELDS, rng.randint(0, 3))}
    if depth < 3 and kind < 0.4:
        return [rng.choice(WORDS + NUMBERS) for _ in range(rng.randint(0, 3))]
    return rng.choice(WORDS + NUMBERS + [True, None])


def test_patterns_match_as_the_reference_says(world):
    events, rng = world.client("events"), random.Random(20261130)
    outcomes = []
    for _ in range(ROUNDS):
        pattern = random_pattern(rng)
        detail = {name: random_value(rng, 1) for name in FIELDS if rng.random() < 0.8}
        event = {"id": "1", "account": "1", "source": "s", "time": "2026-11-30T00:00:00Z", "region": "r",
                 "detail-type": "d", "detail": detail}
        got = events.test_event_pattern(EventPattern=json.dumps({"detail": pattern}), Event=json.dumps(event))["Result"]
        assert got == matches({"detail": pattern}, event), (pattern, detail)
        outcomes.append(got)
    assert 20 < sum(outcomes) < ROUNDS - 20  # both happen
