"""What is worked out once: kept by what was asked, bounded, and never mixed up."""

from concurrent.futures import ThreadPoolExecutor

from evidence.kept import Kept


def test_it_is_worked_out_once_and_by_its_key() -> None:
    kept = Kept()
    made: list[tuple[str, ...]] = []

    def ask(*key: str) -> str:
        def make() -> str:
            made.append(key)
            return "-".join(key)

        return kept.get(key, make)

    assert [ask("a", "b"), ask("a", "b"), ask("ab"), ask("a", "b")] == ["a-b", "a-b", "ab", "a-b"]
    assert made == [("a", "b"), ("ab",)]


def test_what_was_not_asked_for_longest_goes_first() -> None:
    kept = Kept(most=2)
    kept.get(("a",), lambda: 1)
    kept.get(("b",), lambda: 2)
    kept.get(("a",), lambda: 0)
    kept.get(("c",), lambda: 3)
    assert len(kept) == 2
    assert kept.get(("a",), lambda: 4) == 1
    assert kept.get(("b",), lambda: 5) == 5


def test_nothing_is_kept_of_what_failed() -> None:
    kept = Kept()
    for _ in range(2):
        try:
            kept.get(("a",), lambda: 1 // 0)
        except ZeroDivisionError:
            continue
        raise AssertionError("it was kept")
    assert len(kept) == 0


def test_many_at_once_get_what_they_asked_for() -> None:
    kept = Kept(most=8)

    def ask(number: int) -> bool:
        key = str(number % 20)
        return kept.get((key,), lambda: key) == key

    with ThreadPoolExecutor(8) as pool:
        assert all(pool.map(ask, range(2_000)))
    assert len(kept) <= 8
