"""Runs Autobahn's fuzzing client against the relay's WebSocket port, and holds it to a list.

It is a program for Python 2.7: PYTHON2 names one that has `autobahntestsuite` (pip installs it
there). Whatever isn't in expected.toml has to be OK or, where RFC 6455 leaves a choice,
INFORMATIONAL; what is in it has to come out just so, no better and no worse.

    python tests/autobahn/run.py --python2 /opt/autobahn/bin/python [--cases '1.*,5.*']
"""

import argparse
import asyncio
import fnmatch
import json
import os
import sys
import tempfile
import tomllib
from collections import Counter
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE))

from echo import serve_echo  # noqa: E402

WSTEST = "from autobahntestsuite.wstest import run; run()"
GOOD = ("OK", "INFORMATIONAL")


def expected(case: str, table: dict[str, dict[str, Any]]) -> dict[str, Any]:
    """Give how a case behaves and closes, where that isn't plainly well."""
    return next((said for pattern, said in table.items() if fnmatch.fnmatchcase(case, pattern)), {})


def unexpected(
    found: dict[str, dict[str, Any]], table: dict[str, dict[str, Any]]
) -> dict[str, str]:
    """Give what came out otherwise, by case."""
    wrong = {}
    for case, result in sorted(found.items()):
        wanted = expected(case, table)
        got = {
            "behavior": result["behavior"],
            "close": result["behaviorClose"],
            "code": result["remoteCloseCode"],
        }
        if wanted:
            good = {key: got[key] for key in wanted} == wanted
        else:
            good = got["behavior"] in GOOD and got["close"] in GOOD
        if not good:
            wrong[case] = f"{case}: {got}, expected {wanted or 'OK'}"
    return wrong


async def run(python2: str, cases: list[str], exclude: list[str]) -> dict[str, dict[str, Any]]:
    """Give what the fuzzing client found, by case."""
    server, _ = await serve_echo()
    port = server.sockets[0].getsockname()[1]
    with tempfile.TemporaryDirectory() as folder:
        spec = Path(folder) / "spec.json"
        spec.write_text(
            json.dumps(
                {
                    "outdir": folder,
                    "servers": [{"agent": "relay", "url": f"ws://127.0.0.1:{port}/ws"}],
                    "cases": cases,
                    "exclude-cases": exclude,
                    "exclude-agent-cases": {},
                }
            )
        )
        child = await asyncio.create_subprocess_exec(
            *(python2, "-c", WSTEST, "-m", "fuzzingclient", "-s", str(spec)),
            stdout=asyncio.subprocess.DEVNULL,
            env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1"},
        )
        code = await child.wait()
        server.close()
        if code:
            raise SystemExit(f"the fuzzing client ended with {code}")
        found: dict[str, dict[str, Any]] = json.loads((Path(folder) / "index.json").read_text())[
            "relay"
        ]
    return found


def main() -> None:
    """Exit with 1 where anything is other than expected."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--python2", default=os.environ.get("PYTHON2", "python2"))
    parser.add_argument("--cases", default="*")
    parser.add_argument("--exclude", default="")
    args = parser.parse_args()
    exclude = [name for name in args.exclude.split(",") if name]
    table = tomllib.loads((HERE / "expected.toml").read_text())
    found = asyncio.run(run(args.python2, args.cases.split(","), exclude))
    again = unexpected(found, table)
    if again:
        # Some cases give the server one second, which may be too little on a busy machine.
        found |= asyncio.run(run(args.python2, list(again), []))
    wrong = unexpected(found, table)
    counts = Counter(f"{r['behavior']}/{r['behaviorClose']}" for r in found.values())
    said = ", ".join(f"{n} {what}" for what, n in counts.most_common())
    sys.stdout.write(f"{len(found)} cases: {said}\n")
    sys.stdout.write("\n".join(wrong.values() or ["all as expected"]) + "\n")
    sys.exit(bool(wrong))


if __name__ == "__main__":
    main()
