"""Command lines of the AWS CLI, right and wrong, drawn from botocore's models.

A case is a list of words after "aws". Right ones give required and some optional members values that
conform, in one of the notations that the CLI reads; wrong ones are right ones with a few changes.
"""
import json

from botocore import xform_name

# Commands that are called otherwise than their models.
NAMES = {"s3": "s3api", "codedeploy": "deploy", "config": "configservice"}
# Never generated: they read files, configuration or the network before they would refuse anything.
AVOIDED_OPTIONS = {"query", "profile", "region", "endpoint-url", "ca-bundle", "debug"}
SAFE = "abcdefghijklmnopqrstuvwxyz0123456789"
JUNK = "=,[]{}\"'\\ :@ab1-._#/\u00e9"
TIMES = ["2024-01-15T10:00:00Z", "2024-01-15", "1700000000", "1700000000.5", "2024-01-15 10:00",
         "2024-01-15T10:00:00+02:00", "20240115T100000Z", "Mon, 15 Jan 2024 10:00:00 GMT",
         "2024-01", "10:00"]
NO_TIMES = ["yesterday", "now", "1700000000000", "2024-13-45", "2024-01-15T25:00:00Z", "", "-1 day",
            "tomorrow 10:00", "<start>", "2024_01_15", "1h ago", "nan", "inf", "x"]
VALUES = ["x", "", "-1", "0", "1", "1.5", "true", "false", "null", "[", "]", "{", "}", "[]", "{}", "[{}]",
          '["a"]', '{"a": 1}', '{"a": "b"}', "a=b", "a=b,c", "a=b,c=d", "a=", "=", "a='b", 'a="b"',
          "a=[b,c]", "a={b=c}", "a=[{b=c},{b=d}]", "a,b", "Key=a,Value=b", "Name=a,Values=b,c",
          " 7 ", "1_000", "0x10", "+5", "1e3", "NaN", "a\\,b", "\u00e9", "\U0001f600", "a=\U0001f600",
          "--", "-", "-x", "2024-01-15", "e30=", "e30", "eA"]


class Drawn:
    """One operation's arguments: a list of [option, words] and what they came from."""

    def __init__(self, rng, service, operation):
        self.rng = rng
        self.service = service
        self.operation = operation
        self.command = [NAMES.get(service, service), xform_name(operation.name, "-")]
        self.options = []
        self.streams = False
        shape = operation.input_shape
        if shape is None:
            return
        for name, member in shape.members.items():
            required = name in shape.required_members
            if required or rng.random() < min(0.3, 4 / len(shape.members)):
                self.give(name, member)

    def give(self, name, shape):
        option = "--" + xform_name(name, "-")
        if option[2:] in AVOIDED_OPTIONS:
            return
        if shape.type_name == "boolean":
            self.options.append([self.rng.choice([option, "--no-" + option[2:]]), []])
        elif shape.type_name == "blob" and shape.serialization.get("streaming"):
            self.streams = True
        else:
            self.options.append([option, self.words_of(shape)])

    def words_of(self, shape):
        value = self.value(shape, 0)
        if shape.type_name == "list":
            if not value or self.rng.random() < 0.3:
                return [json.dumps(value)]
            return [self.written(shape.member, item) for item in value]
        return [self.written(shape, value)]

    def written(self, shape, value):
        if shape.type_name in ("structure", "list", "map") or getattr(shape, "is_document_type", False):
            if self.rng.random() < 0.5:
                with_shorthand = shorthand(value)
                if with_shorthand:
                    return with_shorthand
            return json.dumps(value)
        if isinstance(value, bool):
            return str(value).lower()
        return str(value)

    # A value that conforms, as JSON has it.
    def value(self, shape, depth):
        if depth > 6:
            return None
        kind = shape.type_name
        if kind == "structure":
            return self.structure(shape, depth)
        low = int(shape.metadata.get("min", 0) or 0)
        if kind == "list":
            count = min(max(low, self.rng.randint(0 if depth else 1, 2)), 30)
            return [v for v in (self.value(shape.member, depth + 1) for _ in range(count)) if v is not None]
        if kind == "map":
            pairs = [(self.value(shape.key, depth + 1), self.value(shape.value, depth + 1))
                     for _ in range(self.rng.randint(1, 2))]
            return {str(k): v for k, v in pairs if v is not None}
        return self.scalar(shape, kind, low)

    def structure(self, shape, depth):
        if getattr(shape, "is_document_type", False):
            return self.rng.choice([{"a": 1}, {"a": ["b"]}, {}])
        names = list(shape.members)
        if getattr(shape, "is_tagged_union", False):
            names = [self.rng.choice(names)]
        out = {}
        for name in names:
            wanted = name in shape.required_members or len(names) == 1
            if not wanted and self.rng.random() > 0.3 / (depth + 1):
                continue
            member = self.value(shape.members[name], depth + 1)
            if member is not None:
                out[name] = member
        return out

    def scalar(self, shape, kind, low):
        rng = self.rng
        if kind == "string":
            if shape.enum and rng.random() < 0.9:
                return rng.choice(shape.enum)
            length = max(low, rng.randint(1, 6))
            return "".join(rng.choice(SAFE) for _ in range(min(length, 300)))
        if kind == "blob":
            return rng.choice(["", "e30=", "YWJj", "YQ=="])
        if kind == "boolean":
            return rng.random() < 0.5
        if kind in ("integer", "long"):
            high = shape.metadata.get("max", low + 100)
            return rng.randint(low, max(low, int(high)) if int(high) < 10**12 else low + 100)
        if kind in ("float", "double"):
            return low + rng.randint(0, 20) / 4
        if kind == "timestamp":
            return rng.choice(TIMES)
        return "x"

    def words(self, options=None):
        out = list(self.command)
        for option, words in self.options if options is None else options:
            out += [option, *words]
        if self.operation.has_streaming_output:
            out.append("out.bin")
        return out


