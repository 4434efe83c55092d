"""Packs a folder into a wheel: make-wheel.py FOLDER VERSION TARGET. The same files give the same bytes."""

import base64
import hashlib
import os
import sys
import zipfile

folder, version, target = sys.argv[1:]
about = f"jobtop-{version}.dist-info"

with open(os.path.join(folder, about, "WHEEL"), "w") as file:
    file.write("Wheel-Version: 1.0\nGenerator: jobtop\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
with open(os.path.join(folder, about, "entry_points.txt"), "w") as file:
    file.write("[console_scripts]\njobtop = jobtop:main\n")

paths = sorted(
    os.path.relpath(os.path.join(place, name), folder) for place, _, names in os.walk(folder) for name in names
)
# What a wheel holds comes last, so that installers can read its list without the rest.
paths.sort(key=lambda path: path.startswith(about))

record = []
with zipfile.ZipFile(os.path.join(target, f"jobtop-{version}-py3-none-any.whl"), "w") as wheel:

    def add(path, content):
        entry = zipfile.ZipInfo(path)  # of 1980
        entry.compress_type = zipfile.ZIP_DEFLATED
        entry.external_attr = 0o100644 << 16
        wheel.writestr(entry, content)

    for path in paths:
        with open(os.path.join(folder, path), "rb") as file:
            content = file.read()
        digest = base64.urlsafe_b64encode(hashlib.sha256(content).digest()).rstrip(b"=").decode()
        record.append(f"{path},sha256={digest},{len(content)}\n")
        add(path, content)
    add(f"{about}/RECORD", "".join([*record, f"{about}/RECORD,,\n"]))
