"""python -m modelc pack OUT.pack | python -m modelc shapes SERVED.txt OUT_DIR"""

import argparse
import gc
import pathlib

from modelc import load, pack, served, shapes


def write_if_changed(path: pathlib.Path, content: bytes) -> None:
    if path.exists() and path.read_bytes() == content:
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)


def make_pack(args) -> None:
    writer = pack.PackWriter(load.botocore_version())
    for name in load.service_names():
        writer.add_service(load.read_service(name))
    write_if_changed(args.out, writer.finish())


def make_shapes(args) -> None:
    for name, operations in served.read(args.served).items():
        header, source = shapes.generate(load.read_service(name), operations)
        stem = shapes.service_identifier(name)
        write_if_changed(args.out / f"{stem}.h", header.encode())
        write_if_changed(args.out / f"{stem}.cc", source.encode())


def main() -> None:
    parser = argparse.ArgumentParser(prog="modelc")
    commands = parser.add_subparsers(required=True)
    packing = commands.add_parser("pack")
    packing.add_argument("out", type=pathlib.Path)
    packing.set_defaults(run=make_pack)
    shaping = commands.add_parser("shapes")
    shaping.add_argument("served", type=pathlib.Path)
    shaping.add_argument("out", type=pathlib.Path)
    shaping.set_defaults(run=make_shapes)
    args = parser.parse_args()
    gc.disable()  # The models are trees without cycles: collecting only costs time.
    args.run(args)


main()
