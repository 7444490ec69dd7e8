"""The generated module is what the .proto says today."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def regenerated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("pb")
    subprocess.run(
        [
            sys.executable,
            "-m",
            "grpc_tools.protoc",
            "--proto_path=protos",
            f"--python_out={folder}",
            f"--pyi_out={folder}",
            "protos/webcast.proto",
        ],
        check=True,
        cwd=ROOT,
    )
    return folder


@pytest.mark.parametrize("name", ["webcast_pb2.py", "webcast_pb2.pyi"])
def test_generating_again_gives_the_same_bytes(regenerated: Path, name: str) -> None:
    committed = ROOT / "relay" / "webcast" / "pb" / name
    assert (regenerated / name).read_bytes() == committed.read_bytes(), "run: make proto"
