"""The docs know every command, option, setting, page, table and exit code, and nothing that is gone."""

import re
from collections import Counter
from pathlib import Path

import pytest

from docs.make_reference import FILE, error_kinds, reference
from release.places import PROJECT

README = (PROJECT / "README.md").read_text(encoding="utf-8")


def test_the_reference_is_what_the_code_says() -> None:
    assert FILE.read_text(encoding="utf-8") == reference(), "run: make docs"


def test_every_kind_of_error_has_an_exit_code_of_its_own() -> None:
    codes = Counter(kind.exit_code for kind in error_kinds())
    assert [code for code, kinds in codes.items() if kinds > 1] == []
    assert not {0, 1, 2, 70} & set(codes)


@pytest.mark.parametrize("file", sorted((PROJECT / "data").glob("*.toml")), ids=lambda file: file.name)
def test_every_file_that_a_council_edits_is_in_the_reference(file: Path) -> None:
    assert f"`{file.name}`" in reference()


@pytest.mark.parametrize(
    "target", re.findall(r"^([a-z]+):", (PROJECT / "Makefile").read_text(), re.MULTILINE)
)
def test_every_target_of_make_is_in_the_readme(target: str) -> None:
    assert f"`make {target}`" in README


def test_links_between_documents_lead_somewhere() -> None:
    for document in (PROJECT / "README.md", *(PROJECT / "docs").glob("*.md")):
        for link in re.findall(r"\]\(([^)#]+)", document.read_text(encoding="utf-8")):
            assert link.startswith("https://") or (document.parent / link).exists(), (document.name, link)
