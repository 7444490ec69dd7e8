"""Runs a user's JavaScript signer in an embedded V8, in a process of its own; started by script.

`python -m relay.upstream.signers.racer FILE MAX_BYTES`. As runner.js does under Node: one JSON
object a line comes in on standard input, one goes out on standard output.
"""

import json
import sys
from importlib import import_module
from pathlib import Path
from typing import Any

_FIND = "typeof %s === 'function'"


def main(file: str, max_bytes: int) -> None:
    """Answer requests until standard input ends."""
    engine = import_module("py_mini_racer").MiniRacer()
    engine.set_hard_memory_limit(max_bytes)
    broken = ""
    try:
        engine.eval(Path(file).read_text(encoding="utf-8"))
    except Exception as error:  # noqa: BLE001  whatever a script does is told to who asks
        broken = str(error)
    for line in sys.stdin:
        try:
            if broken:
                raise ValueError(broken)
            answer = _sign(engine, json.loads(line))
        except Exception as error:  # noqa: BLE001
            answer = {"error": str(error)}
        print(json.dumps(answer), flush=True)  # noqa: T201  that is the protocol


def _sign(engine: Any, request: dict[str, str]) -> Any:
    is_socket = request["kind"] == "ws"
    whole = "sign_socket" if is_socket else "sign_http"
    if engine.eval(_FIND % whole):
        return json.loads(engine.eval(f"JSON.stringify({whole}({json.dumps(request)}))"))
    if is_socket and engine.eval(_FIND % "get_sign"):
        return {"signature": engine.eval(f"String(get_sign({json.dumps(request['x_ms_stub'])}))")}
    wanted = "sign_socket or get_sign" if is_socket else "sign_http"
    raise ValueError(f"it has no function {wanted}")


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
