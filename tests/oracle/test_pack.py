"""The model pack, read by the C++ reader, against botocore's own view of every service.

src/model/dump/pack_dump.cc prints a service as the program sees it; botocore's ServiceModel,
PaginatorModel and WaiterModel are the oracle. SEATRIAL_PACK_DUMP names the executable; by default
it is looked for in the build folder.
"""

import json
import os
import pathlib
import subprocess

import botocore
import pytest
from botocore import xform_name
from botocore.loaders import Loader
from botocore.model import ServiceModel

ROOT = pathlib.Path(__file__).resolve().parents[2]
DUMP = os.environ.get("SEATRIAL_PACK_DUMP", str(ROOT / "build" / "pack_dump"))
LOADER = Loader(extra_search_paths=[Loader.BUILTIN_DATA_PATH], include_default_search_paths=False)
KINDS = ["structure", "list", "map", "string", "blob", "boolean", "integer", "long", "float",
         "double", "timestamp", "structure"]
DOCUMENT = 11
PROTOCOLS = ["query", "ec2", "json", "rest-json", "rest-xml", "smithy-rpc-v2-cbor"]
LOCATIONS = [None, "header", "headers", "querystring", "uri", "statusCode"]
TIMESTAMPS = [None, "iso8601", "unixTimestamp", "rfc822"]


def dump(*args):
    done = subprocess.run([DUMP, *args], check=True, capture_output=True)
    return json.loads(done.stdout)


def namespace(serialization):
    found = serialization.get("xmlNamespace", "")
    if isinstance(found, str):
        return found, ""
    return found["uri"], found.get("prefix", "")


def as_list(value):
    return value if isinstance(value, list) else [value]


