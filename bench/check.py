"""`seatrial check` beside the nearest programs there are: markdownlint-cli2, which reads the Markdown, and shellcheck,
which reads the shell of its fences. Neither knows AWS; together they do about half of what a checker of runbooks does.

All on one core, wall time with process start, median of the runs; resident memory at its highest.
"""
import os
import pathlib
import re
import statistics
import subprocess
import sys
import tempfile
import time

import corpus

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent
SEATRIAL = ROOT / "build" / "seatrial"
TOOLS = HERE / ".check"
FENCE = re.compile(r"^([ >]*)(`{3,}|~{3,})(?:bash|sh|shell|console)\b[^\n]*\n(.*?)^\1\2", re.M | re.S)
RULES = {"default": True, "MD013": False}  # no limit on the length of lines: commands are long


def measure(command, runs):
    """(median seconds, highest MB, exit code)"""
    seconds, memory = [], 0
    for _ in range(runs):
        begin = time.monotonic()
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                                   preexec_fn=lambda: os.sched_setaffinity(0, {min(os.sched_getaffinity(0))}))
        _, status, usage = os.wait4(process.pid, 0)
        seconds.append(time.monotonic() - begin)
        memory = max(memory, usage.ru_maxrss / 1024)
    return statistics.median(seconds), memory, os.waitstatus_to_exitcode(status)


def scripts_of(paths, folder):
    """The shell of the documents' fences, a file each."""
    out = []
    for path in paths:
        for _, _, script in FENCE.findall(path.read_text()):
            out.append(folder / f"{len(out):06}.sh")
            out[-1].write_text("#!/bin/bash\n" + script)
    return out


def compare(title, paths, runs):
    with tempfile.TemporaryDirectory() as work:
        scripts = scripts_of(paths, pathlib.Path(work))
        config = pathlib.Path(work) / ".markdownlint.json"
        config.write_text(str(RULES).replace("'", '"').replace("True", "true").replace("False", "false"))
        programs = {
            "seatrial": [SEATRIAL, "check", *paths],
            "markdownlint-cli2": ["node", TOOLS / "node_modules/markdownlint-cli2/markdownlint-cli2-bin.mjs",
                                  "--config", config, *paths],
            "shellcheck": [TOOLS / "bin/shellcheck", *scripts],
        }
        size = sum(p.stat().st_size for p in paths) / 1e6
        print(f"\n{title}: {len(paths)} documents, {size:.2f} MB, {len(scripts)} shell fences")
        print(f"{'':20}{'ms':>10}{'MB':>8}{'times seatrial':>16}")
        ours = None
        for name, command in programs.items():
            seconds, memory, code = measure([str(word) for word in command], runs)
            if code not in (0, 1):
                print(f"{name:20}  ended with {code}")
                continue
            ours = ours or seconds
            print(f"{name:20}{seconds * 1000:10.0f}{memory:8.0f}{seconds / ours:15.1f}x", flush=True)


def growth():
    """Time of the same text once, twice, four times over: what is linear doubles."""
    print("\none document, growing (ms)")
    text = "".join(corpus.document(corpus.sections(), corpus.random.Random(7)) for _ in range(20))
    with tempfile.TemporaryDirectory() as work:
        for times in (1, 2, 4, 8):
            book = pathlib.Path(work) / "book.md"
            book.write_text(text * times)
            seconds, memory, _ = measure([SEATRIAL, "check", book], 3)
            print(f"{book.stat().st_size / 1e6:8.2f} MB{seconds * 1000:10.0f}{memory:8.0f} MB")


def main():
    with tempfile.TemporaryDirectory() as work:
        written = corpus.write(work, int(sys.argv[1]) if len(sys.argv) > 1 else 1000)
        real = sorted((ROOT.parent / "shared" / "runbooks").glob("*.md"))
        if real:
            compare("the runbooks beside this repository", real, 11)
        largest = sorted(written, key=lambda p: -p.stat().st_size)[:5]
        compare("the corpus's five largest", largest, 11)
        compare("the corpus", written, 3)
    growth()


main()
