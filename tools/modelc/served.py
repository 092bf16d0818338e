"""Reads src/services/served.txt: a service's directory name, then operation names; # comments."""

import pathlib


def read(path: pathlib.Path) -> dict[str, list[str]]:
    served: dict[str, list[str]] = {}
    for number, line in enumerate(path.read_text().splitlines(), 1):
        words = line.split("#", 1)[0].split()
        if not words:
            continue
        names = served.setdefault(words[0], [])
        for name in words[1:]:
            if name in names:
                raise SystemExit(f"{path}:{number}: {words[0]} {name} is listed twice")
            names.append(name)
    return {service: sorted(served[service]) for service in sorted(served)}
