"""Lists the packages that an installed onrecord needs, with their licences, and checks these.

`python -m tests.quality.licenses` writes `LICENSES.md`. A licence that is not in the list of
compatible ones is an error: somebody has to read it first.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

LIST = Path(__file__).resolve().parents[2] / "LICENSES.md"
EXTRAS = ("documents", "mcp", "notebooks", "s3")

# Apache-2.0 allows to use packages under these licences, which are installed unchanged beside
# it. Those of the MPL and LGPL apply to the package itself.
COMPATIBLE = {
    "0BSD", "Apache-2.0", "BSD-2-Clause", "BSD-3-Clause", "CC0-1.0", "CNRI-Python", "ISC",
    "LGPL-2.1-or-later", "LGPL-3.0-or-later", "MIT", "MIT-0", "MPL-2.0", "PSF-2.0", "Unlicense",
    "Zlib",
}  # fmt: skip
# What licence files say, in the package or its repository, where metadata are vague.
READ = {
    "altair": "BSD-3-Clause",
    "cobble": "BSD-2-Clause",
    "cronsim": "BSD-3-Clause",
    "docutils": "BSD-2-Clause",  # mostly public domain; what is under the GPL is not installed
    "jinja2": "BSD-3-Clause",
    "jinja2-humanize-extension": "BSD-3-Clause",
    "pebble": "LGPL-3.0-or-later",
    "prompt-toolkit": "BSD-3-Clause",
    "pypdfium2": "BSD-3-Clause",
    "python-dateutil": "Apache-2.0",
    "text-unidecode": "Artistic-1.0-Perl OR GPL-2.0-or-later",
    "tld": "LGPL-2.1-or-later",  # one of three to choose from
}
# May be installed beside onrecord under its licence of choice; nothing of it is copied.
ALLOWED_PACKAGES = {"text-unidecode"}
_SPDX = {
    "apache 2.0": "Apache-2.0",
    "apache software license": "Apache-2.0",
    "bsd license": "BSD-3-Clause",
    "isc license": "ISC",
    "isc license (iscl)": "ISC",
    "mit license": "MIT",
    "mit licence": "MIT",
    "mozilla public license 2.0 (mpl 2.0)": "MPL-2.0",
    "the bsd 2-clause license": "BSD-2-Clause",
    "the mit license (mit)": "MIT",
}
_HOMES = ("homepage", "home", "repository", "source", "source code", "github", "documentation")
_HEAD = """# Licences of the packages that onrecord needs

With the extras `documents`, `mcp`, `notebooks` and `s3`. `make licenses` writes this list; a test fails if
it is out of date or if a licence is not known to be compatible with ours (Apache-2.0).

| package | version | licence | home page |
|---|---|---|---|
"""


@dataclass(frozen=True, slots=True)
class Package:
    """An installed package.

    Attributes:
        name: Its normalised name.
        version: Its version.
        license: Its licence as an SPDX expression, or what its metadata say instead.
        home: Its home page; empty if it states none.
    """

    name: str
    version: str
    license: str
    home: str

    @property
    def is_compatible(self) -> bool:
        """Whether we may depend on it: every licence that it names is in the list."""
        names = set(re.findall(r"[\w.+-]+", self.license)) - {"AND", "OR", "WITH"}
        return self.name in ALLOWED_PACKAGES or (bool(names) and names <= COMPATIBLE)


def runtime_packages() -> list[Package]:
    """Return the installed packages that onrecord needs, sorted by name."""
    found: dict[str, Package] = {}
    waiting = [("onrecord", frozenset(EXTRAS))]
    seen = set(waiting)
    while waiting:
        name, extras = waiting.pop()
        try:
            installed = distribution(name)
        except PackageNotFoundError:  # needed on other systems only, or a missing extra
            continue
        if name != "onrecord":
            found[name] = package_of(name, installed)
        for needed in _needed(installed, extras):
            if needed not in seen:
                seen.add(needed)
                waiting.append(needed)
    return [found[name] for name in sorted(found)]


def _needed(
    installed: Distribution, extras: frozenset[str]
) -> Iterator[tuple[str, frozenset[str]]]:
    for line in installed.requires or ():
        needed = Requirement(line)
        marker = needed.marker
        if marker is None or any(marker.evaluate({"extra": one}) for one in {"", *extras}):
            yield canonicalize_name(needed.name), frozenset(needed.extras)


def package_of(name: str, installed: Distribution) -> Package:
    """Return what the metadata of an installed package say."""
    metadata = installed.metadata
    urls = dict[str, str]()
    for line in metadata.get_all("Project-URL") or ():
        label, _, url = line.partition(",")
        urls[label.strip().lower()] = url.strip()
    stated = [str(metadata.json.get("home_page") or ""), *(urls.get(one, "") for one in _HOMES)]
    home = next((url for url in stated if url and "://pypi." not in url), "")
    return Package(name, installed.version, READ.get(name) or _license(installed), home)


def _license(installed: Distribution) -> str:
    metadata = installed.metadata
    if stated := metadata.json.get("license_expression"):
        return str(stated)
    classifiers = [
        one.rpartition(" :: ")[2]
        for one in metadata.get_all("Classifier") or ()
        if one.startswith("License ::")
    ]
    stated = str(metadata.json.get("license") or " AND ".join(classifiers) or "unknown")
    first = stated.strip().partition("\n")[0]
    return _SPDX.get(first.lower(), first)


def table(packages: list[Package]) -> str:
    """Return the list as Markdown."""
    rows = (f"| {one.name} | {one.version} | {one.license} | {one.home} |\n" for one in packages)
    return _HEAD + "".join(rows)


def main() -> None:
    """Write the list; end with an error if a licence is not compatible."""
    packages = runtime_packages()
    LIST.write_text(table(packages), "utf-8")
    print(f"wrote {LIST.name}: {len(packages)} packages")
    unknown = [f"{one.name} ({one.license})" for one in packages if not one.is_compatible]
    if unknown:
        sys.exit(
            f"not known to be compatible: {', '.join(unknown)}: read their licences, then add "
            "them to tests/quality/licenses.py or replace the packages"
        )


if __name__ == "__main__":
    main()
