"""The programs of the cluster, from Debian's packages: found, or named with the command that brings them."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

PACKAGES = ("patroni", "etcd-server", "postgresql")
INSTALL = ("apt-get", "install", "-y", "--no-install-recommends", *PACKAGES)


class Missing(Exception):
    """What isn't there, and what to do."""


@dataclass(frozen=True, slots=True)
class Parts:
    """Paths of programs; `postgresql` is the folder with `postgres`, `pg_rewind` and their like. `user` is who runs
    the servers, "" for whoever runs us: PostgreSQL refuses to be root."""

    patroni: str
    etcd: str
    setpriv: str
    postgresql: Path
    user: str


def find(*, install: bool = False) -> Parts:
    """All of them. Raises Missing; with `install` the missing ones are fetched first (as root)."""
    if _lacking() and install:
        subprocess.run(["apt-get", "update", "-qq"], check=True)
        subprocess.run(INSTALL, check=True, env=os.environ | {"DEBIAN_FRONTEND": "noninteractive"})
    if lacking := _lacking():
        raise Missing(f"missing: {', '.join(lacking)}. On Debian or Ubuntu: {' '.join(INSTALL)} (or add --install)")
    patroni, etcd, setpriv = (shutil.which(name, path=_search()) or "" for name in ("patroni", "etcd", "setpriv"))
    return Parts(patroni, etcd, setpriv, _postgresql()[-1], _user())


def _lacking() -> Sequence[str]:
    programs = [name for name in ("patroni", "etcd", "setpriv") if not shutil.which(name, path=_search())]
    return [*programs, *([] if _postgresql() else ["PostgreSQL's server"])]


def _search() -> str:
    return f"{os.environ.get('PATH', '')}:/usr/bin:/usr/sbin"


def _postgresql() -> list[Path]:
    """Folders of server programs, the newest version last. Debian keeps each version in one of its own."""
    versions = Path("/usr/lib/postgresql").glob("[0-9]*/bin/pg_rewind")
    return [program.parent for program in sorted(versions, key=lambda path: int(path.parents[1].name))]


def _user() -> str:
    if os.geteuid() != 0:
        return ""
    for name in ("postgres", "nobody"):
        try:
            return pwd.getpwnam(name).pw_name
        except KeyError:
            continue
    raise Missing("run it as a user who isn't root: PostgreSQL refuses to be root")
