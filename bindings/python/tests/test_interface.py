"""What is written about the package is what it does: README, stubs, types."""

import ast
import doctest
import os
import re
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import numpy
import pytest
import qrmint

HERE = Path(__file__).parent
README = (HERE.parent / "README.md").read_text()
STUB = (Path(qrmint.__file__).parent / "__init__.pyi").read_text()
BLOCKS = re.findall(r"```python\n(.*?)```", README, re.DOTALL)


def run(*arguments: str | Path, directory: Path) -> None:
    """Runs a module of Python elsewhere, so that it finds the installed package and no settings."""
    command = [sys.executable, "-m", *map(str, arguments)]
    done = subprocess.run(command, cwd=directory, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    assert done.returncode == 0, done.stdout


def test_the_examples_of_the_readme_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    names: dict[str, object] = {}
    printed: list[str] = []
    for block in BLOCKS:
        exec(block, names)
        printed += capsys.readouterr().out.splitlines()
    expected = re.findall(r"print\(error\) +# (.*)", README)
    assert len(BLOCKS) >= 5 and len(expected) == 1
    assert printed[0] == expected[0]
    assert (tmp_path / "badge.pdf").read_bytes().startswith(b"%PDF")


def test_the_examples_of_the_stub_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    documented = (ast.Module, ast.ClassDef, ast.FunctionDef)
    texts = [ast.get_docstring(node) or "" for node in ast.walk(ast.parse(STUB)) if isinstance(node, documented)]
    names: dict[str, object] = {"numpy": numpy}
    failed: list[str] = []
    count = 0
    for text in texts:
        examples = doctest.DocTestParser().get_doctest(text, names, "__init__.pyi", None, None)
        count += len(examples.examples)
        doctest.DocTestRunner().run(examples, out=failed.append, clear_globs=False)
        names |= examples.globs
    assert not failed, "".join(failed)
    assert count >= 7


def test_the_table_of_keywords_is_that_of_the_stub() -> None:
    table = README.split("| keyword | meaning | default |")[1].split("\n\n")[0]
    documented = {word for line in table.splitlines()[2:] for word in re.findall(r"`(\w+)`", line.split("|")[1])}
    style = STUB.split("class _Paper")[1].split("class _Writer")[0]
    assert documented == set(re.findall(r"^    (\w+): ", style, re.MULTILINE))


def test_the_package_has_what_its_stub_says(tmp_path: Path) -> None:
    run("mypy.stubtest", "qrmint", "--allowlist", HERE / "stubtest.allow", directory=tmp_path)


def test_types_are_those_of_the_sample(tmp_path: Path) -> None:
    run("mypy", "--strict", "--warn-unused-ignores", HERE / "typing_sample.py", directory=tmp_path)


def test_all_names_what_is_there() -> None:
    assert sorted(qrmint.__all__) == qrmint.__all__
    assert all(hasattr(qrmint, name) for name in qrmint.__all__)
    here = {
        name for name, value in vars(qrmint).items() if not name.startswith("_") and not isinstance(value, ModuleType)
    }
    assert here | {"__version__", "arrow"} == {*qrmint.__all__}


def test_names_show_where_they_are() -> None:
    assert f"{qrmint.QRCode.__module__}.{qrmint.QRCode.__qualname__}" == "qrmint.QRCode"
    assert (
        f"{qrmint.DataOverflowError.__module__}.{qrmint.DataOverflowError.__qualname__}" == "qrmint.DataOverflowError"
    )


def test_an_import_loads_no_other_package() -> None:
    program = (
        "import sys; before = {*sys.modules}; import qrmint; qrmint.make('a').png(); qrmint.make_many(['a']);"
        "print({name.split('.')[0] for name in {*sys.modules} - before} - {*sys.stdlib_module_names})"
    )
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, env=environment)
    assert done.stdout == "{'qrmint'}\n"
