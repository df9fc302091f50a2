"""The register of keys written the obvious way, one unit and one key at a time: what the fast one is compared with."""

from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

Token = tuple[str, str]
# What every unit of a run is known by, and what a new key of it is made over.
Units = Mapping[int, set[Token]]
Seeds = Mapping[int, str]
# Facets, the share of what is known of a key that merges it, and whether they count only where nothing stronger is
# seen.
Tiers = Sequence[tuple[tuple[str, ...], float, bool]]


@dataclass
class NaiveKey:
    born: int
    into: str | None = None
    absent_since: int | None = None


@dataclass
class NaiveRow:
    token: Token
    key: str
    since: int
    until: int | None = None
    over: bool = False


@dataclass
class NaiveBook:
    keys: dict[str, NaiveKey] = field(default_factory=dict)
    rows: list[NaiveRow] = field(default_factory=list)
    events: set[tuple[int, str, str, str | None]] = field(default_factory=set)

    def present(self, key: str) -> str:
        """Where a key leads today."""
        steps = 0
        while (into := self.keys[key].into) is not None:
            key = into
            steps += 1
            assert steps <= len(self.keys), "keys lead in a circle"
        return key


def naive_assign(
    units: Units, seeds: Seeds, book: NaiveBook, tiers: Tiers, run: int, mint: Callable[[str], str]
) -> dict[int, str]:
    """The key of every unit; changes the book."""
    before = {key: book.present(key) for key in book.keys}
    seen = set().union(*units.values())
    rows = [row for row in book.rows if not row.over and row.until is None]
    was_open = {row.token for row in rows}
    lost = {before[row.key] for row in rows if row.token[0] in tiers[0][0] and row.token not in seen}
    evidence = _evidence(units, book, before)
    taken = _claims(evidence, book, tiers)
    _keep_present(taken, book, before)
    keys = {unit: key for unit, (key, *_) in taken.items()}
    _alike(keys, units, book, tiers[0][0])
    fresh = _mint(keys, seeds, book, run, mint)
    keys |= fresh

    owners = {key: unit for unit, key in keys.items()}
    parted = {key for key in owners if key in book.keys and book.keys[key].into is not None}
    absent = {key: known.absent_since for key, known in book.keys.items()}
    for key in parted:
        book.keys[key].into = None
    merged = _merge(evidence, seen, keys, owners, book, tiers)
    for key, known in book.keys.items():
        if key in owners or known.into is not None:
            known.absent_since = None
            if key in owners and absent[key] is not None:
                book.events.add((run, "returned", key, None))
        elif known.absent_since is None:
            known.absent_since = run
            book.events.add((run, "withdrawn", key, None))
    for _, key in sorted(fresh.items()):
        book.keys[key] = NaiveKey(run)

    book.events |= {(run, "merged", key, into) for key, into in merged.items()}
    of_records = {facet for facets, merges, _ in tiers if merges == 0 for facet in facets}
    strong = of_records - {facet for facets, _, weak in tiers if weak for facet in facets}
    for token, (unit, home) in evidence.items():
        was, now = before[home], keys[unit]
        corrected = was in lost and token[0] in of_records
        gone_on = token in was_open and (corrected or token[0] in tiers[0][0])
        if (gone_on or (token[0] in strong and unit in fresh)) and was != now and merged.get(was) != now:
            split = unit in fresh or now in parted
            book.events.add((run, "split" if split else "moved", was, now))
    _rehome(units, keys, owners, book, run)
    return keys


def _told(book: NaiveBook) -> list[NaiveRow]:
    """The rows that say something: those of the last run, or, of a token that it did not see, of the runs before."""
    valid = [row for row in book.rows if not row.over]
    open_now = {row.token for row in valid if row.until is None}
    return [row for row in valid if row.until is None or row.token not in open_now]


def _evidence(units: Units, book: NaiveBook, before: Mapping[str, str]) -> dict[Token, tuple[int, str]]:
    holders = defaultdict(list)
    for unit, tokens in units.items():
        for token in tokens:
            holders[token].append(unit)
    homes = defaultdict(list)
    for row in _told(book):
        homes[row.token].append(row.key)
    evidence = {}
    for token, having in holders.items():
        known = homes[token]
        if len(having) == 1 and known:
            if len(known) == 1:
                evidence[token] = having[0], known[0]
            elif len({before[key] for key in known}) == 1:
                evidence[token] = having[0], before[known[0]]
    return evidence


def _claims(
    evidence: Mapping[Token, tuple[int, str]], book: NaiveBook, tiers: Tiers
) -> dict[int, tuple[str, int, int]]:
    taken: dict[int, tuple[str, int, int]] = {}
    order = {key: place for place, key in enumerate(book.keys)}
    for place, (facets, *_) in enumerate(tiers):
        weight = Counter(pair for (facet, _), pair in evidence.items() if facet in facets)
        for leads in (False, True):
            pairs = [
                (-count, order[key], key, unit)
                for (unit, key), count in weight.items()
                if (book.keys[key].into is not None) == leads
            ]
            for count, _, key, unit in sorted(pairs):
                if unit not in taken and key not in {other for other, *_ in taken.values()}:
                    taken[unit] = key, place, -count
    return taken


