"""How this process lets people in, as its settings say: what the app finds out, and the routes beside it go by."""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Door:
    """How this process lets people in. `provider`: whether one is set up; `secret`: what signs its cookies."""

    provider: bool
    server_address: str | None
    secret: str = field(default="", repr=False)
