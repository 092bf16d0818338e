"""Writes models.pack: little-endian tables of fixed-size rows, indices, one pool of strings.

The rows' layout is repeated in src/model/pack.cc; PACK_MAGIC changes with it. A string is its
offset in the pool (u16 length, then bytes; 0 is the empty one). Optional references are stored
plus one, 0 being none.

A reference may override traits of the shape it names (an enum, jsonvalue, an error's code). The
reader's accessors for those are the shape's, so such a reference gets a copy of the shape's row,
placed after the service's named shapes, where look-up by name does not see it.
"""

import json
import struct

from botocore import xform_name
from botocore.utils import PRIORITY_ORDERED_SUPPORTED_PROTOCOLS

from modelc.load import Json, ServiceFiles

PACK_MAGIC = b"STPACK01"
KINDS = {
    "structure": 0, "list": 1, "map": 2, "string": 3, "character": 3, "blob": 4, "boolean": 5,
    "integer": 6, "long": 7, "float": 8, "double": 9, "timestamp": 10,
}
KIND_DOCUMENT = 11
PROTOCOLS = {"query": 0, "ec2": 1, "json": 2, "rest-json": 3, "rest-xml": 4,
             "smithy-rpc-v2-cbor": 5}
LOCATIONS = {None: 0, "header": 1, "headers": 2, "querystring": 3, "uri": 4, "statusCode": 5}
TIMESTAMPS = {None: 0, "iso8601": 1, "unixTimestamp": 2, "rfc822": 3}
OVERRIDES = ("enum", "jsonvalue", "error", "exception", "fault", "min", "max", "pattern",
             "sensitive", "document", "union", "eventstream", "event", "payload")
SHAPE_FLAGS = ("flattened", "sensitive", "streaming", "eventstream", "event", "union",
               "jsonvalue", "exception", "fault")
MEMBER_FLAGS = ("flattened", "xmlAttribute", "streaming", "idempotencyToken", "hostLabel",
                "deprecated", "eventpayload", "eventheader")
SECTIONS = ("strings", "services", "operations", "shapes", "members", "member_order", "enums",
            "constraints", "shape_extras", "member_extras", "errors", "waiters", "paginators",
            "paginator_strings", "cli_order", "by_signing_name", "by_target_prefix")


class Strings:
    def __init__(self):
        self.pool = bytearray(b"\0\0")
        self.offsets = {"": 0}

    def add(self, text: str | None) -> int:
        text = text or ""
        offset = self.offsets.get(text)
        if offset is None:
            data = text.encode()
            offset = self.offsets[text] = len(self.pool)
            self.pool += struct.pack("<H", len(data)) + data
        return offset


class Table:
    """Rows of one format; `add` gives the row's index."""

    def __init__(self, fields: str):
        self.layout = struct.Struct("<" + fields)
        self.data = bytearray()
        self.count = 0
        self.seen: dict[tuple, int] = {}

    def add(self, *row) -> int:
        self.data += self.layout.pack(*row)
        self.count += 1
        return self.count - 1

    def add_once(self, *row) -> int:
        """Row 0 is the row of zeros: absent."""
        if not self.seen:
            self.seen[(0,) * len(row)] = self.add(*(0,) * len(row))
        if row not in self.seen:
            self.seen[row] = self.add(*row)
        return self.seen[row]


def flag_bits(traits: Json, names: tuple[str, ...]) -> int:
    return sum(1 << bit for bit, name in enumerate(names) if traits.get(name))


def namespace_of(traits: Json) -> tuple[str, str]:
    namespace = traits.get("xmlNamespace") or {}
    if isinstance(namespace, str):
        return namespace, ""
    return namespace.get("uri", ""), namespace.get("prefix", "")