def _keep_present(taken: dict[int, tuple[str, int, int]], book: NaiveBook, before: Mapping[str, str]) -> None:
    given = {key for key, *_ in taken.values()}
    order = {key: place for place, key in enumerate(book.keys)}
    wishes = sorted(
        (place, -count, order[key], key, unit)
        for unit, (key, place, count) in taken.items()
        if before[key] not in given
    )
    for place, count, _, key, unit in wishes:
        if before[key] not in given:
            given.add(before[key])
            taken[unit] = before[key], place, -count


def _alike(keys: dict[int, str], units: Units, book: NaiveBook, facets: tuple[str, ...]) -> None:
    given = set(keys.values())
    free_units = {
        unit: {token for token in tokens if token[0] in facets}
        for unit, tokens in units.items()
        if unit not in keys
    }
    of_units = set().union(*free_units.values())
    free_keys: dict[bool, dict[str, set[Token]]] = {True: defaultdict(set), False: defaultdict(set)}
    for row in book.rows:
        free = row.key not in given and book.keys[row.key].into is None
        if free and not row.over and row.token in of_units:
            free_keys[row.until is None][row.key].add(row.token)
    for key in free_keys[True]:
        free_keys[False].pop(key, None)
    of_keys = set().union(*free_keys[True].values(), *free_keys[False].values())
    for token in of_units & of_keys:
        mine = sorted(
            unit for unit, tokens in free_units.items() if min(tokens & of_keys, default=0) == token
        )
        last = [key for key in book.keys if min(free_keys[True].get(key, ()), default=0) == token]
        before = [key for key in book.keys if min(free_keys[False].get(key, ()), default=0) == token]
        theirs = [*last, *before]
        for unit, key in zip(mine, theirs, strict=False):
            keys[unit] = key


def _mint(
    keys: Mapping[int, str], seeds: Seeds, book: NaiveBook, run: int, mint: Callable[[str], str]
) -> dict[int, str]:
    fresh: dict[int, str] = {}
    turns: Counter[str] = Counter()
    for seed, unit in sorted((seed, unit) for unit, seed in seeds.items() if unit not in keys):
        turn = turns[seed]
        turns[seed] += 1
        first = mint(seed)
        fresh[unit] = first if turn == 0 and first not in book.keys else mint(f"{seed}|{run}|{turn}")
    return fresh


def _merge(
    evidence: Mapping[Token, tuple[int, str]],
    seen: set[Token],
    keys: Mapping[int, str],
    owners: Mapping[str, int],
    book: NaiveBook,
    tiers: Tiers,
) -> dict[str, str]:
    """Point every key that nobody took to where most of it went, and tell which were pointed anew."""
    standing = {key: book.present(key) for key in book.keys}
    order = {key: place for place, key in enumerate(book.keys)}
    for _, key in sorted(keys.items()):
        order.setdefault(key, len(order))
    rows = _told(book)
    merged = {}

    def most(members: set[str], stays: str | None) -> str | None:
        stronger: set[str] = set()
        for facets, least, weak in tiers:
            outdone = any(
                row.token in seen for row in rows if row.key in members and row.token[0] in stronger
            )
            stronger |= {*facets}
            known = {row.token for row in rows if row.key in members and row.token[0] in facets}
            went = Counter(
                keys[unit]
                for token, (unit, home) in evidence.items()
                if home in members and token[0] in facets
            )
            if weak and (outdone or len(went) > 1):
                continue
            enough = [
                (-count, key != stays, order[key], key)
                for key, count in went.items()
                if count > least * len(known)
            ]
            if enough:
                return min(enough)[-1]
        return None

    for root in sorted(key for key in book.keys if standing[key] == key and key not in owners):
        into = most({key for key in book.keys if standing[key] == root}, None)
        if into is not None:
            merged[root] = into
    for key, into in merged.items():
        book.keys[key].into = into
    later = {}
    for key in sorted(key for key in book.keys if standing[key] != key and key not in owners):
        stays = book.present(key)
        into = most({key}, stays)
        if into is not None and into != stays:
            later[key] = into
    for key, into in later.items():
        book.keys[key].into = into
    return merged | later


def _rehome(
    units: Units, keys: Mapping[int, str], owners: Mapping[str, int], book: NaiveBook, run: int
) -> None:
    holders = defaultdict(set)
    for unit, tokens in units.items():
        for token in tokens:
            holders[token].add(keys[unit])
    opened = []
    served = set()
    for row in book.rows:
        if row.over:
            continue
        present = book.present(row.key)
        if present in holders[row.token]:
            served.add((row.token, present))
            if row.until is not None:
                row.over = True
                opened.append(NaiveRow(row.token, row.key, run))
        elif holders[row.token] and present in owners:
            row.until = row.until or run
            row.over = True
        else:
            row.until = row.until or run
    for token, having in holders.items():
        opened += [NaiveRow(token, key, run) for key in having if (token, key) not in served]
    book.rows += opened
