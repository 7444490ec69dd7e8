"""What a simulator is asked to play: rooms, rates, misbehaviour, a script in time.

Read from a small TOML file or built by callers; control.py uses the same structs at run time.
"""

import re
from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar

import msgspec
from msgspec import Meta, Struct

from relay.config import read_toml, suggest
from relay.errors import ConfigError
from relay.sim.behaviours import Behaviours, Stall

Rate = Annotated[float, Meta(ge=0.1, le=20_000)]
Wait = Annotated[float, Meta(gt=0, le=3600)]

Action = Literal[
    "behave", "end", "end_silently", "next_broadcast", "cut", "close", "close_frame", "stall"
]

HostState = Literal["up", "down", "hang", "blocked", "silent", "heartbeats", "low_value"]
"""`down`: connections are refused, or dropped without an answer on the main port, and open push
connections are cut; `hang`: no answer comes. Only for push hosts: `blocked` is DEVICE_BLOCKED, the
others are Stalls."""
SignerShape = Literal["relay", "lulajax", "tikhub", "nsapps", "evil0ctal", "euler"]
SignerAnswer = Literal[
    "ok",
    "wrong",
    "wrong_agent",
    "garbage",
    "empty",
    "down",
    "hang",
    "401",
    "403",
    "429",
    "500",
    "503",
]
"""`wrong`: signatures that don't hold; `wrong_agent`: they hold with another user agent only;
`garbage`: a page instead of JSON; `down`: it drops the connection; `hang`: no answer comes."""
EVERY_HOST: tuple[HostState, ...] = ("up", "down", "hang")
"""What every host can be."""


