"""Decodes protobuf payloads with betterproto or betterproto2, and nothing else.

First line in: works by name, each a list of [type of the schema, payload in base64]. Then a name a
line; out come the CPU seconds of decoding that work once. First argument: the library; second: the
folder of what its compiler made of the schema.
"""

import base64
import importlib
import json
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

Parse = Callable[[bytes], Any]


def parsers(library: str, folder: Path) -> Callable[[str], Parse]:
    """Give what finds the decoder of a type."""
    sys.path.insert(0, str(folder.parent))
    module = importlib.import_module(f"{folder.name}.relay.webcast")
    # Both write names their own way.
    types = {name.lower().replace("_", ""): kind for name, kind in vars(module).items()}

    def find(name: str) -> Parse:
        kind = types[name.lower()]
        if library == "betterproto2":
            parse: Parse = kind.parse
            return parse
        return lambda data: kind().parse(data)

    return find


def main() -> None:
    find = parsers(sys.argv[1], Path(sys.argv[2]))
    works = {
        name: [(find(kind), base64.b64decode(payload)) for kind, payload in messages]
        for name, messages in json.loads(sys.stdin.readline()).items()
    }
    for line in sys.stdin:
        messages = works[line.strip()]
        begin = time.process_time()
        for parse, payload in messages:
            parse(payload)
        print(time.process_time() - begin, flush=True)


if __name__ == "__main__":
    main()
