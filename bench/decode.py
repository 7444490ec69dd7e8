"""Decoding: from upstream's frames to events as JSON, as clients are sent them.

All that the relay does with a message until it is kept: inflating, parsing, reading what counts,
writing JSON, numbering, history; and with each library that may inflate. Beside it, in the same
rounds, what betterproto needs to decode the payloads alone, into objects. Recorded frames are
measured where they lie beside the checkout; only sums of them are printed.

    python bench/decode.py [--full]
"""

import argparse
import base64
import gzip
import importlib
import json
import os
import random
import statistics
import subprocess
import sys
import sysconfig
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path
from types import ModuleType
from typing import NamedTuple

from machine import SERVER_CORE, describe
from report import bar, save, table
from tools import BETTERPROTO, HERE, MissingError, python_folder

from relay.config import HubConfig
from relay.hub import RoomState, RoomStatus, Stream
from relay.sim.broadcast import compress
from relay.sim.frames import FrameWriter
from relay.sim.goods import make_goods
from relay.sim.people import Crowd, make_person
from relay.sim.scenario import Behaviours
from relay.sim.show import MsgIds, Show
from relay.webcast import inflate
from relay.webcast.budget import Budget
from relay.webcast.decode import decode_message, decode_response
from relay.webcast.frames import read_frame
from relay.webcast.methods import METHODS
from relay.webcast.pb import webcast_pb2 as pb

RECORDED = HERE.parents[1] / "shared" / "fixtures" / "webcast"
GENERATED = 300
BATCHES = (1, 5, 20, 60)
LEAST_S = 0.03
"""A figure is of as many repetitions as take that long."""
NOW_MS = 1_760_000_000_000
ROOM_ID = 7_700_000_000_000_000_000
PAIR = (f"t-{NOW_MS}_r-1_d-1_u-1", "internal_src:pushserver|first_req_ms:1|wrds_v:1")
STATUS = RoomStatus("2", "2", "1", RoomState.LIVE, "", "", "", "socket", 0)
LIBRARIES = {"zlib": "zlib", "zlib-ng": "zlib_ng.zlib_ng", "isal": "isal.isal_zlib"}
PEERS = {"betterproto": BETTERPROTO, "betterproto2": ""}
"""Library → the package to install; the last is among those of the tests."""


class Measured(NamedTuple):
    """What came out."""

    works: list["Work"]
    methods: dict[str, list[pb.Message]]
    peers: list[str]
    libraries: list[str]
    best: str
    """Of the libraries, the one that the relay would use."""
    figures: dict[str, list[float]]
    """CPU seconds of each round, by what was measured."""


class Work(NamedTuple):
    """Frames, and the messages in them."""

    name: str
    frames: list[bytes]
    messages: list[pb.Message]


def recorded() -> list[bytes]:
    """Give all recorded frames; recorded Responses as the frames that they came in."""
    frames = [file.read_bytes() for file in sorted(RECORDED.glob("frames/*.bin"))]
    for file in sorted(RECORDED.glob("sessions/*.jsonl")):
        lines = [json.loads(line) for line in file.read_text().splitlines()]
        frames += [base64.b64decode(line["b64"]) for line in lines if line["dir"] == "in"]
    for file in sorted(RECORDED.glob("responses/*.bin")):
        frames.append(framed(gzip.compress(file.read_bytes(), mtime=0)))
    return frames


def generated() -> list[pb.Message]:
    """Play a simulated room."""
    rng = random.Random(1)
    show = Show(
        seed="1",
        room_id=ROOM_ID,
        anchor=make_person(rng),
        crowd=Crowd(rng),
        goods=make_goods(rng),
        ids=MsgIds(0),
    )
    sent = [show.next(NOW_MS + number, 300, Behaviours()) for number in range(GENERATED)]
    return [pb.Message(method=s.method, msg_id=s.msg_id, payload=s.payload) for s in sent]


def framed(payload: bytes) -> bytes:
    return FrameWriter(1).msg(payload, PAIR, NOW_MS, compressed=True).SerializeToString()


def frames_of(messages: list[pb.Message], batch: int) -> list[bytes]:
    """Put messages into frames as the simulator does."""
    frames = []
    for begin in range(0, len(messages), batch):
        response = pb.Response(
            messages=messages[begin : begin + batch],
            cursor=PAIR[0],
            internal_ext=PAIR[1],
            now=NOW_MS,
            heartbeat_duration=10,
            need_ack=True,
        )
        frames.append(framed(compress(response.SerializeToString())))
    return frames