class _Table(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A table of the scenario file; unknown keys are refused."""


class Timing(_Table, frozen=True, kw_only=True):
    """Upstream's own periods, so that tests need not wait as long as Douyin does."""

    ping_interval_s: Wait = 10.0
    """Between WebSocket PINGs to a push connection."""
    pong_deadline_s: Wait = 21.0
    """A PING unanswered for this long: the connection is cut."""
    heartbeat_deadline_s: Wait = 30.0
    """No `hb` for this long: the connection is cut."""
    heartbeat_duration_s: Annotated[int, Meta(ge=0, le=3600)] = 15
    """`Response.heartbeat_duration` (recorded frames say 15)."""
    fetch_interval_ms: Annotated[int, Meta(ge=0, le=60_000)] = 1000
    """`Response.fetch_interval` of im/fetch."""
    low_value_interval_s: Wait = 2.0
    """Between the messages that an ended broadcast still sends."""
    page_heartbeat_s: Wait = 10.0
    """Between the `hb` that the room page sends."""
    page_retry_s: Wait = 2.0
    """How long the room page waits before it connects or asks again."""


class Step(_Table, frozen=True, kw_only=True):
    """One thing that happens to a room: an entry of its script, or an order at run time."""

    at_s: Annotated[float, Meta(ge=0)] = 0.0
    """Seconds after the start of the simulator; at run time it is ignored."""
    do: Action = "behave"
    """`end`: Control 3, then the broadcast is over; `end_silently`: over without Control 3;
    `next_broadcast`: a new room_id goes live; `cut`: open push connections drop without a close
    handshake; `close`: they get a WebSocket close with `code`; `close_frame`: a PushFrame `close`,
    then the cut; `stall`: those open now stall as `stall` says, new ones do not; `behave`: only
    `behaviours` and `rate`."""
    behaviours: dict[str, Any] = {}
    """Fields of Behaviours to change, whatever `do` is."""
    rate: Rate | None = None
    """The room's new rate, whatever `do` is."""
    stall: Stall = "silent"
    """For `stall`."""
    code: Annotated[int, Meta(ge=1000, le=4999)] = 1001
    """For `close`."""


class SignerPlan(_Table, frozen=True, kw_only=True):
    """How one of the sign servers behaves, from the start or from an order on."""

    answer: SignerAnswer = "ok"
    key: str = ""
    """What it wants to be shown, else 401; empty: nothing."""
    delay_s: Annotated[float, Meta(ge=0, le=600)] = 0.0
    """How long its answers take."""


class Outage(_Table, frozen=True, kw_only=True):
    """Something that happens to one of the hosts: an entry of `outages`, or an order."""

    at_s: Annotated[float, Meta(ge=0)] = 0.0
    """Seconds after the start of the simulator; at run time it is ignored."""
    host: str = "live"
    """live, webcast, push1, push2 …; at run time the path names it."""
    state: HostState = "down"
    for_s: Annotated[float, Meta(ge=0, le=86_400)] = 0.0
    """How long; 0: until something else is said."""


class RoomPlan(_Table, frozen=True, kw_only=True):
    """One `[[rooms]]` entry."""

    web_rid: Annotated[str, Meta(pattern=r"^([A-Za-z0-9_.-]{1,64})?$")] = ""
    """Empty: 80000000001 and so on, by place in the list."""
    title: str = ""
    """Empty: one is made up."""
    state: Literal["live", "radio", "offline"] = "live"
    """At the start; `radio` is a live broadcast without pictures."""
    rate: Rate | None = None
    """None: the scenario's."""
    behaviours: dict[str, Any] = {}
    """Fields of Behaviours that differ from the scenario's."""
    script: list[Step] = []
    """What happens when."""


class Scenario(_Table, frozen=True, kw_only=True):
    """Everything a simulator plays. As a file:

    seed = 7
    rate = 20               # messages a second in each room

    [[rooms]]
    web_rid = "80000000001"

    [[rooms]]
    state = "offline"       # until the script opens it
    behaviours = { corrupt_every = 50 }
    [[rooms.script]]
    at_s = 10
    do = "next_broadcast"
    [[rooms.script]]
    at_s = 60
    behaviours = { stall = "low_value" }
    [[rooms.script]]
    at_s = 120
    do = "end"
    """

    rooms: Annotated[int, Meta(ge=1, le=200)] | list[RoomPlan] = 2
    """How many rooms that differ only by seed, or the rooms one by one."""
    rate: Rate = 5.0
    """Messages a second in each live room, on average."""
    seed: int = 1
    """Same seed, same people and same messages in the same order. Ids and times are the clock's,
    as upstream's are: a restarted simulator is a new broadcast."""
    require_signature: bool = False
    """The push handshake wants the `signature`, ranklist/audience/ and promotions/ the `a_bogus`
    that POST /_sim/sign gives."""
    signers: dict[SignerShape, SignerPlan] = {}
    """How the sign servers behave that don't behave well."""
    push_hosts: Annotated[int, Meta(ge=1, le=8)] = 1
    """How many push URLs there are; the first is on the main port, the others on further ones."""
    outages: list[Outage] = []
    """When which host is out of order."""
    timing: Timing = Timing()
    behaviours: Behaviours = Behaviours()
    """For every room."""

    def plans(self) -> list[RoomPlan]:
        """Give the rooms one by one, every web_rid filled in."""
        plans = [RoomPlan()] * self.rooms if isinstance(self.rooms, int) else self.rooms
        return [
            msgspec.structs.replace(plan, web_rid=plan.web_rid or str(80_000_000_001 + index))
            for index, plan in enumerate(plans)
        ]


def load_scenario(path: Path) -> Scenario:
    """Read a scenario file. Raises ConfigError with the file, the key and what is allowed."""
    _, data = read_toml(path)
    scenario = read_as(Scenario, data, str(path))
    check(scenario, str(path))
    return scenario


def check(scenario: Scenario, origin: str = "scenario") -> None:
    """Refuse what the types let through: bad behaviours, two rooms with one web_rid."""
    plans = scenario.plans()
    if not plans:
        raise ConfigError(f"{origin}: rooms: there must be at least one")
    seen: set[str] = set()
    for index, plan in enumerate(plans):
        where = f"{origin}: rooms[{index}]"
        if plan.web_rid in seen:
            raise ConfigError(f"{where}.web_rid: {plan.web_rid!r} is taken by another room")
        seen.add(plan.web_rid)
        changed(scenario.behaviours, plan.behaviours, f"{where}.behaviours")
        for number, step in enumerate(plan.script):
            changed(scenario.behaviours, step.behaviours, f"{where}.script[{number}].behaviours")
    hosts = ["live", "webcast", *(f"push{number + 1}" for number in range(scenario.push_hosts))]
    for index, outage in enumerate(scenario.outages):
        if outage.host not in hosts:
            raise ConfigError(
                f"{origin}: outages[{index}].host: {outage.host!r} is none; hosts are "
                f"{', '.join(hosts)}"
            )
        if outage.state not in EVERY_HOST and not outage.host.startswith("push"):
            raise ConfigError(
                f"{origin}: outages[{index}].state: {outage.state!r} is for push hosts"
            )


def changed(behaviours: Behaviours, patch: dict[str, Any], origin: str) -> Behaviours:
    """Give `behaviours` with the fields of `patch` changed. Raises ConfigError."""
    return read_as(Behaviours, {**msgspec.structs.asdict(behaviours), **patch}, origin)


_T = TypeVar("_T", bound=Struct)


def read_as(kind: type[_T], data: Any, origin: str) -> _T:
    """Check plain data and give it as `kind`. Raises ConfigError: where, what, what is allowed."""
    try:
        return msgspec.convert(data, kind)
    except msgspec.ValidationError as error:
        text, _, path = str(error).partition(" - at `$")
        key = path.rstrip("`").lstrip(".")
        unknown = re.search(r"unknown field `(.*)`", text)
        if unknown is None:
            where = f"{origin}: {key}" if key else origin
            raise ConfigError(f"{where}: {text[:1].lower()}{text[1:]}") from None
        table = _table_at(kind, key)
        name = f"{key}.{unknown[1]}" if key else unknown[1]
        hint = suggest(unknown[1], list(table.__struct_fields__))
        raise ConfigError(f"{origin}: {name}: no such key{hint}") from None


def _table_at(kind: type[Struct], key: str) -> type[Struct]:
    """Find which table a key path of the file is in."""
    last = re.sub(r"\[.*?\]", "", key).rpartition(".")[2]
    tables: dict[str, type[Struct]] = {
        "timing": Timing,
        "behaviours": Behaviours,
        "rooms": RoomPlan,
        "script": Step,
        "outages": Outage,
        "signers": SignerPlan,
    }
    return tables.get(last, kind)
