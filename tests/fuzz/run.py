"""Fuzzes for as long as asked, by coverage: one target, or each for its share of the time.

atheris finds its way by what the relay's code does with the bytes. What it finds worth keeping goes
into a folder of its own; what breaks a target is left as a file named in the output. `--frames`
instead mutates so many upstream frames and says what became of them.

    python tests/fuzz/run.py [--target frame] [--minutes 5] [--keep build/fuzz]
    python tests/fuzz/run.py --frames 1000000 [--seed 8]
"""

import argparse
import random
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE))
MAX_LEN = 64 * 1024


def fuzz(target: str, seconds: int, keep: Path) -> int:
    """Have atheris try one target, in a process of its own; gives how that ended."""
    keep.mkdir(parents=True, exist_ok=True)
    return subprocess.run(
        [
            *(sys.executable, str(HERE / "run.py"), "--inside", target),
            *(str(keep), str(HERE / "corpus" / target)),
            *(f"-max_total_time={seconds}", f"-max_len={MAX_LEN}", "-timeout=5"),
            *("-rss_limit_mb=2048", "-verbosity=0", "-print_final_stats=1"),
            f"-artifact_prefix={keep.parent}/{target}-",
        ],
        check=False,
    ).returncode


def inside(target: str, argv: list[str]) -> None:
    """Be such a process. Does not return."""
    import atheris

    with atheris.instrument_imports(include=["relay", "tomllib"]):
        from targets import TARGETS
    atheris.Setup([sys.argv[0], *argv], TARGETS[target], enable_python_coverage=True)
    atheris.Fuzz()


def mutate_frames(count: int, seed: int) -> None:
    """Read so many damaged frames, and what is in them; anything undocumented is raised."""
    from mutate import mutated_inside
    from targets import frame, outcome_of_frame, seeds

    rng, known = random.Random(seed), seeds("frame")
    outcomes: Counter[str] = Counter()
    took = []
    for number in range(count):
        data = mutated_inside(rng.choice(known), rng, known)
        begin = time.perf_counter()
        outcomes[outcome_of_frame(data)] += 1
        took.append(time.perf_counter() - begin)
        if number % 100 == 0:
            frame(data)  # also whether what came out can be sent
    took.sort()
    share = ", ".join(f"{n} {cause}" for cause, n in outcomes.most_common())
    sys.stdout.write(
        f"seed {seed}: {count} frames: {share}\n"
        f"median {took[count // 2] * 1e6:.0f} µs, 99 % {took[count * 99 // 100] * 1e6:.0f} µs,"
        f" longest {took[-1] * 1e3:.1f} ms\n"
    )


def main() -> None:
    """Exit with 1 where a target broke."""
    if sys.argv[1:2] == ["--inside"]:
        inside(sys.argv[2], sys.argv[3:])
    from targets import TARGETS

    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--target", choices=TARGETS)
    parser.add_argument("--minutes", type=float, default=5)
    parser.add_argument("--keep", type=Path, default=HERE.parents[1] / "build" / "fuzz")
    parser.add_argument("--frames", type=int)
    parser.add_argument("--seed", type=int, default=8)
    args = parser.parse_args()
    if args.frames:
        mutate_frames(args.frames, args.seed)
        return
    targets = [args.target] if args.target else list(TARGETS)
    seconds = max(int(args.minutes * 60 / len(targets)), 1)
    broken = [name for name in targets if fuzz(name, seconds, args.keep / name)]
    sys.stdout.write(f"broken: {', '.join(broken) or 'none'}\n")
    sys.exit(bool(broken))


if __name__ == "__main__":
    main()
