"""Files that pages offer: whose they are, how long they stand, and how many."""

import threading
from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as some

from evidence import offers
from evidence.access import Role, Who
from evidence.offers import PATH, Offers

WHO = Who("somebody", Role.MANAGER, frozenset({"overview"}), session="first")


class Clock:
    """Seconds that a test lets go by."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def made(clock: Clock) -> Offers:
    offered = Offers(clock)
    offered.served = True
    return offered


def token(path: str | None) -> str:
    assert path is not None
    folder, _, name = path.rpartition("/")
    assert folder == PATH
    return name


def test_nothing_is_offered_where_nothing_serves_it_or_nobody_has_a_session(made: Offers) -> None:
    assert made.offer(replace(WHO, session=""), "overview", "a", "a.csv", bytes) is None
    made.served = False
    assert made.offer(WHO, "overview", "a", "a.csv", bytes) is None
    assert len(made) == 0


def test_a_page_drawn_again_keeps_its_links_and_gives_what_it_shows_now(made: Offers) -> None:
    first = made.offer(WHO, "overview", "a", "a.csv", lambda: b"old")
    again = made.offer(WHO, "overview", "a", "a.csv", lambda: b"new")
    assert first == again
    offer = made.taken(token(again))
    assert offer is not None
    assert offer.content() == b"new"
    assert len(made) == 1


def test_every_session_page_and_key_has_a_link_of_its_own_that_cannot_be_guessed(made: Offers) -> None:
    others = [
        (WHO, "overview", "a"),
        (WHO, "overview", "b"),
        (WHO, "outcomes", "a"),
        (replace(WHO, session="second"), "overview", "a"),
    ]
    links = [token(made.offer(who, page, key, "a.csv", bytes)) for who, page, key in others]
    assert len(set(links)) == len(others)
    assert all(len(link) >= 43 for link in links)  # 256 bits
    assert made.taken(links[0][:-1]) is None
    assert made.taken("") is None


def test_an_offer_ends_with_its_time_and_with_its_session(made: Offers, clock: Clock) -> None:
    old = token(made.offer(WHO, "overview", "a", "a.csv", bytes))
    clock.now += offers.LASTS
    assert made.taken(old) is not None
    clock.now += 1
    assert made.taken(old) is None
    kept = token(made.offer(replace(WHO, session="second"), "overview", "a", "a.csv", bytes))
    gone = token(made.offer(WHO, "overview", "a", "a.csv", bytes))
    made.end(WHO.session)
    made.end("nobody's")
    assert made.taken(gone) is None
    assert made.taken(kept) is not None


Act = tuple[int, int]


@given(some.lists(some.tuples(some.integers(0, 2), some.integers(0, 5)), max_size=40))
def test_what_stands_is_what_a_naive_list_says(acts: list[Act]) -> None:
    """Against a list that is looked through from the start each time, with three offers a session and five in all."""
    clock = Clock()
    made = Offers(clock)
    made.served = True
    naive: list[tuple[str, str, float]] = []
    links: dict[tuple[str, str], str] = {}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(offers, "MOST_A_SESSION", 3)
        patch.setattr(offers, "MOST", 5)
        patch.setattr(offers, "LASTS", 10)
        for session, key in acts:
            clock.now += 1
            own, name = f"session {session}", f"key {key}"
            naive = [one for one in naive if clock.now - one[2] <= 10]
            if key == 5:
                made.end(own)
                naive = [one for one in naive if one[0] != own]
                continue
            links[own, name] = token(made.offer(replace(WHO, session=own), "overview", name, "a.csv", bytes))
            naive = [one for one in naive if one[:2] != (own, name)]
            naive.append((own, name, clock.now))
            ones = [one for one in naive if one[0] == own]
            naive = [one for one in naive if one not in ones[:-3]][-5:]
        standing = {one[:2] for one in naive}
        for about, link in links.items():
            assert (made.taken(link) is not None) == (about in standing)
    assert len(made) == len(naive)


def test_many_threads_offer_and_take_at_once(made: Offers) -> None:
    faults: list[BaseException] = []

    def work(session: str) -> Callable[[], None]:
        def offering() -> None:
            who = replace(WHO, session=session)
            try:
                for number in range(200):
                    link = token(made.offer(who, "overview", str(number % 7), "a.csv", session.encode))
                    taken = made.taken(link)
                    assert taken is not None
                    assert taken.content() == session.encode()
            except BaseException as fault:
                faults.append(fault)

        return offering

    threads = [threading.Thread(target=work(str(number))) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not faults
    assert len(made) == 8 * 7
