"""The shape generator's answers to what AWS's names and cycles ask of C++, and its refusals."""

import pathlib
import sys

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "tools"))

from modelc import load, served, shapes  # noqa: E402


def files(shape_models, **operation):
    model = {"operations": {"Do": {"name": "Do", **operation}}, "shapes": shape_models}
    return load.ServiceFiles("demo-service", model, {}, {})


def test_a_plain_cycle_becomes_a_box_and_a_list_does_not():
    header, _ = shapes.generate(load.read_service("wafv2"), ["CreateWebACL"])
    box = "::seatrial::model::Box<::seatrial::aws::wafv2::Statement> Statement;"
    assert box in header
    assert "::seatrial::model::List<::seatrial::aws::wafv2::Statement> Statements;" in header
    assert header.index("struct NotStatement {") < header.index("struct Statement {")


def test_names_that_cpp_forbids_are_adjusted():
    header, source = shapes.generate(files({
        "In": {"type": "structure", "required": ["default"],
               "members": {"default": {"shape": "Mode"}, "In": {"shape": "Mode"}}},
        "Mode": {"type": "string", "enum": ["a-b", "a.b", "2nd", "", "new", "NULL", 'q"\\']},
    }, input={"shape": "In"}), ["Do"])
    assert "namespace seatrial::aws::demo_service {" in header
    assert "  std::string default_;\n  std::optional<std::string> In;\n" in header
    for constant in ('a_b = "a-b"', 'a_b_2 = "a.b"', '_2nd = "2nd"', 'empty = ""', 'new_ = "new"',
                     'NULL_ = "NULL"', 'q__ = "q\\042\\134"'):
        assert f"std::string_view {constant};" in header
    assert '{"default", offsetof(In, default_)' in source
    assert "using Response = ::seatrial::model::Empty;" in header


def test_two_shapes_of_one_cpp_name_are_refused():
    with pytest.raises(SystemExit, match="DoOp"):
        shapes.generate(files({"DoOp": {"type": "structure", "members": {}}},
                              input={"shape": "DoOp"}), ["Do"])


def test_an_unknown_operation_or_service_is_refused():
    with pytest.raises(SystemExit, match="ecs has no operation Nonsense"):
        shapes.generate(load.read_service("ecs"), ["Nonsense"])
    with pytest.raises(SystemExit, match="no service nonsense"):
        load.read_service("nonsense")


def test_served_list_is_read_once_per_operation(tmp_path):
    path = tmp_path / "served.txt"
    path.write_text("# head\nsts B A\n\nsts C # why\n")
    assert served.read(path) == {"sts": ["A", "B", "C"]}
    path.write_text("sts A\nsts A\n")
    with pytest.raises(SystemExit, match="2: sts A is listed twice"):
        served.read(path)
