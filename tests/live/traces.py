"""What of a world is to be found on the machine, without asking the world."""
import hashlib
import pathlib

from conftest import alive

CGROUPS = pathlib.Path("/sys/fs/cgroup")


class Traces:
    """What of a world is on the machine, found without asking it."""

    def __init__(self, world):
        self.folder = str(world.folder)
        self.hash = hashlib.sha256(self.folder.encode()).hexdigest()[:8]

    def processes(self):
        """Commands by process id: of the world's folder, in its cgroups or in its networks."""
        found = {}
        for entry in pathlib.Path("/proc").iterdir():
            if entry.name.isdigit() and alive(entry.name) and self.owns(entry):
                found[int(entry.name)] = read(entry / "cmdline").replace("\0", " ").strip()
        return found

    def owns(self, entry):
        command, cgroups, mounts = (read(entry / name) for name in ("cmdline", "cgroup", "mountinfo"))
        return self.folder in command + mounts or f"seatrial-{self.hash}" in cgroups

    def networks(self):
        folder = pathlib.Path("/run/netns")
        return sorted(e.name for e in folder.iterdir() if self.hash in e.name) if folder.exists() else []

    def task_networks(self):
        """Without the VPC's and the second name of the host's."""
        return [name for name in self.networks() if name not in (f"st-{self.hash}", f"st-{self.hash}-host")]

    def cgroups(self):
        return sorted(str(p) for place in (CGROUPS, *CGROUPS.glob("*/")) for p in place.glob(f"seatrial-{self.hash}"))

    def containers(self):
        """Places of single containers: their directories and cgroups."""
        folders = [p for p in pathlib.Path(self.folder, "run/containers").glob("*") if p.name[0] != "."]
        return [str(p) for p in folders] + [str(p) for c in self.cgroups() for p in pathlib.Path(c).glob("*/")]

    def all(self):
        """All that would outlive the world; ended containers' files stay in the world's folder."""
        host_names = self.folder in read("/etc/hosts")
        return {"processes": self.processes(), "networks": self.networks(), "cgroups": self.cgroups(),
                "names": host_names}


NOTHING = {"processes": {}, "networks": [], "cgroups": [], "names": False}


def read(path):
    try:
        return pathlib.Path(path).read_bytes().decode(errors="replace")
    except OSError:
        return ""
