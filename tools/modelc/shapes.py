"""Writes a service's typed shapes: one header and one source for its served operations.

A structure comes after those it holds. Where structures hold each other, the reference that closes
the cycle names a structure declared ahead: lists and maps bear that, a plain member becomes a Box.
Types are written with their full names because AWS likes members that are called like their type.
"""

import re

from modelc.load import Json, ServiceFiles

SCALARS = {
    "string": "std::string", "character": "std::string", "blob": "std::string", "boolean": "bool",
    "integer": "int", "long": "std::int64_t", "float": "double", "double": "double",
    "timestamp": "::seatrial::Time",
}
ZEROS = {"bool": " = false", "int": " = 0", "std::int64_t": " = 0", "double": " = 0",
         "::seatrial::Time": "{}"}
KEYWORDS = frozenset("""
alignas alignof and and_eq asm auto bitand bitor bool break case catch char char8_t char16_t
char32_t class compl concept const consteval constexpr constinit const_cast continue co_await
co_return co_yield decltype default delete do double dynamic_cast else enum explicit export extern
false float for friend goto if inline int long mutable namespace new noexcept not not_eq nullptr
operator or or_eq private protected public register reinterpret_cast requires return short signed
sizeof static static_assert static_cast struct switch template this thread_local throw true try
typedef typeid typename union unsigned using virtual void volatile wchar_t while xor xor_eq
""".split())
MACROS = frozenset("""
assert errno stdin stdout stderr NULL EOF INFINITY NAN OVERFLOW UNDERFLOW DOMAIN SING PLOSS TLOSS
TRUE FALSE BIG_ENDIAN LITTLE_ENDIAN PDP_ENDIAN linux unix major minor makedev
""".split())
# Names of ours that an unqualified shape of the same name would hide in users' code.
TAKEN = frozenset(["to_value", "from_value", "seatrial", "std"])


def identifier(name: str) -> str:
    made = re.sub(r"[^A-Za-z0-9_]", "_", name)
    if not made or made[0].isdigit():
        made = "_" + made if made else "empty"
    if made in KEYWORDS or made in MACROS or made in TAKEN or re.fullmatch("SIG[A-Z0-9]+", made):
        made += "_"
    return made


def service_identifier(name: str) -> str:
    return identifier(name)


def literal(text: str) -> str:
    escaped = "".join(
        c if " " <= c <= "~" and c not in '\\"' else "".join(f"\\{b:03o}" for b in c.encode())
        for c in text)
    return f'"{escaped}"'


