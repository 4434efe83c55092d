"""Builds the conda package of a recipe, and installs it into a prefix: conda.py RECIPE NODE WORK PREFIX.

The only channel is a folder of its own. There a package of a few lines stands for nodejs, and starts NODE.
"""

import asyncio
import os
import pathlib
import sys

import rattler
from rattler_build import Stage0Recipe, ToolConfiguration

recipe, node, work, prefix = map(pathlib.Path, sys.argv[1:])

(work / "nodejs").mkdir(parents=True)
(work / "nodejs" / "recipe.yaml").write_text(
    f"""
package: {{name: nodejs, version: "24.0.0"}}
build:
  script:
    - mkdir -p "$PREFIX/bin"
    - printf '#!/bin/sh\\nexec {node} "$@"\\n' > "$PREFIX/bin/node"
    - chmod 755 "$PREFIX/bin/node"
"""
)
channel = work / "channel"
(channel / "noarch").mkdir(parents=True)
(channel / "noarch" / "repodata.json").write_text('{"packages": {}, "packages.conda": {}}')

# The tests of the recipe run in a prefix of their own, into which the package was installed.
for path, tests in ((work / "nodejs" / "recipe.yaml", "skip"), (recipe, "native")):
    Stage0Recipe.from_file(path).run_build(
        tool_config=ToolConfiguration(test_strategy=tests), output_dir=channel, channels=[channel.as_uri()]
    )


async def install():
    records = await rattler.solve(
        [rattler.Channel(channel.as_uri())],
        ["jobtop"],
        platforms=[rattler.Platform.current(), rattler.Platform("noarch")],
        virtual_packages=rattler.VirtualPackage.detect(),
    )
    await rattler.install(records, target_prefix=prefix)


asyncio.run(install())
# Its threads may still run, and now and then they abort an interpreter that ends.
os._exit(0)
