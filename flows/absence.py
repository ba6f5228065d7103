"""What to say of a document that calls itself an annual report and has none of its tables, or not all."""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from typing import Final

from form.catalogue import EDITIONS, column_labels, keys_of, row_labels
from form.errors import DocumentError
from form.grid import Document, Paragraph
from form.identity import parse_title
from form.labels import normal
from form.reading import Report

#: distinct labels with a figure behind them; prose counts 件 and 项 behind its figures, and names few
_ENOUGH_LABELS: Final = 5
#: shorter ones (规章, 其他, 总计) are words of any text
_SHORTEST: Final = 4
_NUMBERING: Final = re.compile(r"^(?:\([一二三四五六七八九十]\)|[一二三四五六七八九十\d][、.])")
#: a title stands early, and alone
_HEAD: Final = 40
_LONGEST_TITLE: Final = 80
_LONGEST_TEXT: Final = 300_000

AS_TEXT: Final = "统计表以文字排版，没有表格，未读取"


def explained(document: Document, error: DocumentError, *, pictured: bool) -> DocumentError:
    """`not_a_report` with what is known of why, where the document calls itself an annual report.

    `pictured` says that the document's pictures were looked at too. Other errors come back as they are.
    """
    if error.code != "not_a_report" or error.detail or not _names_itself(document):
        return error
    reason = AS_TEXT if tables_as_text(document) else "但没有统计表"
    more = "；图片中也未识别出统计表" if pictured else ""
    return DocumentError("not_a_report", f"题为年度报告，{reason}{more}")


def remarked(report: Report, document: Document) -> Report:
    """The report with a remark `tables_as_text` where cells are missing and the text has them without a table."""
    if {reading.key for reading in report.readings}.issuperset(keys_of(report.edition)):
        return report
    if not tables_as_text(document):
        return report
    return report.remarked("tables_as_text", f"部分{AS_TEXT}")


def tables_as_text(document: Document) -> bool:
    """Whether labels of the statutory tables stand with their figures in the text, outside any table."""
    text = "\n".join(block.text for block in document.blocks if isinstance(block, Paragraph))
    bare = "".join(unicodedata.normalize("NFKC", text[:_LONGEST_TEXT]).split())
    return len({hit[1] for hit in _labelled().finditer(bare)}) >= _ENOUGH_LABELS


def _names_itself(document: Document) -> bool:
    early = [block.text for block in document.blocks[:_HEAD] if isinstance(block, Paragraph)]
    titles = [document.metadata.get("title", ""), *early]
    return any(parse_title(title) is not None for title in titles if title and len(title) <= _LONGEST_TITLE)


@cache
def _labelled() -> re.Pattern[str]:
    """A label of either edition and a figure that no measure word follows."""
    printed = [row.label for edition in EDITIONS for row in row_labels(edition)]
    printed += [column.label for edition in EDITIONS for column in column_labels(edition)]
    labels = {_NUMBERING.sub("", normal(label)) for label in printed}
    # The longest first, since one may begin another.
    names = "|".join(re.escape(name) for name in sorted(labels, key=lambda n: (-len(n), n)) if len(name) >= _SHORTEST)
    return re.compile(rf"({names})[|:,、/]*\d[\d,.]*+(?![\d件项条次个份人家%元万年月日])")