def works() -> Iterator[Work]:
    """Make what is to be decoded."""
    if RECORDED.is_dir():
        frames = recorded()
        responses = [read_frame(frame).response for frame in frames]
        messages = [message for response in responses if response for message in response.messages]
        yield Work("recorded", frames, messages)
    else:
        print(f"No recorded frames at {RECORDED}: generated ones only.\n")
    messages = generated()
    for batch in BATCHES:
        yield Work(f"generated, frames of {batch}", frames_of(messages, batch), messages)


def read(frames: list[bytes], _stream: Stream) -> None:
    for frame in frames:
        read_frame(frame)


def decode(frames: list[bytes], _stream: Stream) -> None:
    for frame in frames:
        response = read_frame(frame).response
        assert response is not None
        decode_response(response, room_id="1", web_rid="2", now_ms=NOW_MS)


def keep(frames: list[bytes], stream: Stream) -> None:
    for frame in frames:
        response = read_frame(frame).response
        assert response is not None
        decoded = decode_response(response, room_id="1", web_rid="2", now_ms=NOW_MS)
        stream.extend([one.event for one in decoded])


def decode_each(messages: list[pb.Message], _stream: Stream) -> None:
    budget = Budget(1 << 60)
    for message in messages:
        decode_message(message, room_id="1", web_rid="2", now_ms=NOW_MS, budget=budget)


def cpu_s(library: ModuleType, action: Callable[[Stream], None], stream: Stream) -> float:
    """Give the CPU seconds that an action takes."""
    inflate.fastest = library
    took, times = 0.0, 0
    while took < LEAST_S:
        # What comes again is new to the stream.
        stream._ids.clear()
        stream._older_ids.clear()
        begin = time.process_time()
        action(stream)
        took += time.process_time() - begin
        times += 1
    return took / times


def full_stream(frames: list[bytes]) -> Stream:
    """Give a stream whose history lets go of an event for each that comes."""
    stream = Stream(STATUS, HubConfig())
    while not stream.history.gone:
        keep(frames, stream)
        stream._ids.clear()
    return stream


def installed() -> dict[str, ModuleType]:
    """Give the libraries that inflate."""
    modules = {}
    for name, module in LIBRARIES.items():
        try:
            modules[name] = importlib.import_module(module)
        except ImportError:
            print(f"left out: {name} is not installed")
    return modules


@contextmanager
def peer(name: str, messages: dict[str, list[pb.Message]]) -> Iterator[Callable[[str], float]]:
    """Run a peer; gives what measures one of its works. Raises MissingError."""
    path = [str(python_folder(PEERS[name]))] if PEERS[name] else []
    env = os.environ | {"PYTHONPATH": os.pathsep.join(path)}
    programs = [str(Path(folder) / "bin") for folder in path] + [sysconfig.get_path("scripts")]
    env["PATH"] = os.pathsep.join([*programs, env["PATH"]])
    with tempfile.TemporaryDirectory() as folder:
        made = Path(folder) / "made"
        made.mkdir()
        protos = HERE.parent / "protos"
        options = (f"--proto_path={protos}", f"--python_{name}_out={made}", "webcast.proto")
        argv = (sys.executable, "-m", "grpc_tools.protoc", *options)
        if subprocess.run(argv, capture_output=True, env=env, check=False).returncode:
            raise MissingError("its compiler failed, or is not installed")
        script = str(HERE / "peers" / "parse_peer.py")
        with subprocess.Popen(
            (sys.executable, script, name, str(made)),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env=env,
        ) as process:
            assert process.stdin is not None
            assert process.stdout is not None
            stdin, stdout = process.stdin, process.stdout

            def measure(work: str) -> float:
                stdin.write(f"{work}\n")
                stdin.flush()
                line = stdout.readline()
                if not line:
                    raise MissingError("it ended early")
                return float(line)

            listed = {
                work: [
                    (METHODS[m.method].DESCRIPTOR.name, base64.b64encode(m.payload).decode())
                    for m in found
                    if m.method in METHODS
                ]
                for work, found in messages.items()
            }
            stdin.write(json.dumps(listed) + "\n")
            try:
                yield measure
            finally:
                process.kill()


