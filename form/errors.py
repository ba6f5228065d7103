"""Why a document could not be used: one exception, one code a reason."""

from __future__ import annotations

from typing import Final

#: code -> what it means to an auditor (Chinese, shown in coverage and mail).
REASONS: Final[dict[str, str]] = {
    "unopened": "文件无法打开",
    "empty": "文件为空",
    "truncated": "文件不完整",
    "encrypted": "文件已加密",
    "mislabelled": "内容与所称格式不符",
    "unsupported": "暂不支持的格式",
    "too_large": "文件过大",
    "too_many_pages": "页数过多",
    "too_complex": "表格结构超出上限",
    "no_text": "没有可读取的文字层",
    "not_a_report": "未发现年度报告的法定表格",
    "timeout": "读取超时",
    "crashed": "读取程序异常退出",
    "unit_conflict": "报告所载单位与栏目单位不符",
    "year_unknown": "未能确定报告年度",
    "duplicate": "同一单位同一年度的另一份文件",
    "carrier": "页面本身不含报告，报告在附件中",
}


class DocumentError(Exception):
    """A document that cannot be used, with a code of `REASONS` and a detail in one line.

    The message never holds a line break: it is printed, stored and mailed as one line.
    """

    def __init__(self, code: str, detail: str = "") -> None:
        if code not in REASONS:
            raise ValueError(f"unknown reason {code!r}")
        self.code = code
        self.detail = " ".join(detail.split())[:500]
        super().__init__(f"{code}: {self.detail}" if self.detail else code)

    def __reduce__(self) -> tuple[type[DocumentError], tuple[str, str]]:
        return DocumentError, (self.code, self.detail)