class Generator:
    def __init__(self, files: ServiceFiles, operations: list[str]):
        self.service = files.name
        self.shapes = files.model["shapes"]
        self.operations = [(name, self._operation(files, name)) for name in operations]
        self.order: list[str] = []  # structures, each after those it holds
        self.enums: set[str] = set()
        self.boxed: set[tuple[str, str]] = set()  # (structure, member)
        self.state: dict[str, str] = {}
        for _, operation in self.operations:
            for side in ("input", "output"):
                if side in operation:
                    self._visit(operation[side]["shape"])
        self._check_names()

    def _operation(self, files: ServiceFiles, name: str) -> Json:
        found = files.model["operations"].get(name)
        if found is None:
            raise SystemExit(f"served.txt: {self.service} has no operation {name}")
        return found

    def _check_names(self) -> None:
        names = [identifier(n) for n in self.order + sorted(self.enums)]
        names += [name + "Op" for name, _ in self.operations]
        twice = {n for n in names if names.count(n) > 1}
        if twice:
            raise SystemExit(f"{self.service}: two shapes share a C++ name: {sorted(twice)}")

    def _is_structure(self, name: str) -> bool:
        shape = self.shapes[name]
        return shape["type"] == "structure" and not shape.get("document")

    def _visit(self, name: str) -> None:
        if name in self.state:
            return
        self.state[name] = "open"
        shape = self.shapes[name]
        if shape.get("enum"):
            self.enums.add(name)
        if shape["type"] == "list":
            self._visit(shape["member"]["shape"])
        elif shape["type"] == "map":
            self._visit(shape["key"]["shape"])
            self._visit(shape["value"]["shape"])
        elif self._is_structure(name):
            for member, ref in shape.get("members", {}).items():
                target = ref["shape"]
                if self._is_structure(target) and self.state.get(target) == "open":
                    self.boxed.add((name, member))
                self._visit(target)
            self.order.append(name)
        self.state[name] = "done"

    def _qualified(self, shape_name: str) -> str:
        space = service_identifier(self.service)
        return f"::seatrial::aws::{space}::{identifier(shape_name)}"

    def type_of(self, shape_name: str) -> str:
        shape = self.shapes[shape_name]
        kind = shape["type"]
        if kind == "list":
            return f"::seatrial::model::List<{self.type_of(shape['member']['shape'])}>"
        if kind == "map":
            return f"::seatrial::model::Map<{self.type_of(shape['value']['shape'])}>"
        if kind == "structure":
            if shape.get("document"):
                return "::seatrial::Value"
            return self._qualified(shape_name)
        return SCALARS[kind]

    def declaration(self, structure: str, member: str, ref: Json) -> str:
        held = self.type_of(ref["shape"])
        kind = self.shapes[ref["shape"]]["type"]
        name = identifier(member)
        if (structure, member) in self.boxed:
            return f"  ::seatrial::model::Box<{held}> {name};\n"
        if kind in ("list", "map"):
            return f"  {held} {name};\n"
        if member in self.shapes[structure].get("required", ()):
            return f"  {held} {name}{ZEROS.get(held, '')};\n"
        return f"  std::optional<{held}> {name};\n"

    def structure(self, name: str) -> str:
        members = self.shapes[name].get("members", {}).items()
        full = self._qualified(name)
        return (f"struct {identifier(name)} {{\n"
                + "".join(self.declaration(name, member, ref) for member, ref in members)
                + f"  friend ::seatrial::Value to_value(const {full}& shape);\n"
                + f"  friend void from_value(const ::seatrial::Value& v, {full}& shape);\n"
                + "};\n")

    def enum(self, name: str) -> str:
        out, used = [f"namespace {identifier(name)} {{\n"], set()
        for value in dict.fromkeys(self.shapes[name]["enum"]):
            constant = identifier(value)
            while constant in used:
                constant += "_2"
            used.add(constant)
            out.append(f"inline constexpr std::string_view {constant} = {literal(value)};\n")
        return "".join(out) + "}\n"

    def operation(self, name: str, model: Json) -> str:
        def side(key: str) -> str:
            return self._qualified(model[key]["shape"]) if key in model else (
                "::seatrial::model::Empty")
        return (f"struct {identifier(name)}Op {{\n"
                f"  using Request = {side('input')};\n"
                f"  using Response = {side('output')};\n"
                f"  static constexpr std::string_view kService = {literal(self.service)};\n"
                f"  static constexpr std::string_view kName = {literal(name)};\n"
                "};\n")

    def header(self) -> str:
        parts = ["// Generated by tools/modelc from botocore's models: do not edit.\n"
                 "#pragma once\n#include \"model/shape_support.h\"\n\n"
                 f"namespace seatrial::aws::{service_identifier(self.service)} {{\n\n"]
        parts += [f"struct {identifier(name)};\n" for name in self.order]
        parts += ["\n" + self.enum(name) for name in sorted(self.enums)]
        parts += ["\n" + self.structure(name) for name in self.order]
        parts += ["\n" + self.operation(name, model) for name, model in self.operations]
        return "".join(parts) + "\n}\n"

    def binding(self, name: str) -> str:
        own = identifier(name)
        full = self._qualified(name)
        members = list(self.shapes[name].get("members", {}))
        rows = "".join(
            f"    {{{literal(m)}, offsetof({own}, {identifier(m)}), "
            f"&kCodec<decltype({own}::{identifier(m)})>}},\n" for m in members)
        table = f"std::span<const MemberBinding>(k{own}Members)" if members else "{}"
        declared = f"constexpr MemberBinding k{own}Members[] = {{\n{rows}}};\n" if members else ""
        return (f"\n{declared}"
                f"Value to_value(const {full}& shape) "
                f"{{ return write_members({table}, &shape); }}\n"
                f"void from_value(const Value& v, {full}& shape) "
                f"{{ read_members({table}, v, &shape); }}\n")

    def source(self) -> str:
        space = service_identifier(self.service)
        # offsetof of a class that is no plain C structure: GCC and Clang define it for those
        # without virtual bases, which these are.
        return ("// Generated by tools/modelc from botocore's models: do not edit.\n"
                f"#include \"model/shapes/{space}.h\"\n\n#include <cstddef>\n\n"
                "#pragma GCC diagnostic ignored \"-Winvalid-offsetof\"\n\n"
                f"namespace seatrial::aws::{space} {{\n"
                "using ::seatrial::model::kCodec;\n"
                "using ::seatrial::model::MemberBinding;\n"
                "using ::seatrial::model::read_members;\n"
                "using ::seatrial::model::write_members;\n"
                + "".join(self.binding(name) for name in self.order) + "\n}\n")


def generate(files: ServiceFiles, operations: list[str]) -> tuple[str, str]:
    generator = Generator(files, operations)
    return generator.header(), generator.source()
