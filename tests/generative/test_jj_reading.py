"""Whatever a JJ file holds, it is read as what it says, or refused in words."""

from hypothesis import given, settings
from hypothesis import strategies as st

from disclosure.errors import TableError
from disclosure.tables import read_jj, write_jj
from tests.generative.naive_tables import crossed, small_crossed

_TOKENS = (
    "",
    "0",
    "1",
    "-1",
    "9" * 30,
    "nan",
    "inf",
    "-inf",
    "1e400",
    "1e300",
    "u",
    "z",
    "q",
    ":",
    "(1)",
    "²",
    "1_0",
    "\n",
)


@settings(max_examples=150, deadline=None)
@given(small_crossed, st.data())
def test_a_file_with_something_wrong_in_it_is_a_table_or_a_clear_refusal(inner, data) -> None:  # type: ignore[no-untyped-def]
    text = write_jj(crossed(inner))
    assert read_jj(text).value.tolist() == crossed(inner).value.tolist()
    words = text.replace("\n", " \n ").split(" ")
    for _ in range(data.draw(st.integers(1, 2))):
        words[data.draw(st.integers(0, len(words) - 1))] = data.draw(st.sampled_from(_TOKENS))
    try:
        system = read_jj(" ".join(words), source="f.JJ")
    except TableError as error:
        assert str(error).startswith("f.JJ")
    else:
        # What is taken in is a table: it adds up, and reads back as the same.
        again = read_jj(write_jj(system), negative=True)
        assert again.value.tolist() == system.value.tolist()
        assert (abs(system.matrix @ system.value - system.right) < 1e-3).all()