class PackWriter:
    def __init__(self, version: str):
        self.strings = Strings()
        self.version = self.strings.add(version)
        self.services = Table("16I")
        self.operations = Table("8IHHIHHI")
        self.shapes = Table("IIHHII")
        self.members = Table("5I")
        self.member_order = Table("H")
        self.enums = Table("I")
        self.constraints = Table("IIdd")
        self.shape_extras = Table("6I")
        self.member_extras = Table("3I")
        self.errors = Table("I")
        self.waiters = Table("6I")
        self.paginators = Table("8I")
        self.paginator_strings = Table("I")
        self.cli_order = Table("H")
        self.by_signing_name = Table("I")
        self.by_target_prefix = Table("I")
        self.signing_names: list[str] = []
        self.target_prefixes: list[str] = []

    def add_service(self, files: ServiceFiles) -> None:
        shapes = _ServiceShapes(self, files.model["shapes"])
        first_operation = self.operations.count
        operations = sorted(files.model["operations"].items())
        rows = [shapes.operation_row(name, op, files) for name, op in operations]
        first_shape, named = shapes.write()
        for row in rows:
            self.operations.add(*row)
        names = [xform_name(name, "-") for name, _ in operations]
        for index in sorted(range(len(names)), key=names.__getitem__):
            self.cli_order.add(index)
        first_waiter = self.waiters.count
        for name, waiter in sorted(files.waiters.items()):
            self._add_waiter(name, waiter)
        self._add_service_row(files, (first_operation, len(rows), first_shape, named,
                                      first_waiter, self.waiters.count - first_waiter))

    def _add_waiter(self, name: str, waiter: Json) -> None:
        add = self.strings.add
        acceptors = json.dumps(waiter["acceptors"], separators=(",", ":"), ensure_ascii=False)
        self.waiters.add(add(name), add(xform_name(name, "-")), add(waiter["operation"]),
                         waiter["delay"], waiter["maxAttempts"], add(acceptors))

    def _add_service_row(self, files: ServiceFiles, ranges: tuple) -> None:
        meta = files.model["metadata"]
        signing_name = meta.get("signingName", meta["endpointPrefix"])
        self.signing_names.append(signing_name)
        self.target_prefixes.append(meta.get("targetPrefix", ""))
        texts = (files.name, meta.get("serviceId"), meta.get("serviceFullName"),
                 meta["endpointPrefix"], signing_name, meta.get("targetPrefix"),
                 meta["apiVersion"], meta.get("jsonVersion"), namespace_of(meta)[0])
        self.services.add(*map(self.strings.add, texts), self._service_flags(meta), *ranges)

    @staticmethod
    def _service_flags(meta: Json) -> int:
        """Bit 0 awsQueryCompatible, bits 4-7 the preferred protocol, bits 8-13 all supported."""
        protocols = meta.get("protocols") or [meta["protocol"]]
        preferred = next(p for p in PRIORITY_ORDERED_SUPPORTED_PROTOCOLS if p in protocols)
        flags = int("awsQueryCompatible" in meta) | PROTOCOLS[preferred] << 4
        return flags | sum(1 << (8 + PROTOCOLS[p]) for p in set(protocols))

    def add_paginator(self, config: Json | None) -> int:
        if config is None:
            return 0
        ranges = []
        for key in ("input_token", "output_token", "result_key"):
            values = config.get(key, [])
            values = values if isinstance(values, list) else [values]
            ranges += [self.paginator_strings.count, len(values)]
            for value in values:
                self.paginator_strings.add(self.strings.add(value))
        more = self.strings.add(config.get("more_results"))
        return self.paginators.add(*ranges, self.strings.add(config.get("limit_key")), more) + 1

    def finish(self) -> bytes:
        for names, order in ((self.signing_names, self.by_signing_name),
                             (self.target_prefixes, self.by_target_prefix)):
            for index in sorted(range(len(names)), key=names.__getitem__):
                order.add(index)
        offset = len(PACK_MAGIC) + 8 + 8 * len(SECTIONS)
        header = bytearray(PACK_MAGIC + struct.pack("<II", self.version, len(SECTIONS)))
        body = bytearray()
        for name in SECTIONS:
            table = getattr(self, name)
            data = table.pool if name == "strings" else table.data
            body += b"\0" * (-(offset + len(body)) % 8)
            header += struct.pack("<II", offset + len(body),
                                  len(data) if name == "strings" else table.count)
            body += data
        return bytes(header + body)


