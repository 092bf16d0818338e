"""Random queries over the outputs of real operations, and random outputs that conform.

A query follows the output's shape most of the way, as people do, and leaves it now and then: a
misspelt name, a missing [], a function that does not fit, a value that is no enum's.
"""
import base64
import datetime

TEXTS = ["", "a", "web-1", "ACTIVE", "RUNNING", "1.5", "7", "true", "\u00e9", "2024-05-01T10:00:00+00:00"]
NUMBERS = [0, 1, -1, 5, 80, 1.5, 2**40]
MAX_DEPTH = 6


class Outputs:
    """Values of a shape, as the CLI prints them."""

    def __init__(self, rng, service):
        self.rng = rng
        self.service = service

    def output(self, shape, tokens):
        if shape is None:
            return {}
        value = self.structure(shape, 0)
        return {k: v for k, v in value.items() if k not in tokens}

    def structure(self, shape, depth):
        if shape.is_document_type:
            return {"a": [1, "x"], "b": self.rng.choice(TEXTS)}
        keep = self.rng.choice([0.4, 0.9, 1])
        names = [n for n, m in shape.members.items()
                 if not (depth >= MAX_DEPTH and m.type_name in ("structure", "list", "map"))
                 and not m.serialization.get("eventstream") and self.rng.random() < keep]
        return {name: self.value(shape.members[name], depth + 1) for name in names}

    def value(self, shape, depth):
        kind = shape.type_name
        if kind == "structure":
            return self.structure(shape, depth)
        if kind == "list":
            count = self.rng.randint(0, 3) if depth < MAX_DEPTH else 0
            return [self.value(shape.member, depth + 1) for _ in range(count)]
        if kind == "map":
            count = self.rng.randint(0, 2) if depth < MAX_DEPTH else 0
            return {self.value(shape.key, depth): self.value(shape.value, depth + 1) for _ in range(count)}
        return self.scalar(shape, kind)

    def scalar(self, shape, kind):
        if kind in ("string", "character"):
            if self.service == "iam" and shape.name == "policyDocumentType":
                return {"Version": "2012-10-17", "Statement": [{"Effect": "Allow"}]}
            return self.rng.choice(shape.enum or TEXTS)
        if kind == "boolean":
            return self.rng.random() < 0.5
        if kind == "timestamp":
            moment = datetime.datetime.fromtimestamp(self.rng.randint(0, 2**31), datetime.timezone.utc)
            return moment.isoformat()
        if kind == "blob":
            return base64.b64encode(self.rng.choice(TEXTS).encode()).decode()
        return self.rng.choice(NUMBERS if kind in ("float", "double") else [n for n in NUMBERS if n != 1.5])


