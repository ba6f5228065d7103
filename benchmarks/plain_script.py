"""The job as one would write it in an afternoon: pandas, Camelot as it comes, python-docx, Great Expectations.

    python -m benchmarks.plain_script FOLDER OUT.parquet

Reads every document of FOLDER, puts every cell of every table into one frame, asks the stock expectations of Great
Expectations about it in one validation, and writes Parquet. It knows no keys, no editions and no relations between
cells, reads no scans, and stops at nothing: a document that breaks a library gives no rows.
"""

from __future__ import annotations

import io
import logging
import subprocess
import sys
import tempfile
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path

import camelot
import docx
import great_expectations as gx
import great_expectations.expectations as gxe
import pandas as pd

Frames = Iterator[pd.DataFrame]


def from_html(path: Path) -> Frames:
    """The tables of a page."""
    data = path.read_bytes()
    text = data.decode("gb18030" if b"gb2312" in data[:500] else "utf-8", "replace")
    yield from pd.read_html(io.StringIO(text))


def from_pdf(path: Path) -> Frames:
    """Camelot's tables of all pages, with its own defaults."""
    yield from (table.df for table in camelot.read_pdf(str(path), pages="all"))


def from_docx(path: Path) -> Frames:
    """The tables of a Word file."""
    for table in docx.Document(str(path)).tables:
        yield pd.DataFrame([[cell.text for cell in row.cells] for row in table.rows])


def from_doc(path: Path) -> Frames:
    """An old Word file, converted first."""
    with tempfile.TemporaryDirectory() as folder:
        command = ["soffice", "--headless", "--convert-to", "docx", "--outdir", folder, str(path)]
        subprocess.run(command, check=True, capture_output=True, timeout=120)
        yield from from_docx(Path(folder) / f"{path.stem}.docx")


READERS: dict[str, Callable[[Path], Frames]] = {
    ".html": from_html,
    ".pdf": from_pdf,
    ".docx": from_docx,
    ".doc": from_doc,
}


def cells_of(path: Path) -> pd.DataFrame:
    """A row a cell: document, table, row, column, text."""
    found = []
    for number, frame in enumerate(READERS[path.suffix](path)):
        frame.columns = pd.RangeIndex(frame.shape[1])
        long = frame.reset_index(drop=True).reset_index(names="row").melt("row", var_name="column", value_name="text")
        found.append(long.assign(document=path.stem, table=number))
    return pd.concat(found) if found else pd.DataFrame()


def validated(cells: pd.DataFrame) -> bool:
    """What stock expectations can say of such a frame."""
    context = gx.get_context(mode="ephemeral")
    source = context.data_sources.add_pandas("cells").add_dataframe_asset("cells")
    batch = source.add_batch_definition_whole_dataframe("all")
    suite = gx.ExpectationSuite(
        name="cells",
        expectations=[
            gxe.ExpectColumnValuesToNotBeNull(column="document"),
            gxe.ExpectColumnValuesToBeBetween(column="row", min_value=0),
            gxe.ExpectColumnValuesToBeBetween(column="number", min_value=0),
            gxe.ExpectCompoundColumnsToBeUnique(column_list=["document", "table", "row", "column"]),
        ],
    )
    return bool(batch.get_batch(batch_parameters={"dataframe": cells}).validate(suite).success)


def main() -> None:
    """The command line."""
    warnings.simplefilter("ignore")
    logging.disable(logging.WARNING)
    folder, out = Path(sys.argv[1]), Path(sys.argv[2])
    frames, broken = [], 0
    for path in sorted(folder.iterdir()):
        try:
            frames.append(cells_of(path))
        except Exception:
            broken += 1
    cells = pd.concat(frames, ignore_index=True)
    cells["text"] = cells["text"].astype("string")
    cells["number"] = pd.to_numeric(cells["text"].str.replace(",", ""), errors="coerce")
    good = validated(cells)
    cells.to_parquet(out)
    print(
        f"{len(frames)} documents, {broken} broken, {len(cells)} cells, expectations {'met' if good else 'not met'}"
    )


if __name__ == "__main__":
    main()
