"""Sessions as the rules say them, in plain Python: everything that ever happened is kept, and asked each time."""

from dataclasses import dataclass, field

# Seconds.
NOTED, AHEAD = 60, 300


@dataclass
class Naive:
    """`whose`: of each key whose it is and since when; `seen`: its last turn that counted; `over`: keys that were
    ended; `bars`: until when sign-ins of a person are refused."""

    age: int
    idle: int
    whose: dict[str, tuple[str, int]] = field(default_factory=dict)
    seen: dict[str, int] = field(default_factory=dict)
    over: set[str] = field(default_factory=set)
    bars: dict[str, int] = field(default_factory=dict)

    def turn(self, key: str, person: str, since: int, now: int) -> str:
        """What becomes of a turn: open, ended, too_old or idle."""
        young = now - since <= self.age and since - now <= AHEAD
        if key not in self.whose:
            if person in self.bars and since <= self.bars[person]:
                return "ended"
            if not young:
                return "too_old"
            self.whose[key], self.seen[key] = (person, since), max(now, since)
        if self.whose[key] != (person, since) or key in self.over:
            return "ended"
        if not young:
            return "too_old"
        last = self.seen[key]
        if now - last > self.idle or last - now > AHEAD:
            return "idle"
        if now < last or now - last >= NOTED:
            self.seen[key] = now
        return "open"

    def end(self, key: str) -> bool:
        """Whether there was an open session of this key to end."""
        there = key in self.whose and key not in self.over
        self.over |= {key} if there else set()
        return there

    def end_person(self, person: str, now: int) -> int:
        """How many of somebody's sessions were not ended before."""
        mine = {key for key, (whose, _) in self.whose.items() if whose == person} - self.over
        self.over |= mine
        self.bars[person] = now
        return len(mine)