def by_method(everything: list[Work]) -> dict[str, list[pb.Message]]:
    """Give recorded messages, and generated ones, by method."""
    found: dict[str, list[pb.Message]] = defaultdict(list)
    for work in {work.name.partition(",")[0]: work for work in everything}.values():
        for message in work.messages:
            if message.method in METHODS:
                short = message.method.removeprefix("Webcast").removesuffix("Message")
                found[f"{short}, {work.name.partition(',')[0]}"].append(message)
    return dict(sorted(found.items(), key=lambda item: -len(item[1])))


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--full", action="store_true", help="every method, and more rounds")
    parser.add_argument("--json", type=Path, help="append the raw results to this file")
    args = parser.parse_args()
    os.sched_setaffinity(0, {SERVER_CORE})
    print(f"{describe()}; all on core {SERVER_CORE}, CPU time")
    rounds = 15 if args.full else 5
    everything = list(works())
    methods = by_method(everything) if args.full else {}
    modules = installed()
    best = next(name for name in ("zlib-ng", "zlib") if name in modules)
    actions: dict[str, Callable[[], float]] = {}
    for work in everything:
        stream = full_stream(work.frames)
        for library, module in modules.items():
            whole = partial(keep, work.frames)
            actions[f"{work.name}/{library}"] = partial(cpu_s, module, whole, stream)
        for step in (read, decode):
            part = partial(step, work.frames)
            actions[f"{work.name}/{step.__name__}"] = partial(cpu_s, modules[best], part, stream)
    for method, messages in methods.items():
        alone = partial(decode_each, messages)
        actions[f"{method}/relay"] = partial(cpu_s, modules[best], alone, stream)
    compared = {work.name.partition(",")[0]: work.messages for work in everything} | methods
    with ExitStack() as stack:
        peers = []
        for name in PEERS:
            try:
                ask = stack.enter_context(peer(name, compared))
                ask("generated")
            except MissingError as error:
                print(f"left out: {name}: {error}")
                continue
            peers.append(name)
            for work in compared:
                actions[f"{work}/{name}"] = partial(ask, work)
        figures: dict[str, list[float]] = {name: [] for name in actions}
        for number in range(rounds):
            names = list(actions)
            # Nobody is always the first, or always behind the same one.
            random.Random(number).shuffle(names)
            for name in names:
                figures[name].append(actions[name]())
    show(Measured(everything, methods, peers, list(modules), best, figures))
    save(args.json, figures)


def show(measured: Measured) -> None:
    """Print medians, in µs a message."""
    everything, methods, peers, libraries, best, figures = measured

    def us(name: str, messages: list[pb.Message]) -> float:
        return 1e6 * statistics.median(figures[name]) / len(messages)

    def decoded_us(name: str, messages: list[pb.Message]) -> float:
        # Messages of types that no schema has are nothing to a peer.
        return us(name, [message for message in messages if message.method in METHODS])

    print("\nFrom frame to history, µs a message, by what inflates; peers decode payloads only:")
    rows = []
    for work in everything:
        kind = work.name.partition(",")[0]
        size = sum(len(message.payload) for message in work.messages) // len(work.messages)
        counts = (len(work.messages), len(work.frames), size)
        mine = [us(f"{work.name}/{library}", work.messages) for library in libraries]
        theirs = [decoded_us(f"{kind}/{name}", work.messages) for name in peers]
        rows.append((work.name, *counts, *mine, *theirs))
    table(("", "messages", "frames", "bytes each", *libraries, *peers), rows)

    print(f"The parts of it, with {best}:")
    rows = []
    for work in everything:
        whole, reading, decoding = (
            us(f"{work.name}/{step}", work.messages) for step in (best, "read", "decode")
        )
        rows.append((work.name, reading, decoding - reading, whole - decoding, whole))
    table(("", "frame", "messages to JSON", "to history", "all"), rows)

    if methods:
        print("A message alone, from payload to JSON:")
        rows = []
        for method, messages in methods.items():
            size = sum(len(message.payload) for message in messages) // len(messages)
            theirs = [us(f"{method}/{name}", messages) for name in peers]
            rows.append((method, len(messages), size, us(f"{method}/relay", messages), *theirs))
        table(("", "messages", "bytes each", "relay", *peers), rows)

    first = everything[0]
    kind = first.name.partition(",")[0]
    mine = us(f"{first.name}/decode", first.messages)
    bar(f"µs a message to JSON, {first.name}", mine, 20)
    bar(f"and into history, {first.name}", us(f"{first.name}/{best}", first.messages), 20)
    for name in peers:
        theirs = decoded_us(f"{kind}/{name}", first.messages)
        bar(
            f"{name}'s decoding alone to the relay's to JSON, {kind}", theirs / mine, 50, least=True
        )


if __name__ == "__main__":
    main()