def shorthand(value, top=True):
    """In shorthand, or None where the value needs JSON."""
    if isinstance(value, dict):
        parts = []
        for key, item in value.items():
            inner = shorthand(item, False)
            if inner is None or not key or not all(c.isalnum() or c in "-_.#/:" for c in key):
                return None
            parts.append(f"{key}={inner}")
        if top:
            return ",".join(parts) or None
        return "{" + ",".join(parts) + "}"
    if isinstance(value, list):
        parts = [shorthand(item, False) for item in value]
        return None if None in parts else "[" + ",".join(parts) + "]"
    if isinstance(value, bool):
        return str(value).lower()
    if value is None:
        return None
    text = str(value)
    if text and any(c in " ,=[]{}\"'\\" for c in text):
        return None
    return text


def mutated_text(rng, text):
    text = list(text)
    for _ in range(rng.randint(1, 2)):
        at = rng.randint(0, len(text))
        what = rng.random()
        if what < 0.4 and at < len(text):
            del text[at]
        elif what < 0.8:
            text.insert(at, rng.choice(JUNK))
        elif at < len(text):
            text[at] = rng.choice(JUNK)
    return "".join(text)


class Changes:
    """The ways to make a right call wrong (or differently right)."""

    def __init__(self, rng, drawn):
        self.rng = rng
        self.drawn = drawn
        self.options = [[option, list(words)] for option, words in drawn.options]

    def apply(self):
        ways = [self.drop, self.value, self.value, self.text, self.text, self.abbreviate, self.misspell,
                self.inline, self.add_flag, self.paging, self.no_value, self.more_values, self.time,
                self.json_input, self.skeleton, self.both_flags, self.unknown_member]
        for _ in range(self.rng.choice([1, 1, 1, 2])):
            self.rng.choice(ways)()
        words = self.drawn.words(self.options)
        if self.rng.random() < 0.1:
            words = self.reorder(words)
        return words

    def pick(self):
        return self.rng.choice(self.options) if self.options else None

    def pick_with_words(self):
        some = [option for option in self.options if option[1]]
        return self.rng.choice(some) if some else None

    def drop(self):
        if self.options:
            self.options.remove(self.rng.choice(self.options))

    def value(self):
        if option := self.pick_with_words():
            option[1][self.rng.randrange(len(option[1]))] = self.rng.choice(VALUES)

    def text(self):
        if option := self.pick_with_words():
            index = self.rng.randrange(len(option[1]))
            option[1][index] = mutated_text(self.rng, option[1][index])

    def time(self):
        shape = self.drawn.operation.input_shape
        times = [n for n, m in (shape.members if shape else {}).items() if m.type_name == "timestamp"]
        if times:
            name = "--" + xform_name(self.rng.choice(times), "-")
            self.options.append([name, [self.rng.choice(NO_TIMES + TIMES)]])

    def abbreviate(self):
        if option := self.pick():
            option[0] = option[0][:self.rng.randint(3, len(option[0]))]

    def misspell(self):
        if option := self.pick():
            option[0] = mutated_text(self.rng, option[0])

    def inline(self):
        if option := self.pick():
            rest = option[1][1:]
            option[0] = option[0] + "=" + (option[1][0] if option[1] else "true")
            option[1] = rest

    def no_value(self):
        if option := self.pick_with_words():
            option[1].clear()

    def more_values(self):
        if option := self.pick():
            option[1].append(self.rng.choice(VALUES))

    def add_flag(self):
        self.options.append(self.rng.choice([
            ["--output", ["json"]], ["--output", ["xml"]], ["--outp", ["text"]], ["--color", ["on"]],
            ["--color", ["red"]], ["--cli-read-timeout", ["5"]], ["--cli-read-timeout", ["x"]],
            ["--no-sign-request", []], ["--no-paginate", []], ["--no-verify-ssl", []],
            ["--no-verify-ssl=1", []], ["--nonsense", []], ["--nonsense", ["x"]], ["extra", []],
            ["-x", []], ["--no", []], ["--", ["extra"]], ["--c", ["x"]], ["--cli-connect", ["1"]]]))

    def paging(self):
        self.options.append(self.rng.choice([
            ["--max-items", ["5"]], ["--max-items", ["x"]], ["--max-items", ["0"]],
            ["--page-size", ["5"]], ["--page-size", ["0"]], ["--page-size", ["x"]],
            ["--starting-token", ["abc"]], ["--no-paginate", []], ["--max-results", ["5"]],
            ["--next-token", ["abc"]], ["--max-items=7", []]]))

    def both_flags(self):
        if option := self.pick():
            name = option[0][2:]
            self.options.append(["--" + (name[3:] if name.startswith("no-") else "no-" + name), []])

    def skeleton(self):
        # Not "output": the CLI then judges a reply that it makes up itself, and often refuses it.
        self.options.append(["--generate-cli-skeleton",
                             self.rng.choice([[], ["input"], ["yaml-input"], ["x"]])])

    def json_input(self):
        shape = self.drawn.operation.input_shape
        if shape is None:
            return
        value = self.drawn.structure(shape, 1)
        text = json.dumps(value)
        if self.rng.random() < 0.4:
            text = mutated_text(self.rng, text)
        keep = self.rng.random() < 0.5
        if not keep:
            self.options.clear()
        self.options.append(["--cli-input-json", [self.rng.choice([text, text, text, "[]", "1", ""])]])

    def unknown_member(self):
        some = [option for option in self.options if option[1] and option[1][0].startswith("{")]
        if some:
            option = self.rng.choice(some)
            try:
                value = json.loads(option[1][0])
            except ValueError:
                return
            key = self.rng.choice(list(value) or [None])
            what = self.rng.random()
            if what < 0.4 or key is None:
                value["Unknown"] = "x"
            elif what < 0.7:
                del value[key]
            else:
                value[key] = self.rng.choice([None, 1, 1.5, True, "x", [], {}, ["x"], {"a": "b"}])
            option[1][0] = json.dumps(value)

    def reorder(self, words):
        what = self.rng.random()
        if what < 0.3:
            words[0] = mutated_text(self.rng, words[0])
        elif what < 0.6:
            words[1] = mutated_text(self.rng, words[1])
        elif what < 0.8:
            return words[:1]
        else:
            words.insert(self.rng.randrange(2), self.rng.choice(["--output=json", "--no-paginate", "--nonsense",
                                                                 "--nonsense=1"]))
        return words


def mutated_line(rng, words):
    """A line of words with one change, as people make them."""
    words = list(words)
    at = rng.randrange(len(words))
    what = rng.random()
    if what < 0.3:
        del words[at]
    elif what < 0.6:
        words[at] = mutated_text(rng, words[at])
    elif what < 0.8:
        words[at] = rng.choice(VALUES)
    else:
        words.insert(at, rng.choice(["--nonsense", "extra", "--no-paginate", "--output=json", ""]))
    return words


def is_fair(words):
    """Leaves out what asks for help or reads files and addresses."""
    return not any(w == "help" or "file" in w and "://" in w or "http" in w or w.startswith("@")
                   for w in words)
