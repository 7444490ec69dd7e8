"""A second decoder of the same schema, sharing no code with ours: betterproto2, built here."""

import importlib
import os
import subprocess
import sys
import sysconfig
from collections.abc import Iterator
from pathlib import Path

import pytest
from comparison import SecondDecoder

PROTOS = Path(__file__).resolve().parents[2] / "protos"


@pytest.fixture(scope="session")
def second_decoder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SecondDecoder]:
    """(name of a message of the schema, bytes) → the same message, decoded by betterproto2."""
    package = tmp_path_factory.mktemp("second") / "second_decoder_generated"
    package.mkdir()
    # protoc looks for the plugin there, and the plugin for its formatter.
    path = os.pathsep.join([sysconfig.get_path("scripts"), os.environ["PATH"]])
    subprocess.run(
        [
            sys.executable,
            "-m",
            "grpc_tools.protoc",
            f"--proto_path={PROTOS}",
            f"--python_betterproto2_out={package}",
            "webcast.proto",
        ],
        check=True,
        capture_output=True,
        env={**os.environ, "PATH": path},
    )
    sys.path.insert(0, str(package.parent))
    try:
        importlib.import_module(f"{package.name}.relay.webcast")
        pool = importlib.import_module(f"{package.name}.message_pool").default_message_pool
        types = {url.rpartition(".")[2]: kind for url, kind in pool.url_to_type.items()}
        yield lambda name, data: types[name].parse(data)
    finally:
        sys.path.remove(str(package.parent))
