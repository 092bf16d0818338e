"""Filter patterns against a slow matcher written on its own: same verdict on every pattern, same
matches and captured values on every message.

Patterns are made from the grammar and then half of them damaged; messages are made from the same
few words, so that matches happen. Environment: SEATRIAL_SEED, SEATRIAL_PATTERN_CASES,
SEATRIAL_PATTERN_ORACLE (the program).
"""
import itertools
import json
import os
import random
import re
import subprocess

SEED = int(os.environ.get("SEATRIAL_SEED", "20260101"))
CASES = int(os.environ.get("SEATRIAL_PATTERN_CASES", "20000"))
ORACLE = os.environ.get("SEATRIAL_PATTERN_ORACLE", "build/pattern_oracle")
WORDS = ["ERROR", "WARN", "info", "a", "ab", "abc", "x_1", "404", "4", "10.0.0.1", "GET", "disk"]
NUMBERS = ["0", "1", "404", "4", "-1", "1.5", "4e2", "1E-3", "+4", ".5", "0404", "1000000000000000000000"]
SPACE = " \t\r\n"


class Refused(Exception):
    pass


class Undecided(Exception):
    """An expression that Python's re is known to read otherwise than RE2."""


# The reference: parsing by regular expressions, matching by trying everything.

def number(text):
    return float(text) if re.fullmatch(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", text, re.A) else None


def glob(text):
    return re.compile("(?s:" + ".*".join(re.escape(part) for part in text.split("*")) + r")\Z")


def check_regex(source):
    if not re.fullmatch(r"(\\x[0-9a-fA-F]{2}|\\[dDsSwW]|\\[^a-zA-Z0-9]|[A-Za-z0-9 :_#=@/;,^$?\[\]{}|*+.-])+", source):
        raise Refused(source)
    if re.search(r"[*+?}$^|][*+?{]|^[*+?{]|\{,(?!\d+\})|\[\^?\]|\[\[|--|&&|\|\||~~", source):
        raise Undecided(source)
    try:
        return re.compile(source, re.A)
    except re.error as error:
        raise Refused(str(error)) from error


QUOTED = r'"((?:\\["\\]|\\(?!["\\])|[^"\\])*)"'


def unquote(text):
    return re.sub(r'\\(["\\])', r"\1", text)


def value(token, operator):
    quoted = re.fullmatch(QUOTED, token, re.S)
    if quoted:
        test = ("glob", glob(unquote(quoted[1])))
    elif token.startswith("%"):
        test = ("regex", check_regex(token[1:-1]))
    elif number(token) is not None:
        test = ("number", number(token), token)
    elif re.fullmatch(r"[A-Za-z0-9_.*]+", token):
        test = ("glob", glob(token))
    else:
        raise Refused(token)
    if operator not in ("=", "!=") and test[0] != "number":
        raise Refused(token)
    return test


def tokens_of(text, bare):
    scanner = re.compile(rf'[ \t\r\n]+|{QUOTED}|%[^%]*%|&&|\|\||!=|<=|>=|[=<>()]|\.\.\.|{bare}', re.S)
    at, out = 0, []
    while at < len(text):
        match = scanner.match(text, at)
        if not match:
            raise Refused(text[at:])
        if match[0][0] not in SPACE:
            out.append(match[0])
        at = match.end()
    return out


class Conditions:
    """Tokens to a tree; `leaf` reads one test."""

    def __init__(self, tokens, leaf):
        self.tokens, self.leaf, self.at, self.regexes, self.wildcards = tokens, leaf, 0, 0, 0

    def next(self):
        token = self.tokens[self.at] if self.at < len(self.tokens) else ""
        self.at += 1
        return token

    def any(self):
        parts = [self.all()]
        while self.at < len(self.tokens) and self.tokens[self.at] == "||":
            self.at += 1
            parts.append(self.all())
        return ("or", parts)

    def all(self):
        parts = [self.one()]
        while self.at < len(self.tokens) and self.tokens[self.at] == "&&":
            self.at += 1
            parts.append(self.one())
        return ("and", parts)

    def one(self):
        if self.at < len(self.tokens) and self.tokens[self.at] == "(":
            self.at += 1
            inner = self.any()
            if self.next() != ")":
                raise Refused(")")
            return inner
        return self.leaf(self)

    def whole(self):
        tree = self.any()
        if self.at != len(self.tokens):
            raise Refused(str(self.tokens[self.at:]))
        return tree


def holds(tree, test):
    if tree[0] == "or":
        return any(holds(part, test) for part in tree[1])
    if tree[0] == "and":
        return all(holds(part, test) for part in tree[1])
    return test(tree)


def compare(text, is_number, operator, test):
    own = number(text) if is_number else None
    if operator in ("=", "!="):
        if test[0] == "regex":
            equal = test[1].search(text) is not None
        elif test[0] == "number":
            equal = own == test[1] if own is not None else text == test[2]
        else:
            equal = test[1].match(text) is not None
        return equal == (operator == "=")
    if own is None:
        return False
    return {"<": own < test[1], "<=": own <= test[1], ">": own > test[1], ">=": own >= test[1]}[operator]


class Number(str):
    pass


def refuse_constant(name):
    raise ValueError(name)


def json_tests(parser):
    selector = parser.next()
    if not re.fullmatch(rf"\$({STEP})+", selector):
        raise Refused(selector)
    wild = len(re.findall(r"\*", re.sub(r"'[^']*'", "", selector)))
    parser.wildcards += bool(wild)
    if wild > 1 or parser.wildcards > 3:
        raise Refused("wildcards")
    operator = parser.next()
    if operator in ("IS", "NOT"):
        second = parser.next()
        if (operator, second) not in (("IS", "NULL"), ("IS", "TRUE"), ("IS", "FALSE"), ("NOT", "EXISTS")):
            raise Refused(second)
        return ("test", selector, second, None)
    if operator not in ("=", "!=", "<", "<=", ">", ">="):
        raise Refused(operator)
    token = parser.next()
    if token.startswith("%"):
        parser.regexes += 1
    return ("test", selector, operator, value(token, operator))


STEP = r"""\.[A-Za-z0-9_-]+|\.\*|\.?\[(?:[0-9]{1,9}|\*|'[^']*')\]"""


class Pairs(list):
    """An object with the keys given twice."""


def follow(document, selector):
    """All that the selector leads to."""
    found = [document]
    for match in re.finditer(STEP, selector):
        step = match[0].removeprefix(".")
        found = [inside for each in found for inside in within(each, step)]
    return found


def within(value, step):
    if step == "[*]" or re.fullmatch(r"\[\d+\]", step):
        if type(value) is not list:
            return []
        return value if step == "[*]" else value[int(step[1:-1]):][:1]
    if not isinstance(value, Pairs):
        return []
    if step == "*":
        return [inside for _, inside in value]
    wanted = step[2:-2] if step[0] == "[" else step
    return [inside for key, inside in value if key == wanted][-1:]


def json_test(document, tree):
    _, selector, operator, test = tree
    found = follow(document, selector)
    if operator in ("NULL", "TRUE", "FALSE"):
        return any(each is {"NULL": None, "TRUE": True, "FALSE": False}[operator] for each in found)
    if operator == "EXISTS":
        return not found
    return any(isinstance(each, str) and compare(str(each), isinstance(each, Number), operator, test) for each in found)


def selectors_of(tree):
    if tree[0] == "test":
        yield tree[1]
    else:
        for part in tree[1]:
            yield from selectors_of(part)


def json_pattern(text):
    if len(text) < 2 or text[-1] != "}":
        raise Refused(text)
    parser = Conditions(tokens_of(text[1:-1], rf"""\$(?:{STEP})+(?!\w)|[^ \t\r\n=<>()"%&|!}}][^ \t\r\n=<>()&|!}}]*"""), json_tests)
    tree = parser.whole()
    if parser.regexes > 2:
        raise Refused("regexes")

    def run(message):
        try:
            document = json.loads(message, parse_int=Number, parse_float=Number, parse_constant=refuse_constant,
                                  object_pairs_hook=Pairs)
        except ValueError:
            return None
        if not holds(tree, lambda test: json_test(document, test)):
            return None
        captured = {}
        for selector in selectors_of(tree):
            for found in follow(document, selector):
                if isinstance(found, (bool, str)):
                    captured[selector] = str(found).lower() if isinstance(found, bool) else str(found)
                    break
        return captured
    return run


def delimited_tests(parser):
    name, operator, token = parser.next(), parser.next(), parser.next()
    if not re.fullmatch(r"\w+", name, re.A) or operator not in ("=", "!=", "<", "<=", ">", ">="):
        raise Refused(name)
    if token.startswith("%"):
        parser.regexes += 1
    parser.names.append(name)
    return ("test", name, operator, value(token, operator))


def words_of(message):
    closed = r'\[(?P<b>[^\]]*(?:\](?![ \t\r\n]|\Z)[^\]]*)*)\](?=[ \t\r\n]|\Z)'
    quoted = r'"(?P<q>[^"]*(?:"(?![ \t\r\n]|\Z)[^"]*)*)"(?=[ \t\r\n]|\Z)'
    out = []
    for match in re.finditer(rf'{closed}|{quoted}|(?P<p>[^ \t\r\n]+)', message):
        out.append((next(g for g in (match["b"], match["q"], match["p"]) if g is not None), match.start()))
    return out


def layouts(slots, count):
    """Every way to give the slots their numbers of words, the first '...' shortest."""
    dots = [i for i, (kind, *_) in enumerate(slots) if kind == "..."]
    spare = count - (len(slots) - len(dots))
    if spare < 0:
        return
    if not dots:
        yield [1] * (len(slots) - 1) + [1 + spare]
        return
    for sizes in itertools.product(range(spare + 1), repeat=len(dots) - 1):
        if sum(sizes) <= spare:
            sizes = dict(zip(dots, [*sizes, spare - sum(sizes)]))
            yield [sizes.get(i, 1) for i in range(len(slots))]


def delimited_pattern(text):
    if len(text) < 2 or text[-1] != "]":
        raise Refused(text)
    inner = text[1:-1].strip(SPACE)
    slots, regexes = [], 0
    for part in slot_texts(inner):
        part = part.strip(SPACE)
        if part == "...":
            slots.append(("...", "", None))
        elif re.fullmatch(r"\w*", part, re.A):
            slots.append(("field", part, None))
        else:
            parser = Conditions(tokens_of(part, r"""[^ \t\r\n=<>()"%&|!,\]][^ \t\r\n=<>()&|!,\]]*"""), delimited_tests)
            parser.names = []
            tree = parser.whole()
            regexes += parser.regexes
            if len({name.lower() for name in parser.names}) != 1:
                raise Refused(str(parser.names))
            slots.append(("field", parser.names[0], tree))
    if regexes > 2:
        raise Refused("regexes")

    def run(message):
        words = words_of(message)
        if not inner:
            return {f"${i + 1}": word for i, (word, _) in enumerate(words)}
        for sizes in layouts(slots, len(words)):
            captured, at, good = {}, 0, True
            for (kind, name, tree), size in zip(slots, sizes):
                if kind == "...":
                    for i in range(at, at + size):
                        captured[f"${i + 1}"] = words[i][0]
                else:
                    text = words[at][0] if size == 1 else message[words[at][1]:].rstrip(SPACE)
                    captured["$" + name if name else f"${at + 1}"] = text
                    if tree and not holds(tree, lambda test: compare(text, True, test[2], test[3])):
                        good = False
                at += size
            if good:
                return captured
        return None
    return run


def slot_texts(inner):
    if not inner:
        return []
    parts = [""]
    for token in re.findall(rf'{QUOTED.replace("(", "(?:", 1)}|%[^%]*%|,|.', inner, re.S):
        if token == ",":
            parts.append("")
        else:
            parts[-1] += token
    return parts


def text_pattern(text):
    regex = re.fullmatch(r"%([^%]*)%", text)
    if text.startswith("%"):
        if not regex or not regex[1]:
            raise Refused(text)
        compiled = check_regex(regex[1])
        return lambda message: {} if compiled.search(message) else None
    terms = []
    for match in re.finditer(rf'[ \t\r\n]*(?:(?P<sign>[?-]?)(?:{QUOTED}(?=[ \t\r\n]|\Z)|(?P<word>\w+)(?=-\w|[ \t\r\n]|\Z))|(?P<bad>\S))',
                             text, re.S | re.A):
        if match["bad"]:
            raise Refused(text)
        term = match["word"] if match["word"] is not None else unquote(match[2])
        if not term.strip(SPACE):
            if match["sign"]:
                raise Refused(text)
        else:
            terms.append((match["sign"], term))

    def run(message):
        required = [t for s, t in terms if s == ""]
        excluded = [t for s, t in terms if s == "-"]
        optional = [t for s, t in terms if s == "?"]
        good = all(t in message for t in required) and not any(t in message for t in excluded)
        if optional and not required and not excluded:
            good = any(t in message for t in optional)
        return {} if good else None
    return run


def reference(text):
    text = text.strip(SPACE)
    if text.startswith("{"):
        return json_pattern(text)
    if text.startswith("["):
        return delimited_pattern(text)
    return text_pattern(text)


# The generators.

class Maker:
    def __init__(self, rng):
        self.rng = rng

    def pick(self, *choices):
        return self.rng.choice(choices)

    def gap(self):
        return self.pick("", "", " ", "  ")

    def bare(self):
        word = self.rng.choice(WORDS + NUMBERS)
        return self.pick(word, word, word[:-1] + "*", "*" + word[1:], "*", "*" + word[1:-1] + "*")

    def value(self):
        return self.pick(self.bare(), self.bare(), f'"{self.bare()}"', '"a b"', '"\\"x\\\\"', self.regex())

    def regex(self):
        parts = ["a", "b*", "[a-c]+", "x?", "4{1,2}", "a{,2}", " ", ".", "\\d", "^ER", "$", "|", "\\.", "\\x28", "W"]
        return "%" + "".join(self.rng.choices(parts, k=self.rng.randint(1, 3))) + "%"

    def test(self, name):
        g = self.gap
        if self.rng.random() < 0.3:
            return f"{name}{g()}{self.pick('<', '<=', '>', '>=')}{g()}{self.rng.choice(NUMBERS)}"
        return f"{name}{g()}{self.pick('=', '=', '!=')}{g()}{self.value()}"

    def selector(self):
        return "$" + "".join(self.rng.choices([".a", ".b", ".x-1", "[0]", "[1]", "[*]", ".*", ".['x-1']", "['a']"], k=self.rng.randint(1, 3)))

    def json_test(self):
        if self.rng.random() < 0.2:
            return f"{self.selector()} {self.pick('IS NULL', 'IS TRUE', 'IS FALSE', 'NOT EXISTS')}"
        return self.test(self.selector())

    def tree(self, leaf, depth=0):
        if depth > 2 or self.rng.random() < 0.45:
            return leaf()
        inner = self.pick("&&", "||").join(
            self.gap() + self.tree(leaf, depth + 1) + self.gap() for _ in range(self.rng.randint(1, 3)))
        return f"({inner})" if self.rng.random() < 0.5 else inner

    def slot(self):
        name = self.pick("ip", "w1", "size", "status_code", "")
        if self.rng.random() < 0.3:
            return "..." if self.rng.random() < 0.6 else name
        return self.tree(lambda: self.test(name or "w")) if self.rng.random() < 0.5 else name

    def pattern(self):
        kind = self.rng.random()
        if kind < 0.25:
            terms = self.rng.choices(WORDS[:9] + ["a-b", "ERROR-404-x_1", '"a b"', '"10.0"', '""', '" "', '"\\""'], k=self.rng.randint(0, 4))
            signs = self.rng.choices(["", "", "?", "-"], k=len(terms))
            return " ".join(map("".join, zip(signs, terms)))
        if kind < 0.3:
            return self.regex()
        if kind < 0.65:
            return "{" + self.gap() + self.tree(self.json_test) + self.gap() + "}"
        return "[" + ",".join(self.gap() + self.slot() + self.gap() for _ in range(self.rng.randint(0, 5))) + "]"

    def damaged(self, text):
        for _ in range(self.rng.randint(1, 2)):
            at = self.rng.randint(0, len(text))
            if self.rng.random() < 0.5:
                text = text[:at] + text[at + self.rng.randint(1, 3):]
            else:
                text = text[:at] + self.pick('"', "%", "=", "&", "|", "(", ")", ",", ".", "*", "!", "\\", " ", "]", "}",
                                             "a", "?", "-", "$", "<", "'", ":") + text[at:]
        return text

    def document(self, depth=0):
        kind = self.rng.random()
        if depth < 3 and kind < 0.6:
            keys = self.rng.choices(["a", "b", "x-1"], k=self.rng.randint(0, 3))
            return "{" + ",".join(f'{self.gap()}"{key}":{self.document(depth + 1)}' for key in keys) + "}"
        if depth < 3 and kind < 0.75:
            return "[" + ",".join(self.document(depth + 1) for _ in range(self.rng.randint(0, 3))) + "]"
        if kind < 0.85:
            return self.pick("null", "true", "false")
        if kind < 0.93:
            return self.pick("0", "1", "404", "-1", "1.5", "4e2", "400.0", "1E-3", "1e400", "-1e400")
        return json.dumps(self.pick(*WORDS, "a b", '"x\\', "é"))

    def message(self):
        if self.rng.random() < 0.5:
            text = self.document()
            return self.damaged(text) if self.rng.random() < 0.1 else text
        parts = self.rng.choices(WORDS + NUMBERS + ["[a b]", '"a b"', "[", '"', "]", "[a", '"GET x"y', 'a"', "é"],
                                 k=self.rng.randint(0, 7))
        return self.pick(" ", " ", "\t", "  ").join(parts)


def ask(cases):
    lines = "".join(json.dumps({"pattern": p, "message": m}) + "\n" for p, m in cases)
    done = subprocess.run([ORACLE], input=lines.encode(), capture_output=True, check=False)
    assert done.returncode == 0, done.stderr.decode()
    answers = [json.loads(line) for line in done.stdout.decode().splitlines()]
    assert len(answers) == len(cases)
    return answers


def expected(pattern, message):
    try:
        run = reference(pattern)
    except Refused:
        return None
    captured = run(message)
    return {"matches": captured is not None} | ({} if captured is None else {"captures": captured})


def comparable(answer):
    return None if "error" in answer else answer


def test_generated_patterns():
    print("seed", SEED)
    maker = Maker(random.Random(SEED))
    cases = []
    for i in range(CASES):
        pattern = maker.pattern()
        if i % 2:
            pattern = maker.damaged(pattern)
        cases += [(pattern, maker.message()) for _ in range(3)]
    valid = matched = 0
    for (pattern, message), answer in zip(cases, ask(cases)):
        try:
            wanted = expected(pattern, message)
        except Undecided:
            continue
        assert comparable(answer) == wanted, (pattern, message, answer, wanted)
        assert "lacks" not in answer, (pattern, message, answer)
        valid += wanted is not None
        matched += bool(wanted and wanted["matches"])
    assert valid > len(cases) // 3 and len(cases) - valid > len(cases) // 10, valid
    assert matched > len(cases) // 20, matched


def test_examples_of_the_guide():
    event = ('{"eventType":"UpdateTrail","sourceIPAddress":"111.111.111.111","arrayKey":["value","another value"],'
             '"objectList":[{"name":"a","id":1},{"name":"b","id":2}],"SomeObject":null}')
    users = ('{"user":{"id":1,"email":"John.Stiles@example.com"},"users":[{"id":2,"email":"John.Doe@example.com"},'
             '{"id":3,"email":"Jane.Doe@example.com"}],"actions":["GET","PUT","DELETE"],'
             '"coordinates":[[0,1,2],[4,5,6],[7,8,9]]}')
    cases = [
        ('{ $.eventType = "UpdateTrail" }', event, True), ("{ $.sourceIPAddress != 123.123.* }", event, True),
        ('{ $.arrayKey[0] = "value" }', event, True), ("{ $.objectList[1].id = 2 }", event, True),
        ("{ $.SomeObject IS NULL }", event, True), ("{ $.SomeOtherObject NOT EXISTS }", event, True),
        ('{ ($.user.id = 1) && ($.users[0].email = "John.Doe@example.com") }', users, True),
        ('{ $.user.email = "John.Stiles@example.com" || $.coordinates[0][1] = "nonmatch" && $.actions[2] = "nonmatch" }',
         users, True),
        ('{ ($.user.email = "John.Stiles@example.com" || $.coordinates[0][1] = "nonmatch") && $.actions[2] = "nonmatch" }',
         users, False),
        ('{ ($.user.id = 2 && $.users[0].email = "nonmatch") || $.actions[2] = "GET" }', users, False),
    ]
    for (pattern, message, wanted), answer in zip(cases, ask([case[:2] for case in cases])):
        assert answer.get("matches") is wanted, (pattern, answer)
        assert comparable(answer) == expected(pattern, message), pattern
