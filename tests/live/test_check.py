"""`seatrial check` as users call it: inputs, exit codes, forms, suppression, baseline, mends, odd documents."""
import json
import os
import pty
import re
import shutil
import stat
import subprocess
import xml.etree.ElementTree as ElementTree

import pytest

from conftest import ROOT, SEATRIAL

WRONG = "```bash\naws ecs list-task --cluster c\n```\n"
RIGHT = "# Fine\n\n```bash\naws ecs list-tasks --cluster c\n```\n"
ABBREVIATED = "```bash\naws ecs describe-services --cluster c --service s\n```\n"


@pytest.fixture
def folder(tmp_path):
    """A repository with one document of each kind."""
    (tmp_path / ".git").mkdir()
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "wrong.md").write_text(WRONG)
    (tmp_path / "right.md").write_text(RIGHT)
    (tmp_path / "deploy.sh").write_text("#!/bin/bash\naws ecs list-task\n")
    return tmp_path


def check(*arguments, cwd=None, stdin=None, **more):
    text = None if isinstance(stdin, bytes) else True
    environment = {k: v for k, v in os.environ.items() if k not in ("NO_COLOR", "COLUMNS")}
    return subprocess.run([SEATRIAL, "check", *map(str, arguments)], capture_output=True, text=text, cwd=cwd,
                          input=stdin, env=environment, timeout=120, errors=None if text is None else "replace",
                          **more)


def rules_of(done):
    return re.findall(r"\[([a-z-]+)\]$", done.stdout, re.M)


def test_exit_codes(folder):
    assert check("right.md", cwd=folder).returncode == 0
    assert check("docs/wrong.md", cwd=folder).returncode == 1
    assert check("gone.md", cwd=folder).returncode == 2
    assert check("right.md", "gone.md", cwd=folder).returncode == 2
    assert check(cwd=folder).returncode == 2
    assert check("right.md", "--no-such", cwd=folder).returncode == 2
    assert check("--help").returncode == 0


def test_fail_on(tmp_path):
    book = tmp_path / "a.md"
    book.write_text("<!-- seatrial: ignore bad-enum nothing here -->\n\ntext\n")  # an info
    assert check(book).returncode == 0
    assert "1 info in 1 file" in check(book).stdout
    assert check(book, "--fail-on", "warning").returncode == 0
    assert check(book, "--fail-on", "info").returncode == 1
    book.write_text(WRONG)
    assert check(book, "--fail-on", "never").returncode == 0


def test_errors_say_what_to_do_next(folder):
    assert "name documents or folders" in check().stderr
    assert "there is no such file or folder" in check("gone.md").stderr
    (folder / "empty").mkdir()
    assert "name the documents" in check(folder / "empty").stderr
    assert "near: unknown-option" in check("--rule", "unknown-optoin", "x.md").stderr
    assert "near: bad-enum" in check("--explain", "bad-enumm").stderr
    (folder / "a.py").write_text("import os\n")
    assert "give it on standard input" in check(folder / "a.py").stderr
    (folder / "a.png").write_bytes(b"\x89PNG\r\n\0\0")
    assert "binary" in check(folder / "a.png").stderr
    (folder / "u.md").write_bytes("# ä".encode("utf-16"))
    assert "iconv" in check(folder / "u.md").stderr


def test_folders_scripts_and_standard_input(folder):
    done = check(".", cwd=folder)
    assert done.returncode == 1
    assert [line.split(":")[0] for line in done.stdout.splitlines() if "error:" in line] == \
        ["./deploy.sh", "./docs/wrong.md"]
    assert "2 errors in 3 files" in done.stdout
    done = check("-", stdin=WRONG)
    assert done.returncode == 1 and "<stdin>:2:9: error:" in done.stdout
    assert "<stdin>:2:9:" in check("-", stdin="#!/bin/sh\naws ecs list-task\n").stdout
    assert check("-", stdin="").returncode == 0


def test_rules_can_be_chosen(folder):
    book = folder / "docs" / "wrong.md"
    assert check(book, "--rule", "unknown-option").returncode == 0
    assert check("--rule", "unknown-option,unknown-operation", book).returncode == 1
    assert check("--disable", "unknown-operation", book).returncode == 0
    assert check(book, "--rule", "bad-enum", "--disable", "bad-enum").returncode == 2


def test_every_rule_is_listed_and_explained():
    listed = [line.split()[0] for line in check("--list-rules").stdout.splitlines()]
    assert len(listed) > 5 and len(set(listed)) == len(listed)
    for rule in listed:
        page = check("--explain", rule)
        assert page.returncode == 0
        assert page.stdout == (ROOT / "docs" / "rules" / f"{rule}.md").read_text()


