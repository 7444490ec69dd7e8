"""Makes a Parquet file of JSON Lines, with the extra `parquet` (pyarrow); used by job."""

import importlib
from itertools import islice
from pathlib import Path
from typing import Any

from relay.errors import ExportError
from relay.export.columns import Kind, Table

ROWS_PER_GROUP = 50_000
"""Rows that are in memory at once."""


def load_pyarrow() -> Any:
    """Give pyarrow, with its Parquet part. Raises ExportError where it isn't installed."""
    try:
        importlib.import_module("pyarrow.parquet")
    except ImportError:
        raise ExportError(
            "Parquet needs pyarrow: pip install 'douyin-live-relay[parquet]'"
        ) from None
    return importlib.import_module("pyarrow")


def write_parquet(source: Path, target: Path, table: Table) -> None:
    """Read events, one a line, and write them as a table."""
    arrow = load_pyarrow()
    kinds: dict[Kind, Any] = {
        "text": arrow.string(),
        "JSON": arrow.string(),
        "integer": arrow.int64(),
        "true or false": arrow.bool_(),
    }
    schema = arrow.schema([(column.name, kinds[column.kind]) for column in table.columns])
    with (
        source.open("rb") as lines,
        arrow.parquet.ParquetWriter(target, schema, compression="zstd") as writer,
    ):
        while rows := [table.row(line) for line in islice(lines, ROWS_PER_GROUP)]:
            arrays = [
                arrow.array(values, field.type)
                for values, field in zip(zip(*rows, strict=True), schema, strict=True)
            ]
            writer.write_table(arrow.Table.from_arrays(arrays, schema=schema))