class Queries:
    def __init__(self, rng):
        self.rng = rng

    def query(self, shape):
        text, at = self.path("", shape, 4)
        for _ in range(self.rng.choice([0, 0, 1, 1, 2])):
            text, at = self.wrapped(text, at)
        return text or "@"

    # `shape` is None where the generator does not know.
    def path(self, text, shape, steps):
        for _ in range(self.rng.randint(1, steps)):
            if shape is None and self.rng.random() < 0.9:
                break
            text, shape = self.step(text, shape)
        return text, shape

    def step(self, text, shape):
        kind = shape.type_name if shape is not None else "unknown"
        if self.rng.random() < 0.03:
            kind = self.rng.choice(["structure", "list", "map", "string"])
        if kind == "list":
            return self.list_step(text, shape)
        if kind in ("structure", "map", "unknown"):
            return self.object_step(text, shape, kind)
        return text, shape

    def list_step(self, text, shape):
        element = getattr(shape, "member", None)
        kind = self.rng.randrange(8)
        if kind < 3:
            return text + self.rng.choice(["[]", "[*]"]), element
        if kind == 3:
            return text + f"[{self.rng.choice([0, -1, 1])}]", element
        if kind == 4:
            return text + self.rng.choice(["[:2]", "[::-1]", "[1:]"]), element
        return text + f"[?{self.condition(element)}]", element

    def object_step(self, text, shape, kind):
        members = getattr(shape, "members", {}) if kind == "structure" else {}
        dot = "." if text else ""
        choice = self.rng.random()
        if choice < 0.05:
            return text + dot + "*", next(iter(members.values()), None)
        if choice < 0.2 and members:
            return self.select(text, dot, members)
        name, member = self.name(members)
        if kind == "map":
            member = getattr(shape, "value", None)
        return text + dot + name, member

    def name(self, members):
        if not members or self.rng.random() < 0.02:
            return self.rng.choice(["name", "Name", "Id", "status", "true", "Tags"]), None
        name = self.rng.choice(list(members))
        if self.rng.random() < 0.03:
            return self.rng.choice([name.lower(), name + "s", name[:-1] or "x", name.upper()]), members[name]
        return (name if name.replace("_", "a").isalnum() else f'"{name}"'), members[name]

    def select(self, text, dot, members):
        names = [self.name(members) for _ in range(self.rng.randint(1, 3))]
        parts = [self.path(name, member, 2)[0] for name, member in names]
        if self.rng.random() < 0.5:
            return text + dot + "[" + ", ".join(parts) + "]", None
        return text + dot + "{" + ", ".join(f"k{i}: {p}" for i, p in enumerate(parts)) + "}", None

    def condition(self, shape):
        left, at = self.comparable(shape) if self.rng.random() < 0.6 else self.path("", shape, 2)
        left = left or "@"
        kind = self.rng.randrange(6)
        if kind == 0:
            return self.rng.choice(["{}", "!{}", "{} && @", "{} || `false`"]).replace("{}", left)
        if kind == 1:
            name = self.rng.choice(["contains", "starts_with", "ends_with"])
            return f"{name}({left}, {self.literal(at)})"
        if kind == 2:
            other, _ = self.path("", shape, 2)
            return f"{left} {self.comparator()} {other or '@'}"
        sides = [left, self.literal(at)]
        self.rng.shuffle(sides)
        return f" {self.comparator()} ".join(sides)

    def comparable(self, shape):
        """A member that is compared in earnest: with values of its own, or a scalar."""
        members = getattr(shape, "members", {})
        scalars = [n for n, m in members.items() if m.type_name not in ("structure", "list", "map")]
        listed = [n for n in scalars if getattr(members[n], "enum", None)]
        names = listed if listed and self.rng.random() < 0.6 else scalars
        if not names:
            return self.path("", shape, 2)
        name = self.rng.choice(names)
        return f'"{name}"', members[name]

    def comparator(self):
        return self.rng.choice(["==", "==", "==", "!=", "<", ">="])

    def literal(self, shape):
        values = list(getattr(shape, "enum", None) or [])
        if values and self.rng.random() < 0.7:
            value = self.rng.choice(values)
            return "'" + self.rng.choice([value] * 6 + [value.lower(), value[:-1], "NOTHING"]) + "'"
        if self.rng.random() < 0.6:
            kind = getattr(shape, "type_name", "string")
            return {"integer": "`5`", "long": "`0`", "boolean": "`true`"}.get(kind, "'ACTIVE'")
        return self.rng.choice(["'a'", "'5'", "`5`", "`true`", "'true'", "`null`", "`[]`", "`[1]`", "`\"7\"`",
                                "`0`", "'ACTIVE'", "`{}`", "`1.5`"])

    # What may come around or after a query, by what the query gives; "{}" stands for the query.
    LIST = ["length({})", "sort({})", "max({})", "sum({})", "join(', ', {})", "sort_by({}, &KEY)",
            "max_by({}, &KEY)", "reverse({})", "{} | [0]", "map(&KEY, {})", "{}[]", "sort_by({}, &KEY)[-1]",
            "avg({})", "contains({}, 'a')", "length({}) > `3`", "{} || `[]`", "({})[*].[KEY, KEY]",
            "{}[?contains(['a', 'ACTIVE'], KEY)]", "min_by({}, &KEY).KEY", "not_null({}, `[]`)[0].KEY"]
    OBJECT = ["keys({})", "values({})", "length({})", "merge({}, {x: `1`})", "merge({}, {x: `1`}).KEY", "{}.*",
              "{} || `{}`", "[{}]", "{x: {}} | x.KEY", "to_array({})[0].KEY", "not_null({}, `{}`).KEY"]
    SCALAR = ["to_string({})", "length({})", "{} || 'none'", "type({})", "to_number({})", "abs({})",
              "[{}]", "{x: {}}.x", "{} == '7'", "reverse({})", "not_null({}, 'none')", "to_array({})[0]"]
    WRONG = ["sort_by({}, KEY)", "{} | @.x", "{}[0]", "{}[*]", "{}.name", "lenght({})", "join({}, ',')",
             "ceil({})", "starts_with({}, `1`)", "max({}, @)"]

    def wrapped(self, text, at):
        kind = at.type_name if at is not None else self.rng.choice(["list", "structure", "string"])
        forms = {"list": self.LIST, "structure": self.OBJECT, "map": self.OBJECT}.get(kind, self.SCALAR)
        if self.rng.random() < 0.1:
            forms = self.rng.choice([self.LIST, self.OBJECT, self.SCALAR, self.WRONG])
        element = getattr(at, "member", at)
        form = self.rng.choice(forms)
        while "KEY" in form:
            form = form.replace("KEY", self.path("", element, 2)[0] or "@", 1)
        return form.replace("{}", text or "@"), None