def test_forms(folder):
    everything = (".", "gone.md", "--output")
    findings = json.loads(check(*everything, "json", cwd=folder).stdout)
    assert [f["line"] for f in findings["findings"]] == [2, 2]
    assert findings["summary"]["errors"] == 2 and findings["unreadable"][0]["file"] == "gone.md"
    sarif = json.loads(check(*everything, "sarif", cwd=folder).stdout)
    run = sarif["runs"][0]
    assert sarif["version"] == "2.1.0" and not run["invocations"][0]["executionSuccessful"]
    places = [r["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] for r in run["results"]]
    assert places == ["deploy.sh", "docs/wrong.md"]
    suites = ElementTree.fromstring(check(*everything, "junit", cwd=folder).stdout)
    assert {s.get("name"): (s.get("failures"), s.get("errors")) for s in suites} == \
        {"./deploy.sh": ("1", "0"), "./docs/wrong.md": ("1", "0"), "./right.md": ("0", "0"), "gone.md": ("0", "1")}


def test_paths_of_code_scanning_are_the_repositorys_wherever_one_stands(folder):
    sarif = json.loads(check("wrong.md", "--output", "sarif", cwd=folder / "docs").stdout)
    place = sarif["runs"][0]["results"][0]["locations"][0]["physicalLocation"]["artifactLocation"]
    assert place == {"uri": "docs/wrong.md", "uriBaseId": "%SRCROOT%"}


def at_a_terminal(arguments, cwd, answer=b"", **environment):
    """What the program prints when it talks to a terminal, and its exit code."""
    pid, terminal = pty.fork()
    if pid == 0:
        os.chdir(cwd)
        os.environ.update(environment)
        os.execv(SEATRIAL, [str(SEATRIAL), "check", *arguments])
    if answer:
        os.write(terminal, answer)
    seen = b""
    while True:
        try:
            chunk = os.read(terminal, 4096)
        except OSError:
            break
        if not chunk:
            break
        seen += chunk
    return seen.decode(), os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


def test_colour_is_for_terminals(folder):
    assert "\x1b" not in check("docs/wrong.md", cwd=folder).stdout
    assert "\x1b[" in check("docs/wrong.md", "--color", "always", cwd=folder).stdout
    environment = {"TERM": "xterm", "NO_COLOR": ""}
    assert "\x1b[" in at_a_terminal(["docs/wrong.md"], folder, **environment)[0]
    assert "\x1b[" not in at_a_terminal(["docs/wrong.md"], folder, TERM="xterm", NO_COLOR="1")[0]
    assert "\x1b[" not in at_a_terminal(["docs/wrong.md", "--color", "never"], folder, **environment)[0]


def test_suppression_in_documents_and_scripts(tmp_path):
    book = tmp_path / "a.md"
    book.write_text("<!-- seatrial: ignore unknown-operation our fork has it -->\n\n" + WRONG)
    done = check(book)
    assert done.returncode == 0 and "1 suppressed" in done.stdout
    script = tmp_path / "a.sh"
    script.write_text("aws ecs list-task # seatrial: ignore unknown-operation our fork has it\n")
    assert check(script).returncode == 0
    book.write_text("<!-- seatrial: ignore unknown-operation -->\n\n" + RIGHT)
    assert rules_of(check(book)) == ["bad-suppression", "bad-suppression"]


def test_baseline(folder):
    write = check(".", "--baseline", "known.json", "--write-baseline", cwd=folder)
    assert write.returncode == 0, write.stderr
    assert "2 in the baseline" in check(".", "--baseline", "known.json", cwd=folder).stdout
    book = folder / "docs" / "wrong.md"
    book.write_text("# New head\n\nText.\n\n" + WRONG + "\n```bash\naws ecs no-such\n```\n")
    done = check("docs", "--baseline", "../known.json", cwd=folder / "docs" / "..")
    assert done.returncode == 2 and "known.json" in done.stderr
    done = check("wrong.md", "--baseline", "../known.json", cwd=folder / "docs")
    assert done.returncode == 1 and "1 error in 1 file (1 in the baseline" in done.stdout
    book.write_text(RIGHT)
    done = check(".", "--baseline", "known.json", cwd=folder)
    assert "1 of the findings in known.json are gone" in done.stderr
    assert check(".", "--write-baseline", cwd=folder).returncode == 2


def test_fix_writes_what_it_showed(folder):
    book = folder / "short.md"
    book.write_bytes(b"\xef\xbb\xbf" + ABBREVIATED.replace("\n", "\r\n").encode() + b"broken \xff\r\n")
    book.chmod(0o640)
    before = book.read_bytes()
    asked = check("--fix", "short.md", cwd=folder, stdin="")
    assert asked.returncode == 2 and "--yes or --dry-run" in asked.stderr
    dry = check("--fix", "--dry-run", "short.md", cwd=folder, stdin=b"")
    assert dry.returncode == 1 and book.read_bytes() == before
    done = check("--fix", "--yes", "short.md", cwd=folder, stdin="")
    assert done.returncode == 0, done.stdout + done.stderr
    after = book.read_bytes()
    assert after == before.replace(b"--service s", b"--services s")
    assert stat.S_IMODE(book.stat().st_mode) == 0o640
    book.write_bytes(before)
    subprocess.run(["patch", "-p1", "--binary"], input=dry.stdout, cwd=folder, check=True, capture_output=True)
    assert book.read_bytes() == after
    nothing = check("--fix", "--dry-run", "right.md", cwd=folder)
    assert nothing.returncode == 0 and nothing.stdout == ""


def test_fix_asks_at_a_terminal(folder):
    book = folder / "short.md"
    book.write_text(ABBREVIATED)
    seen, code = at_a_terminal(["--fix", "short.md"], folder, b"n\n")
    assert "Mend 1 finding in 1 file? [y/N]" in seen and book.read_text() == ABBREVIATED
    seen, code = at_a_terminal(["--fix", "short.md"], folder, b"y\n")
    assert code == 0 and "--services s" in book.read_text()


def test_fix_leaves_what_is_suppressed_or_known(folder):
    book = folder / "short.md"
    book.write_text("<!-- seatrial: ignore abbreviated-option as it is in the old docs -->\n" + ABBREVIATED)
    assert "nothing to mend" in check("--fix", "--yes", "short.md", cwd=folder).stderr
    book.write_text(ABBREVIATED)
    check("short.md", "--baseline", "b.json", "--write-baseline", cwd=folder)
    assert "nothing to mend" in check("--fix", "--yes", "short.md", "--baseline", "b.json", cwd=folder).stderr


def test_fix_writes_through_links_and_says_when_it_cannot(folder):
    (folder / "real.md").write_text(ABBREVIATED)
    (folder / "link.md").symlink_to("real.md")
    assert check("--fix", "--yes", "link.md", cwd=folder).returncode == 0
    assert (folder / "link.md").is_symlink() and "--services" in (folder / "real.md").read_text()
    for arguments in (["--fix", "-"], ["--fix", "--yes", "--dry-run", "a.md"], ["--yes", "a.md"],
                      ["--fix", "--output", "json", "a.md"]):
        assert check(*arguments, cwd=folder, stdin="").returncode == 2


def test_a_full_disk_is_no_success(folder):
    with open("/dev/full", "w") as full:
        done = subprocess.run([SEATRIAL, "check", "right.md", "docs/wrong.md"], cwd=folder, stdout=full,
                              stderr=subprocess.PIPE, text=True)
    assert done.returncode == 2 and "cannot write the findings" in done.stderr


def test_the_example_runbook_has_no_errors():
    done = check(ROOT / "examples" / "oh-my-coins" / "runbook.md")
    assert done.returncode == 0, done.stdout


# Documents as they come. Each: its bytes, and how many times WRONG's finding is in it.
N = 10_000
ODD = {
    "empty": (b"", 0),
    "no shell": (b"# Title\n\nWords, `code`, [links](https://x.y).\n\n```yaml\na: 1\n```\n", 0),
    "crlf": (WRONG.replace("\n", "\r\n").encode(), 1),
    "old mac": (WRONG.replace("\n", "\r").encode(), 1),
    "byte order mark": (b"\xef\xbb\xbf" + WRONG.encode(), 1),
    "tabs": (b"- a\n\n\t```bash\n\taws\tecs\tlist-task\n\t```\n", 1),
    "broken utf-8": (b"\xff\xfe\x80 text\n\n".replace(b"\xff\xfe", b"\xc3\x28") + WRONG.encode() + b"\xf0\x9f", 1),
    "unclosed fence": (WRONG.encode()[:-4], 1),
    "unclosed fence, then prose": (WRONG.encode()[:-4] + b"\n\nWords that are no shell (at all.\n", 1),
    "chinese": ("# 回滚\n\n如果服务（不）健康，请执行：\n\n```bash\necho 重启; aws ecs list-task # 列出\n```\n".encode(), 1),
    "tildes": (WRONG.replace("```", "~~~~").encode(), 1),
    "nested lists and quotes": (b"> 1. a\n>    - b\n>\n>      ```bash\n>      aws ecs list-task\n>      ```\n", 1),
    "fence in html": (b"<details>\n<summary>x</summary>\n\n```bash\naws ecs list-task\n```\n\n</details>\n", 1),
    "pre in html": (b"<pre>\naws ecs list-task\n</pre>\n", 0),
    "table": (b"| a | b |\n|---|---|\n| ```aws ecs list-task``` | x |\n", 0),
    "indented code": (b"text\n\n    aws ecs list-task\n", 0),
    "long lines": (("```bash\naws ecs list-task " + "x" * 900_000 + "\n```\n").encode(), None),
    "5 MB of prose": (b"Some words in a paragraph, as authors write them.\n" * 100_000 + WRONG.encode(), 1),
    "100,000 lines of shell": (b"```bash\n" + b"echo some words\n" * 50_000 + b"```\n" + WRONG.encode(), 1),
    "10,000 fences": (WRONG.encode() * 200 + (RIGHT + "\n").encode() * N, 200),
    "deep quotes": (b"> " * N + b"x\n\n" + WRONG.encode(), 1),
    "deep lists": (b"- " * N + b"x\n\n" + WRONG.encode(), 1),
    "deep substitutions": (b"```bash\n" + b"echo $(" * N + b")" * N + b"\n```\n\n" + WRONG.encode(), None),
    "deep groups": (b"```bash\n" + b"{ " * N + b"ls; " + b"}; " * N + b"\n```\n\n" + WRONG.encode(), None),
    "deep quotes in shell": (b"```bash\n" + b"echo \"$(" * 3000 + b"\n```\n\n" + WRONG.encode(), None),
    "brackets": (b"[" * 5 * N + b"\n\n" + WRONG.encode(), 1),
    "emphasis": (b"*a **b " * 5 * N + b"\n\n" + WRONG.encode(), 1),
    "links": (b"[a](b.md) " * 2 * N + b"\n\n" + WRONG.encode(), 1),
    "reference links in one line": (b"[a][r] " * 2 * N + b"\n\n[r]: b.md\n\n" + WRONG.encode(), 1),
    "headings": (b"# a\n\n" * 2 * N + WRONG.encode(), 1),
    "placeholders": (b"```bash\n" + b"aws ecs list-tasks --cluster <c>\n" * 3000 + b"```\n\n" + WRONG.encode(), 1),
    "broken shell": (b"```bash\n" + b"if ( then ' fi \" ) do\n" * 3000 + b"```\n\n" + WRONG.encode(), 1),
    "broken paragraphs": (b"```bash\n" + b"aws x <a>\n\nif (\n\n" * 1500 + b"```\n\n" + WRONG.encode(), 1),
    "suppressions": (b"<!-- seatrial: ignore unknown-operation x -->\n\n" * 5000 + WRONG.encode(), None),
    "one long table": (b"| a | b |\n|---|---|\n" + b"| 1 | `x` |\n" * 5 * N + b"\n" + WRONG.encode(), 1),
}


@pytest.mark.parametrize("name", ODD)
def test_odd_documents_get_a_sensible_answer(tmp_path, name):
    content, wanted = ODD[name]
    book = tmp_path / "book.md"
    book.write_bytes(content)
    done = check(book, "--rule", "unknown-operation", "--output", "json")
    assert done.returncode in (0, 1), done.stderr[-500:]
    found = [f for f in json.loads(done.stdout)["findings"] if "'list-task'" in f["message"]]
    if wanted is not None:
        assert len(found) == wanted
    # Everything else of the program meets it too.
    done = check(book, "--fail-on", "never")
    assert done.returncode == 0, done.stderr[-500:]
    assert max(map(len, done.stdout.splitlines())) < 1500
    shutil.rmtree(tmp_path)


def test_places_in_odd_documents(tmp_path):
    for name, place in (("crlf", (2, 9)), ("byte order mark", (2, 9)), ("tabs", (4, 10)), ("chinese", (6, 18)),
                        ("nested lists and quotes", (5, 16)), ("tildes", (2, 9))):
        book = tmp_path / "book.md"
        book.write_bytes(ODD[name][0])
        findings = json.loads(check(book, "--rule", "unknown-operation", "--output", "json").stdout)["findings"]
        assert [(f["line"], f["column"]) for f in findings] == [place], name


def test_shell_that_is_too_long_to_be_read_is_said(tmp_path):
    book = tmp_path / "book.md"
    book.write_text("```bash\n" + "echo some words that go on\n" * 50_000 + "```\n")
    done = check(book)
    assert done.returncode == 2 and "bytes of shell in one piece" in done.stderr