class Comparison:
    """Walks a dumped service and botocore's model of it side by side."""

    def __init__(self, name):
        self.got = dump(name)
        self.model = ServiceModel(LOADER.load_service_model(name, "service-2"), name)
        self.raw = self.model._service_description["shapes"]
        self.seen = set()

    def optional(self, type_name):
        try:
            return LOADER.load_service_model(self.got["name"], type_name, self.model.api_version)
        except botocore.exceptions.DataNotFoundError:
            return {}

    def service(self):
        got, model = self.got, self.model
        metadata = model.metadata
        assert got["service_id"] == str(model.service_id)
        assert got["full_name"] == metadata["serviceFullName"]
        assert got["endpoint_prefix"] == model.endpoint_prefix
        assert got["signing_name"] == model.signing_name
        assert got["api_version"] == model.api_version
        assert got["target_prefix"] == metadata.get("targetPrefix", "")
        assert got["json_version"] == metadata.get("jsonVersion", "")
        assert got["xml_namespace"] == metadata.get("xmlNamespace", "")
        assert got["query_compatible"] == model.is_query_compatible
        assert PROTOCOLS[got["protocol"]] == model.resolved_protocol
        assert {PROTOCOLS[p] for p in got["protocols"]} == set(
            metadata.get("protocols") or [metadata["protocol"]])
        assert [o["name"] for o in got["operations"]] == sorted(model.operation_names)

    def operation(self, got, pages):
        model = self.model.operation_model(got["name"])
        assert got["cli_name"] == xform_name(model.name, "-")
        assert got["method"] == model.http["method"]
        assert got["uri"] == model.http["requestUri"]
        assert got["status"] == model.http.get("responseCode", 0)
        assert got["deprecated"] == model.deprecated
        assert got["host_prefix"] == (model.endpoint or {}).get("hostPrefix", "")
        assert got["auth_none"] == (model.auth_type == "none" or
                                    model.auth == ["smithy.api#noAuth"])
        assert got["event_stream_output"] == model.has_event_stream_output
        self.side(got["output"], model.output_shape)
        if model.output_shape is not None:
            assert got["result_wrapper"] == model.output_shape.serialization.get(
                "resultWrapper", "")
        assert (got["input"] is None) == (model.input_shape is None)
        if got["input"] is not None:
            self.member(got["input"], model.input_shape, {}, False)
        assert len(got["errors"]) == len(model.error_shapes)
        for error, shape in zip(got["errors"], model.error_shapes):
            self.shape(error, shape)
        self.paginator(got["paginator"], pages.get(got["name"]))

    def side(self, got, shape):
        assert (got is None) == (shape is None)
        if shape is not None:
            self.shape(got, shape)

    def paginator(self, got, config):
        assert (got is None) == (config is None)
        if config is None:
            return
        for key in ("input_token", "output_token", "result_key"):
            assert got[key] == as_list(config.get(key, []))
        for key in ("limit_key", "more_results"):
            assert got[key] == config.get(key, "")

    def member(self, got, shape, reference, required):
        traits = shape.serialization
        # botocore renames locationName to name when it resolves a reference.
        assert got["location_name"] == traits.get("name", "")
        assert got["query_name"] == traits.get("queryName", "")
        assert (got["xml_namespace"], got["xml_prefix"]) == namespace(traits)
        assert LOCATIONS[got["location"]] == traits.get("location")
        assert TIMESTAMPS[got["timestamp_format"]] == traits.get("timestampFormat")
        expected = {f for f in ("flattened", "xmlAttribute", "streaming", "hostLabel",
                                "eventpayload", "eventheader") if traits.get(f)}
        expected |= {"required"} if required else set()
        expected |= {"idempotencyToken"} if shape.metadata.get("idempotencyToken") else set()
        expected |= {"deprecated"} if reference.get("deprecated") else set()
        assert set(got["flags"]) == expected
        self.shape(got["shape"], shape)

    def shape(self, key, shape):
        got = self.got["shapes"][key]
        assert got["name"] == shape.name
        if key in self.seen:
            return
        self.seen.add(key)
        self.traits(got, shape)
        self.members(got, shape)

    def traits(self, got, shape):
        meta = shape.metadata
        assert KINDS[got["kind"]] == ("string" if shape.type_name == "character"
                                      else shape.type_name)
        assert (got["kind"] == DOCUMENT) == bool(getattr(shape, "is_document_type", False))
        for limit in ("min", "max"):
            assert got[limit] == (None if meta.get(limit) is None else float(meta[limit]))
        assert got["pattern"] == meta.get("pattern", "")
        assert got["enum"] == list(meta.get("enum", []))
        assert got["payload"] == shape.serialization.get("payload", "")
        error = meta.get("error", {})
        assert got["error_code"] == error.get("code", shape.name)
        assert got["error_status"] == error.get("httpStatusCode", 0)
        flags = set(got["flags"])
        assert ("sensitive" in flags) == bool(meta.get("sensitive"))
        assert ("union" in flags) == bool(meta.get("union"))
        assert ("exception" in flags) == bool(meta.get("exception"))
        own = self.raw[shape.name]
        assert ("fault" in flags) == bool(own.get("fault"))
        for trait in ("eventstream", "event"):
            assert (trait in flags) == bool(shape.serialization.get(trait))
        assert ("jsonvalue" in flags) == bool(shape.serialization.get("jsonvalue"))
        for trait in ("flattened", "streaming"):  # the shape's own; a reference's is the Member's
            assert (trait in flags) == bool(own.get(trait))
        assert TIMESTAMPS[got["timestamp_format"]] == own.get("timestampFormat")
        assert got["location_name"] == own.get("locationName", "")
        assert got["xml_namespace"] == namespace(own)[0]

    def members(self, got, shape):
        own = self.raw[shape.name]
        if shape.type_name == "structure":
            required = shape.required_members
            assert [m["name"] for m in got["members"]] == list(shape.members)
            for member in got["members"]:
                name = member["name"]
                self.member(member, shape.members[name], own["members"][name], name in required)
        elif shape.type_name == "list":
            self.member(got["members"][0], shape.member, own["member"], False)
        elif shape.type_name == "map":
            self.member(got["members"][0], shape.key, own["key"], False)
            self.member(got["members"][1], shape.value, own["value"], False)
        else:
            assert got["members"] == []


def test_pack_has_botocores_services():
    overview = dump()
    assert overview["version"] == botocore.__version__
    assert overview["services"] == LOADER.list_available_services("service-2")


def test_an_unknown_service_is_refused():
    done = subprocess.run([DUMP, "no-such-service"], capture_output=True, text=True)
    assert done.returncode == 1
    assert "no-such-service" in done.stderr


@pytest.mark.parametrize("name", LOADER.list_available_services("service-2"))
def test_service_is_as_botocore_sees_it(name):
    comparison = Comparison(name)
    comparison.service()
    pages = comparison.optional("paginators-1").get("pagination", {})
    for operation in comparison.got["operations"]:
        comparison.operation(operation, pages)
    waiters = comparison.optional("waiters-2").get("waiters", {})
    assert [w["name"] for w in comparison.got["waiters"]] == sorted(waiters)
    for got in comparison.got["waiters"]:
        expected = waiters[got["name"]]
        assert got["cli_name"] == xform_name(got["name"], "-")
        assert got["operation"] == expected["operation"]
        assert (got["delay"], got["max_attempts"]) == (expected["delay"], expected["maxAttempts"])
        assert json.loads(got["acceptors"]) == expected["acceptors"]
