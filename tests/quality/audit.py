"""Asks for known vulnerabilities of the pinned packages, by pip-audit.

`python -m tests.quality.audit` ends with 0 if every package was asked about and none has a
known vulnerability, with 1 if some have, and with 2 if the data could not be reached. By
itself, pip-audit finds no vulnerabilities in packages that it could not ask about.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

PINNED = Path(__file__).resolve().parents[2] / "constraints.txt"
_UNREACHED = (
    "the data of known vulnerabilities cannot be reached, so nothing was audited ({reason}): "
    "run `make audit` on a machine that reaches the Internet"
)


def verdict(report: dict[str, Any]) -> tuple[list[str], int]:
    """Return what to say about a report of pip-audit, and the exit code."""
    packages = report["dependencies"]
    skipped = [one for one in packages if "skip_reason" in one]
    lines = [
        f"{one['name']} {one['version']}: {found['id']}, fixed in "
        f"{', '.join(found['fix_versions']) or 'no version yet'}"
        for one in packages
        for found in one.get("vulns", ())
    ]
    if lines:
        return lines, 1
    if len(skipped) == len(packages):
        reason = skipped[0]["skip_reason"] if skipped else "there are no packages"
        return [_UNREACHED.format(reason=reason)], 2
    if skipped:
        names = ", ".join(one["name"] for one in skipped)
        return [f"not audited, because the data do not have them: {names}"], 2
    return [f"{len(packages)} packages: no known vulnerability"], 0


def main() -> None:
    """Run pip-audit and print the verdict."""
    run = subprocess.run(
        [sys.executable, "-m", "pip_audit", "--requirement", PINNED, "--no-deps", "--disable-pip",
         "--format", "json", "--progress-spinner", "off"],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    try:
        lines, code = verdict(json.loads(run.stdout))
    except ValueError:
        last = (run.stderr.strip().splitlines() or ["it printed nothing"])[-1]
        lines, code = [_UNREACHED.format(reason=last[:300])], 2
    print("\n".join(lines), file=sys.stderr if code else sys.stdout)
    sys.exit(code)


if __name__ == "__main__":
    main()
