"""Checks packages of Cargo: every relative link of a Markdown file leads to a file of the package, every pattern of `include` finds one.

    check_packages.py FILE.crate...
"""

import fnmatch
import posixpath
import re
import sys
import tarfile
import tomllib

# The target of `[text](target)`, `[name]: target`, `src="target"` and `href="target"`, without title and fragment.
LINK = re.compile(r'(?:\]\(|^\[[^\]]+\]:\s*|\b(?:src|href)=")([^\s)"#]+)', re.MULTILINE)
# Code has no links.
CODE = re.compile(r"^```.*?^```|`[^`\n]+`", re.MULTILINE | re.DOTALL)


def faults(crate):
    with tarfile.open(crate) as archive:
        # The names begin with the folder `NAME-VERSION`.
        files = {m.name.split("/", 1)[1]: archive.extractfile(m).read() for m in archive.getmembers() if m.isfile()}
    folders = {name[:end] for name in files for end, c in enumerate(name) if c == "/"}
    for name in sorted(files):
        if not name.endswith(".md"):
            continue
        for target in LINK.findall(CODE.sub("", files[name].decode())):
            path = posixpath.normpath(posixpath.join(posixpath.dirname(name), target))
            if not re.match(r"[a-z]+:", target) and path not in files and path not in folders:
                yield f"{name} links to {target}, which is not in the package"
    for pattern in tomllib.loads(files["Cargo.toml.orig"].decode())["package"]["include"]:
        if not fnmatch.filter(files.keys() | folders, pattern.lstrip("/")):
            yield f"`include` names {pattern}, which is not in the package"


def main(crates):
    found = [f"{posixpath.basename(crate)}: {fault}" for crate in crates for fault in faults(crate)]
    print("\n".join(found) if found else "all links of all packages lead somewhere")
    return 1 if found or not crates else 0


sys.exit(main(sys.argv[1:]))
