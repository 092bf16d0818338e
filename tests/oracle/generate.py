"""Random inputs and outputs by botocore's shapes, and the two forms the tests compare.

A generated value is a plain Python value as botocore takes and gives it. `canonical` turns it into
what the wire_oracle program speaks: timestamps in milliseconds, blobs in base64, special floats as
strings. What a protocol cannot carry (an empty list in a form, a comma in a header list) is not
generated, or pruned from both sides by `pruned`.
"""
import base64
import datetime
import json
import math

TEXT = "abcXYZ0189 _-./:+&=<>\"'%,;#?@\n\u00e9\u4e2d\U0001f600"
TOKEN = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_"
MAX_DEPTH = 5
XML_LIKE = ("query", "ec2", "rest-xml")


class Generator:
    def __init__(self, rng, protocol, response):
        self.rng = rng
        self.protocol = protocol
        self.response = response

    def structure(self, shape, depth=0):
        if shape.is_document_type:
            return {"a": [1, "x", None, {"b": True}], self.token(): 1.5}
        names = list(shape.members)
        if shape.is_tagged_union and names:
            names = [self.rng.choice(names)]
            return {n: self.value(shape.members[n], depth + 1) for n in names}
        out = {}
        for name in names:
            member = shape.members[name]
            if member.serialization.get("eventstream"):
                continue
            wanted = name in shape.required_members or self.bound_for_sure(shape, member, name)
            chance = 0.5 if depth < 2 else 0.25
            if not wanted and (self.deep(member, depth) or self.rng.random() > chance):
                continue
            out[name] = self.value(member, depth + 1)
        return out

    def bound_for_sure(self, shape, member, name):
        return (member.serialization.get("location") == "uri"
                or bool(member.serialization.get("hostLabel"))
                or shape.serialization.get("payload") == name)

    def deep(self, member, depth):
        return depth >= MAX_DEPTH and member.type_name in ("structure", "list", "map")

    def value(self, shape, depth):
        location = shape.serialization.get("location")
        kind = shape.type_name
        if kind == "structure":
            return self.structure(shape, depth)
        if kind == "list":
            if depth > MAX_DEPTH + 4:
                return []
            count = self.rng.randint(1, 2)
            items = [self.item(shape.member, depth, location) for _ in range(count)]
            return [i for i in items if self.protocol not in XML_LIKE or pruned(i) is not None]
        if kind == "map":
            if depth > MAX_DEPTH + 4:
                return {}
            return {self.key(shape, location): self.item(shape.value, depth, location)
                    for _ in range(self.rng.randint(1, 2))}
        return self.scalar(shape, location)

    def item(self, shape, depth, location):
        if shape.type_name in ("structure", "list", "map"):
            return self.value(shape, depth + 1)
        return self.scalar(shape, location)

    def key(self, shape, location):
        if shape.key.type_name == "string" and shape.key.enum:
            return self.rng.choice(shape.key.enum)
        if location in ("headers", "querystring"):
            return "k" + self.token().lower()
        return "k" + self.token() + self.rng.choice(["", "a.b", "x y", "\u00e9"])

    def token(self, low=1):
        return "".join(self.rng.choice(TOKEN) for _ in range(self.rng.randint(low, 9)))

    def text(self, low):
        return "".join(self.rng.choice(TEXT) for _ in range(self.rng.randint(low, 12)))

    def scalar(self, shape, location):
        return getattr(self, "_" + shape.type_name, self._string)(shape, location)

    def _string(self, shape, location):
        if shape.serialization.get("jsonvalue") and location == "header":
            return {"a": [1, "x"]}
        if shape.enum:
            return self.rng.choice(shape.enum)
        if shape.serialization.get("hostLabel"):
            return "h" + self.token().replace("_", "-")
        if location in ("header", "headers"):
            return self.token()
        if location == "uri":
            return self.rng.choice(["t", "arn:aws:x:y/z", "a b%c", "\u00e9+&?#", self.token()])
        return self.text(0)

    def _blob(self, shape, location):
        # A blob may be the payload; botocore decodes those that do not stream as text.
        if self.protocol in ("rest-json", "rest-xml"):
            return ("payload " + self.token()).encode()
        return bytes(self.rng.randrange(256) for _ in range(self.rng.randint(1, 9)))

    def _boolean(self, shape, location):
        return self.rng.random() < 0.5

    def _integer(self, shape, location):
        if location == "statusCode":
            return self.rng.randint(200, 299)
        return self.rng.choice([0, 1, -1, 2**31 - 1, -2**31, self.rng.randint(-10**6, 10**6)])

    def _long(self, shape, location):
        return self.rng.choice([0, -1, 2**63 - 1, -2**63, self.rng.randint(-2**53, 2**53)])

    def _float(self, shape, location):
        # Eighths are exact in 32 bits too. The json parser leaves special numbers as text.
        numbers = [0.0, 1.0, -2.5, 0.125, self.rng.randint(-2**20, 2**20) / 8.0]
        if not (self.response and self.protocol == "json"):
            numbers += [math.inf, -math.inf, math.nan]
        return self.rng.choice(numbers)

    _double = _float

    def _timestamp(self, shape, location):
        seconds = self.rng.randint(1_000_000_000, 2_000_000_000)
        fraction = 0
        whole = location == "header" or shape.serialization.get("timestampFormat") == "rfc822"
        if self.response and not whole:
            fraction = self.rng.choice([0, self.rng.randint(1, 999)])
        moment = datetime.datetime.fromtimestamp(seconds, datetime.timezone.utc)
        return moment + datetime.timedelta(milliseconds=fraction)


def canonical(shape, value):
    """Of a Python value (from the generator or from botocore's parser) by shape."""
    if value is None or shape is None:
        return value
    kind = shape.type_name
    if kind == "structure":
        if shape.is_document_type:
            return value
        return {k: canonical(shape.members[k], v) for k, v in value.items() if k in shape.members}
    if kind == "list":
        return [canonical(shape.member, v) for v in value]
    if kind == "map":
        return {k: canonical(shape.value, v) for k, v in value.items()}
    if kind == "timestamp":
        return round(value.timestamp() * 1000)
    if kind == "blob":
        if hasattr(value, "read"):
            value = value.read()
        return base64.b64encode(value.encode() if isinstance(value, str) else value).decode()
    if kind in ("float", "double"):
        return float(value) if math.isfinite(float(value)) else str(float(value))
    if kind == "string" and not isinstance(value, str):
        return json.dumps(value, separators=(",", ":"))
    return value


def pruned(value):
    """Without empty lists, maps and structures, which forms and flattened XML cannot tell from
    absent ones. None when nothing is left."""
    if isinstance(value, dict):
        out = {k: pruned(v) for k, v in value.items()}
        return {k: v for k, v in out.items() if v is not None} or None
    if isinstance(value, list):
        return [v for v in (pruned(v) for v in value) if v is not None] or None
    return value
