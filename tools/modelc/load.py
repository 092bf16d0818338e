"""Finds and reads models as botocore does: latest API version, sdk-extras merged in.

botocore's own Loader is not used for reading because it builds ordered dictionaries in Python,
which takes several times as long; tests/oracle/test_pack.py holds the result against botocore.
"""

import dataclasses
import functools
import gzip
import json
import pathlib
from typing import Any

import botocore
from botocore.utils import deep_merge

DATA = pathlib.Path(botocore.__file__).parent / "data"
Json = dict[str, Any]


@dataclasses.dataclass
class ServiceFiles:
    name: str
    model: Json
    waiters: Json
    paginators: Json


def botocore_version() -> str:
    return botocore.__version__


def _text(base: pathlib.Path) -> bytes | None:
    plain = base.with_name(base.name + ".json")
    if plain.exists():
        return plain.read_bytes()
    packed = base.with_name(base.name + ".json.gz")
    return gzip.decompress(packed.read_bytes()) if packed.exists() else None


def _read(folder: pathlib.Path, stem: str) -> Json:
    text = _text(folder / stem)
    model = json.loads(text) if text is not None else {}
    extras = _text(folder / f"{stem}.sdk-extras")
    if extras is not None:
        deep_merge(model, json.loads(extras).get("merge", {}))
    return model


def _latest(service: pathlib.Path) -> pathlib.Path | None:
    versions = [v for v in service.iterdir() if any(v.glob("service-2.json*"))]
    return max(versions, key=lambda v: v.name, default=None)


@functools.cache
def _folders() -> dict[str, pathlib.Path]:
    found = {p.name: _latest(p) for p in sorted(DATA.iterdir()) if p.is_dir()}
    return {name: folder for name, folder in found.items() if folder is not None}


def service_names() -> list[str]:
    return sorted(_folders())


def read_service(name: str) -> ServiceFiles:
    if name not in _folders():
        raise SystemExit(f"botocore {botocore_version()} has no service {name}")
    folder = _folders()[name]
    return ServiceFiles(
        name=name,
        model=_read(folder, "service-2"),
        waiters=_read(folder, "waiters-2").get("waiters", {}),
        paginators=_read(folder, "paginators-1").get("pagination", {}),
    )
