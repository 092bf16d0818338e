"""Writes a corpus of Markdown runbooks: sections of examples/ in random order and number, with random names, prose,
tables and mistakes. The same seed gives the same bytes.

usage: corpus.py FOLDER [DOCUMENTS [SEED]]
"""
import pathlib
import random
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
SYSTEMS = ["orders", "billing", "search", "checkout", "identity", "notify", "ledger", "catalog"]
STAGES = ["prod", "staging", "eu", "blue"]
PROSE = ["Look at the dashboard before you go on.", "Tell the channel what you are about to do.",
         "This takes a few minutes; the service stays up.", "If the numbers do not come down, go back one step.",
         "值班人员先确认告警。", "Nobody has to be woken for this.", "Écrire le résultat dans le ticket."]
TYPOS = [("--cluster", "--clutser"), ("--services", "--service"), ("describe-services", "describe-service"),
         ("--query", "--qurey"), ("update-service", "udpate-service"), ("--region", "--regoin")]


def sections():
    """The parts of the examples' runbooks under headings of level 2."""
    parts = []
    for book in sorted(ROOT.glob("examples/*/runbook.md")):
        parts += re.split(r"(?m)^(?=## )", book.read_text())[1:]
    return parts


def renamed(text, rng):
    system, stage = rng.choice(SYSTEMS), rng.choice(STAGES)
    return text.replace("ohmycoins", system).replace("staging", stage)


def with_mistakes(text, rng):
    lines = text.split("\n")
    for i, line in enumerate(lines):
        if rng.random() < 0.02:
            right, wrong = rng.choice(TYPOS)
            lines[i] = line.replace(right, wrong)
    return "\n".join(lines)


def table(rng):
    rows = "".join(f"| {rng.choice(SYSTEMS)} | {rng.randrange(1, 90)} | `{rng.choice(STAGES)}` |\n"
                   for _ in range(rng.randrange(2, 12)))
    return f"| system | minutes | stage |\n|---|---|---|\n{rows}\n"


def document(parts, rng):
    out = [f"# {rng.choice(SYSTEMS).title()} runbook {rng.randrange(1000)}\n\n"]
    for part in rng.choices(parts, k=rng.randrange(2, 14)):
        out.append(with_mistakes(renamed(part, rng), rng).rstrip() + "\n\n")
        out += [" ".join(rng.choices(PROSE, k=rng.randrange(1, 8))) + "\n\n" for _ in range(rng.randrange(3))]
        if rng.random() < 0.3:
            out.append(table(rng))
    return "".join(out)


def write(folder, documents=1000, seed=1):
    """The paths written, in order."""
    rng, parts, paths = random.Random(seed), sections(), []
    for i in range(documents):
        path = pathlib.Path(folder) / f"{i // 100:02}" / f"runbook-{i:04}.md"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(document(parts, rng))
        paths.append(path)
    return paths


if __name__ == "__main__":
    written = write(sys.argv[1], *map(int, sys.argv[2:4]))
    print(f"{len(written)} documents, {sum(p.stat().st_size for p in written) / 1e6:.1f} MB")
