"""A plugin of pytest: `import qrcode` and `import segno` give the modules of `qrmint.compat`.

Test files also import what those lack, such as `qrcode.util`. It is loaded from the packages in the working directory.
"""

import sys
from pathlib import Path

import pytest
from qrmint.compat import qrcode, segno

PASSED = 395
"""The tests that pass."""

TESTS = {"qrcode": "qrcode/tests", "segno": "segno-1.6.6/tests"}

NEVER = {"qrcode.main", "segno.encoder", "segno.writers"}
"""Modules of theirs that make and draw codes. A test that needs one tests their code."""

qrcode.__path__.append(str(Path("qrcode").resolve()))
segno.__path__ = [str(Path("segno-1.6.6/segno").resolve())]
sys.modules |= {
    "qrcode": qrcode,
    "qrcode.constants": qrcode.constants,
    "qrcode.exceptions": qrcode.exceptions,
    "segno": segno,
}


def _differences() -> dict[str, str]:
    """Returns the reasons by what `differences.txt` names."""
    reasons = {}
    for line in Path(__file__).with_name("differences.txt").read_text().splitlines():
        if line and not line.startswith("#"):
            package, test, reason = line.split(maxsplit=2)
            reasons[f"{TESTS[package]}/{test}"] = reason
    return reasons


REASONS = _differences()
found: set[str] = set()
passed = 0


def _find(test: str) -> str | None:
    """Returns the name in `differences.txt` under which the test is, if any."""
    for name in REASONS:
        if test == name or test.startswith(f"{name}[") or (name.endswith("*") and test.startswith(name[:-1])):
            found.add(name)
            return name
    return None


def pytest_ignore_collect(collection_path: Path) -> bool | None:
    is_left_out = _find(collection_path.relative_to(Path.cwd().resolve()).as_posix()) is not None
    return True if is_left_out else None


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if (name := _find(item.nodeid)) is not None:
            # Strict: a test that passes must leave the list.
            item.add_marker(pytest.mark.xfail(reason=REASONS[name], strict=True))


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    global passed
    passed += report.when == "call" and report.passed


def pytest_sessionfinish(session: pytest.Session) -> None:
    problems = [f"differences.txt names what is not there: {name}" for name in REASONS.keys() - found]
    problems += [f"their code ran: {name}" for name in NEVER & sys.modules.keys()]
    if passed != PASSED:
        problems.append(f"{passed} tests passed, expected {PASSED}")
    for problem in problems:
        print(f"\n{problem}", file=sys.stderr)
    if problems:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
