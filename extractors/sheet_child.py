"""The cells of a workbook, read in a process of its own: a program, run by `extractors.sheet`, never imported.

calamine lays each sheet out in full, so that one hostile cell far away asks for any amount of memory, and Rust
then aborts the process. Standard input: the file. Arguments: bytes of memory, most rows, columns and positions.
Standard output: JSON,
`{"sheets": [{"name", "top", "left", "rows": [[text]], "merged": [[top, left, bottom, right]]}]}`
or `{"error": code, "detail": text}`.
"""

from __future__ import annotations

import datetime
import io
import json
import resource
import sys
from typing import Any


def printed(value: object) -> str:
    """A cell's value as a sheet without number formats shows it: 15 digits, no decimals where it is whole."""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float):
        return f"{value:.0f}" if value.is_integer() and abs(value) < 1e15 else f"{value:.15g}"
    if isinstance(value, datetime.datetime) and value.time() == datetime.time():
        return value.date().isoformat()
    if isinstance(value, datetime.date | datetime.time):
        return value.isoformat()
    return str(value)


def sheets(data: bytes, max_rows: int, max_columns: int, max_cells: int) -> dict[str, Any]:
    """The visible sheets in order."""
    import python_calamine as calamine

    try:
        book = calamine.load_workbook(io.BytesIO(data))
    except calamine.PasswordError:
        return {"error": "encrypted", "detail": ""}
    except (calamine.CalamineError, ValueError, OSError) as error:
        return {"error": "unopened", "detail": str(error)}
    found = []
    for index, about in enumerate(book.sheets_metadata):
        if about.visible != calamine.SheetVisibleEnum.Visible or about.typ != calamine.SheetTypeEnum.WorkSheet:
            continue
        try:
            sheet = book.get_sheet_by_index(index)
        except (calamine.CalamineError, ValueError, OSError) as error:
            return {"error": "unopened", "detail": str(error)}
        max_cells -= sheet.height * sheet.width
        if sheet.height > max_rows or sheet.width > max_columns or max_cells < 0:
            return {"error": "too_complex", "detail": f"工作表 {sheet.height} 行 {sheet.width} 列"}
        if sheet.start is not None:
            found.append({"name": about.name, **_sheet(sheet)})
    return {"sheets": found}


def _sheet(sheet: Any) -> dict[str, Any]:
    top, left = sheet.start
    merged = [[*first, *last] for first, last in sheet.merged_cell_ranges or ()]
    rows = [[printed(value) for value in row] for row in sheet.to_python()]
    return {"top": top, "left": left, "rows": rows, "merged": merged}


def main() -> None:
    """Read, within the memory given."""
    memory, max_rows, max_columns, max_cells = (int(argument) for argument in sys.argv[1:])
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    result = sheets(sys.stdin.buffer.read(), max_rows, max_columns, max_cells)
    sys.stdout.buffer.write(json.dumps(result).encode())


if __name__ == "__main__":
    main()
