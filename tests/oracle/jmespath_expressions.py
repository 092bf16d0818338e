"""Random JMESPath expressions and documents, valid ones and spoilt ones.

Names and values come from small sets so that expressions hit what the documents have. Text has
what is easily got wrong: characters beyond ASCII, numbers in text, empty text.
"""
import json

NAMES = ["a", "b", "c", "name", "Tags", "true", "\u00e9", "x-y", ""]
TEXTS = ["", "a", "b", "name", "ab", "ba", "12", "1.5", "-3", "1e3", " 7 ", "0x1", "1_000", "_1",
         "nan", "inf", "\u00e9", "\U0001f600z", "\u0663", "a'b", 'a"b', "a`b", "a\\b", "\n", "\x7f",
         "2024-01-01T00:00:00+00:00"]
NUMBERS = [0, 1, -1, 2, 3, 10, 2**31, 2**53 + 1, 2**63 - 1, -2**63, 2**63, 0.0, 1.0, -1.5, 2.5, 1e16,
           1e-5, 1e300, 0.1, 1e22, 123456789.125]
INDEXES = ["0", "1", "-1", "2", "-3", "007", "99999999999999999999", "-99999999999999999999"]
FUNCTIONS = {
    "abs": "v", "avg": "l", "ceil": "v", "contains": "lv", "ends_with": "ss", "floor": "v",
    "join": "sl", "keys": "o", "length": "v", "map": "el", "max": "l", "max_by": "le",
    "merge": "oo", "min": "l", "min_by": "le", "not_null": "vvv", "reverse": "v", "sort": "l",
    "sort_by": "le", "starts_with": "ss", "sum": "l", "to_array": "v", "to_number": "v",
    "to_string": "v", "type": "v", "values": "o"}
PIECES = list(".*[]{}()@&|!<>=,:?-`'\"\\ \t\n01a_\u00e9#") + [
    "[]", "[?", "[*]", "||", "&&", "==", "!=", "<=", ">=", "&a", "`1`", "'x'", '"a"', "length(", "[0]",
    "[::2]", "[1:", ".*", ".[", ".{", "=", "`", "'"]


class Documents:
    def __init__(self, rng):
        self.rng = rng

    def document(self):
        if self.rng.random() < 0.3:
            return {"a": [self.record() for _ in range(self.rng.randint(0, 4))],
                    "b": self.record(), "Tags": [self.rng.choice(TEXTS) for _ in range(3)],
                    "c": [self.rng.choice(NUMBERS) for _ in range(self.rng.randint(0, 4))]}
        return self.value(4)

    def record(self):
        return {"name": self.rng.choice(TEXTS), "a": self.rng.choice(NUMBERS), "b": self.value(1),
                "Tags": [{"a": self.rng.choice(TEXTS), "b": self.rng.choice(NUMBERS)}]}

    def value(self, depth):
        kind = self.rng.randrange(8 if depth > 0 else 5)
        if kind == 0:
            return self.rng.choice([None, True, False])
        if kind in (1, 2):
            return self.rng.choice(TEXTS)
        if kind in (3, 4):
            return self.rng.choice(NUMBERS)
        if kind in (5, 6):
            return self.items(depth)
        return {self.rng.choice(NAMES): self.value(depth - 1) for _ in range(self.rng.randint(0, 4))}

    def items(self, depth):
        count = self.rng.randint(0, 4)
        like = self.rng.choice([NUMBERS, TEXTS, None, None])
        if like is None:
            return [self.value(depth - 1) for _ in range(count)]
        return [self.rng.choice(like) for _ in range(count)]