class _ServiceShapes:
    """One service's shapes: rows are numbered by name first, overriding copies after."""

    def __init__(self, writer: PackWriter, shapes: Json):
        self.writer = writer
        self.models = shapes
        self.base = writer.shapes.count
        self.names = sorted(shapes)
        self.rows = {name: self.base + i for i, name in enumerate(self.names)}
        self.copies: list[tuple[str, Json]] = []
        self.copy_rows: dict[str, int] = {}

    def resolve(self, ref: Json) -> int:
        name = ref["shape"]
        model = self.models[name]
        changed = {k: ref[k] for k in OVERRIDES if k in ref and ref[k] != model.get(k)}
        if not changed:
            return self.rows[name]
        key = json.dumps([name, changed], sort_keys=True)
        if key not in self.copy_rows:
            self.copy_rows[key] = self.base + len(self.names) + len(self.copies)
            self.copies.append((name, {**model, **changed}))
        return self.copy_rows[key]

    def add_member(self, name: str, ref: Json, required: bool = False) -> int:
        w, add = self.writer, self.writer.strings.add
        traits = {**{k: v for k, v in self.models[ref["shape"]].items() if k != "deprecated"},
                  **ref}
        uri, prefix = namespace_of(traits)
        extra = w.member_extras.add_once(add(traits.get("queryName")), add(uri), add(prefix))
        flags = int(required) | flag_bits(traits, MEMBER_FLAGS) << 1
        flags |= LOCATIONS[traits.get("location")] << 12
        flags |= TIMESTAMPS[traits.get("timestampFormat")] << 16
        return w.members.add(add(name), self.resolve(ref), add(traits.get("locationName")),
                             extra, flags)

    def operation_row(self, name: str, op: Json, files: ServiceFiles) -> tuple:
        w, add = self.writer, self.writer.strings.add
        http, output = op.get("http", {}), op.get("output")
        source = op.get("input")
        source = self._with_order(lambda: self.add_member("input", source)) + 1 if source else 0
        first_error = w.errors.count
        for error in op.get("errors", []):
            w.errors.add(self.resolve(error))
        auth_none = op.get("authtype") == "none" or op.get("auth") == ["smithy.api#noAuth"]
        streams = output is not None and any(
            self.models[m["shape"]].get("eventstream")
            for m in self.models[output["shape"]].get("members", {}).values())
        flags = bool(op.get("deprecated")) | auth_none << 1 | streams << 2
        return (add(name), add(xform_name(name, "-")), add(http.get("method")),
                add(http.get("requestUri")), source,
                self.resolve(output) + 1 if output else 0,
                add((output or {}).get("resultWrapper")), first_error,
                w.errors.count - first_error, http.get("responseCode", 0),
                add(op.get("endpoint", {}).get("hostPrefix")), flags, w.services.count,
                w.add_paginator(files.paginators.get(name)))

    def _with_order(self, add) -> int:
        self.writer.member_order.add(0)
        return add()

    def write(self) -> tuple[int, int]:
        for name in self.names:
            self._add_shape(name, self.models[name])
        index = 0
        while index < len(self.copies):  # A copy's members may ask for further copies.
            self._add_shape(*self.copies[index])
            index += 1
        return self.base, len(self.names)

    def _add_shape(self, name: str, model: Json) -> None:
        w, add = self.writer, self.writer.strings.add
        document = model["type"] == "structure" and model.get("document")
        flags = KIND_DOCUMENT if document else KINDS[model["type"]]
        flags |= TIMESTAMPS[model.get("timestampFormat")] << 4
        flags |= flag_bits(model, SHAPE_FLAGS) << 8
        first, count = self._add_parts(model)
        low, high = model.get("min"), model.get("max")
        limits = w.constraints.add_once(int(low is not None), int(high is not None),
                                        float(low or 0), float(high or 0))
        error = model.get("error", {})
        extra = w.shape_extras.add_once(
            add(model.get("pattern")), add(model.get("payload")), add(error.get("code")),
            error.get("httpStatusCode", 0), add(namespace_of(model)[0]),
            add(model.get("locationName")))
        w.shapes.add(add(name), first, count, limits, flags, extra)

    def _add_parts(self, model: Json) -> tuple[int, int]:
        """Rows of members, or of enum values for a string."""
        w = self.writer
        if "enum" in model:
            first = w.enums.count
            for value in model["enum"]:
                w.enums.add(w.strings.add(value))
            return first, len(model["enum"])
        parts = self._references(model)
        if not parts:
            return 0, 0
        first = w.members.count
        required = set(model.get("required", ()))
        for name, ref in parts:
            self.add_member(name, ref, name in required)
        for index in sorted(range(len(parts)), key=lambda i: parts[i][0]):
            w.member_order.add(index)
        return first, len(parts)

    @staticmethod
    def _references(model: Json) -> list[tuple[str, Json]]:
        if model["type"] == "list":
            return [("member", model["member"])]
        if model["type"] == "map":
            return [("key", model["key"]), ("value", model["value"])]
        return list(model.get("members", {}).items())
