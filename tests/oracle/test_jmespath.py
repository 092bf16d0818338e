"""Python's jmespath is the oracle of ours: the same result, or the same class of error, and a syntax
error at the same place. Environment: SEATRIAL_SEED (printed), SEATRIAL_JMESPATH_CASES,
SEATRIAL_JMESPATH_ORACLE (the program).
"""
import json
import os
import random
import subprocess
import warnings

import jmespath
import pytest
from jmespath import exceptions

from jmespath_expressions import Documents, Expressions

SEED = int(os.environ.get("SEATRIAL_SEED", "20260101"))
CASES = int(os.environ.get("SEATRIAL_JMESPATH_CASES", "6000"))
ORACLE = os.environ.get("SEATRIAL_JMESPATH_ORACLE", "build/jmespath_oracle")
# Integers that 64 bits do not hold are doubles of ours.
WIDEST = 2**64
warnings.simplefilter("ignore", PendingDeprecationWarning)


def ask(requests):
    lines = "".join(json.dumps(r) + "\n" for r in requests)
    done = subprocess.run([ORACLE], input=lines.encode(), capture_output=True, check=False)
    assert done.returncode == 0, done.stderr.decode()
    answers = [json.loads(line) for line in done.stdout.decode().splitlines()]
    assert len(answers) == len(requests)
    return answers


def too_wide(value):
    if isinstance(value, dict):
        return any(too_wide(v) for v in value.values())
    if isinstance(value, list):
        return any(too_wide(v) for v in value)
    return isinstance(value, int) and not -2**63 <= value < WIDEST


def has_own_kind(value):
    """Of Python's and not of JSON: a reference to an expression, a name that is no text."""
    if isinstance(value, dict):
        return any(not isinstance(k, str) or has_own_kind(v) for k, v in value.items())
    if isinstance(value, list):
        return any(has_own_kind(v) for v in value)
    return not isinstance(value, (str, int, float, bool, type(None)))


def python_answer(expression, document):
    try:
        result = jmespath.search(expression, document)
    except exceptions.ArityError:  # which is a ParseError too
        return {"error": "arity"}
    except exceptions.ParseError as error:
        return {"error": "syntax", "at": error.lex_position}
    except exceptions.EmptyExpressionError:
        return {"error": "syntax", "at": 0}
    except exceptions.UnknownFunctionError:
        return {"error": "function"}
    except (exceptions.JMESPathTypeError, TypeError, AttributeError):
        return {"error": "type"}
    except (ValueError, OverflowError):
        return {"error": "value"}
    if has_own_kind(result):
        return {"error": "type"}
    return {"wide": True} if too_wide(result) else {"result": json.dumps(result, separators=(",", ":"))}


def same(expression, ours, theirs):
    if "wide" in theirs:
        return "result" in ours
    if ours.get("error") == "syntax" and theirs.get("error") == "syntax":
        if "without quotes" in ours["message"]:
            return theirs["at"] == 0  # Python points at the beginning
        return ours["begin"] == len(expression[:theirs["at"]].encode())
    return ours.get("error") == theirs.get("error") and ours.get("result") == theirs.get("result")


def compare(cases):
    """cases: (expression, document); what differs."""
    # A lone surrogate has no UTF-8 to travel in.
    cases = [(e, d) for e, d in cases if not any("\ud800" <= c <= "\udfff" for c in e)]
    answers = ask([{"do": "search", "expression": e, "document": json.dumps(d)} for e, d in cases])
    failures = []
    for (expression, document), ours in zip(cases, answers):
        theirs = python_answer(expression, document)
        if "object at 0x" in theirs.get("result", ""):
            continue  # to_string() of a reference to an expression shows Python's address
        if not same(expression, ours, theirs):
            failures.append(f"{expression!r}\non {json.dumps(document)}\npython {theirs}\nours   {ours}")
    results = sum("result" in a and a["result"] not in ("null", "[]") for a in answers)
    print(f"seed {SEED}, {len(cases)} cases, {results} with a result that is not empty")
    assert not failures, f"{len(failures)} differ\n" + "\n".join(failures[:10])
    return results


def test_generated_expressions():
    rng = random.Random(f"{SEED} valid")
    cases = [(Expressions(rng).expression(), Documents(rng).document()) for _ in range(CASES)]
    # A generator whose expressions miss the documents would compare null with null.
    assert compare(cases) > CASES / 5


def test_spoilt_expressions():
    rng = random.Random(f"{SEED} spoilt")
    compare([(Expressions(rng).spoilt(), Documents(rng).document()) for _ in range(CASES)])


def test_functions():
    rng = random.Random(f"{SEED} functions")
    cases = [(Expressions(rng).call(3), Documents(rng).document()) for _ in range(CASES)]
    assert compare(cases) > CASES / 10


LENIENT = ["a b", "length(a b)", "length(a,)", "{a: b c: d}", "{a: b,}", "[:1 2]", "[1:2:3:4]", "(length)(a)",
           '"length"(a)', "a[0][:2].b", "a[0][1:].b", "a[*][0][:1]", "a[0][0:1][0]", "@(a)", "`foo`",
           "` foo`", "'a\\'b'", "'a\\\\'", "`[1`", "a.'b'", "a[", "a[?", "a[?b", "&", "&a", "!", "a.", "*.",
           "a.*.b[]", "a =", "a = b", "-", "a[-]", "[?a]", "a[]b", "a.b.[c]", "foo(", "a||", "a|", "{", "{}",
           "[]", "[a,]", "\"", "`", "'", "a[*", "a[*]*", "\"\\ud83d\\ude00\"", "\"a\nb\"", "\x00", "\u00e9"]


@pytest.mark.parametrize("document", [{"a": [[{"b": 1}, {"b": 2}], 3]}, {"a": "text", "length": 1}, None])
def test_lenient_corners(document):
    compare([(expression, document) for expression in LENIENT])