class Expressions:
    def __init__(self, rng):
        self.rng = rng
        self.documents = Documents(rng)

    def expression(self, depth=4):
        shape = self.rng.randrange(14) if depth > 0 else self.rng.randrange(4)
        if shape < 2:
            return self.name()
        if shape == 2:
            return self.literal()
        if shape == 3:
            return "@"
        if shape < 9:
            return self.expression(depth - 1) + self.suffix(depth)
        return self.compound(shape, depth)

    def compound(self, shape, depth):
        inner = lambda: self.expression(depth - 1)  # noqa: E731
        if shape == 9:
            return f"{inner()} {self.rng.choice(['|', '||', '&&'])} {inner()}"
        if shape == 10:
            return f"{inner()}{self.comparator()}{inner()}"
        if shape == 11:
            return self.rng.choice(["!{}", "({})", "[{}]", "{{name: {}}}", "!({})"]).format(inner())
        if shape == 12:
            return self.call(depth)
        return self.rng.choice(["*", "[*]", "[]", self.filter(depth), self.index()]) + self.suffix(depth)

    def comparator(self):
        return self.rng.choice(["==", "==", "!=", "<", "<=", ">", ">="])

    def suffix(self, depth):
        kind = self.rng.randrange(10)
        if kind < 3:
            return "." + self.name()
        if kind < 5:
            return self.rng.choice(["[*]", "[]", ".*", ""])
        if kind < 7:
            return self.index()
        if kind == 7:
            return self.filter(depth)
        if kind == 8:
            return ".[" + self.several(depth, "{}") + "]"
        return ".{" + self.several(depth, "name: {}", "b: {}") + "}"

    def several(self, depth, *forms):
        forms = forms if len(forms) > 1 else forms * self.rng.randint(1, 3)
        return ", ".join(form.format(self.expression(depth - 2)) for form in forms)

    def filter(self, depth):
        sides = f"{self.expression(depth - 2)}{self.comparator()}{self.expression(depth - 2)}"
        return f"[?{self.rng.choice([sides, sides, self.expression(depth - 2)])}]"

    def index(self):
        pick = lambda: self.rng.choice(INDEXES + [""])  # noqa: E731
        if self.rng.random() < 0.5:
            return f"[{self.rng.choice(INDEXES)}]"
        return self.rng.choice([f"[{pick()}:{pick()}]", f"[{pick()}:{pick()}:{pick()}]"])

    def name(self):
        name = self.rng.choice(NAMES)
        plain = name.isascii() and name.isidentifier()
        return name if plain and self.rng.random() < 0.8 else json.dumps(name, ensure_ascii=False)

    def literal(self):
        kind = self.rng.randrange(6)
        if kind == 0:
            return "'" + self.rng.choice(TEXTS).replace("'", "\\'") + "'"
        if kind == 1:
            return "`" + self.rng.choice(["foo", " bar", "a b ", "[1", "", "01", "\\`", "NaN", "\\u00e9",
                                          '"\\ud83d"', '{"a":1,"a":2}', "-0", "1e400"]) + "`"
        value = self.documents.value(2)
        return "`" + json.dumps(value, ensure_ascii=self.rng.random() < 0.5).replace("`", "\\`") + "`"

    def call(self, depth):
        name, wanted = self.rng.choice(list(FUNCTIONS.items()))
        if self.rng.random() < 0.05:
            name = "nothing"
        if self.rng.random() < 0.05:
            wanted = wanted[:-1] or "vv"
        return f"{name}({', '.join(self.argument(kind, depth) for kind in wanted)})"

    def argument(self, kind, depth):
        if kind == "e" and self.rng.random() < 0.95:
            return "&" + self.expression(depth - 2)
        if kind == "l" and self.rng.random() < 0.6:
            return self.rng.choice(["c", "Tags", "a", "a[].name", "a[].a", "[a, b]", "`[]`", "@",
                                    "`[2, 1, 1.5]`", "`[\"b\", \"a\"]`", "keys(@)"])
        if kind == "s" and self.rng.random() < 0.6:
            return self.rng.choice(["'a'", "', '", "name", "a[0].name", "''"])
        if kind == "o" and self.rng.random() < 0.6:
            return self.rng.choice(["b", "@", "a[0]", '`{"z": 1, "a": 2}`', "{a: @, q: b}"])
        return self.expression(depth - 2)

    def spoilt(self):
        text = list(self.expression(3))
        for _ in range(self.rng.randint(1, 3)):
            place = self.rng.randint(0, len(text))
            change = self.rng.randrange(3)
            if change == 0:
                text.insert(place, self.rng.choice(PIECES))
            elif change == 1 and text:
                del text[min(place, len(text) - 1)]
            elif text:
                text[min(place, len(text) - 1)] = self.rng.choice(PIECES)
        return "".join(text)
