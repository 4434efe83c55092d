"""Does what the package of Spack says: spack.py PACKAGE SOURCES PREFIX.

Spack comes from no package registry, so a few lines stand for the words that the package uses. What they cannot tell: how Spack finds its dependencies, and what its audit says.
"""

import hashlib
import os
import pathlib
import shutil
import subprocess
import sys
import tarfile
import types

recipe, sources, target = map(pathlib.Path, sys.argv[1:])
said = {"depends_on": [], "after": []}


class Prefix(str):
    """A folder whose attributes are the folders in it."""

    def __getattr__(self, name):
        return Prefix(os.path.join(self, name))


def make_folders(*paths):
    for path in paths:
        os.makedirs(path, exist_ok=True)


class Executable:
    def __init__(self, path):
        self.path = path

    def __call__(self, *words, output):
        return subprocess.run([self.path, *words], check=True, stdout=subprocess.PIPE, encoding="utf8").stdout


def run_after(phase):
    def note(method):
        said["after"].append(method.__name__)
        return method

    return note


words = types.ModuleType("spack.package")
words.__dict__.update(
    license=lambda name: None,
    version=lambda number, sha256: said.update(version=number, sha256=sha256),
    depends_on=lambda spec, type: said["depends_on"].append(spec),
    run_after=run_after,
    on_package_attributes=lambda **attributes: lambda method: method,
    join_path=os.path.join,
    mkdirp=make_folders,
    install=shutil.copy2,
    install_tree=shutil.copytree,
    symlink=os.symlink,
    Executable=Executable,
    InstallError=RuntimeError,
)
generic = types.ModuleType("spack_repo.builtin.build_systems.generic")
generic.Package = object
sys.modules.update(
    {
        "spack": types.ModuleType("spack"),
        "spack.package": words,
        "spack_repo": types.ModuleType("spack_repo"),
        "spack_repo.builtin": types.ModuleType("spack_repo.builtin"),
        "spack_repo.builtin.build_systems": types.ModuleType("spack_repo.builtin.build_systems"),
        generic.__name__: generic,
    }
)

scope = {}
exec(compile(recipe.read_text(), recipe, "exec"), scope)
package = scope["Jobtop"]()
package.prefix = Prefix(target)
package.version = said["version"]
assert len(said["depends_on"]) == 1, said

source = sources / package.url.rsplit("/", 1)[1]
assert hashlib.sha256(source.read_bytes()).hexdigest() == said["sha256"], "another checksum"
work = target.with_name("spack-work")
with tarfile.open(source) as archive:
    archive.extractall(work)
os.chdir(work / "package")
package.install(None, package.prefix)
for method in said["after"]:
    getattr(package, method)()
