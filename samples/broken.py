"""Documents that are no reports: what sits under the name of a PDF when something went wrong."""

from __future__ import annotations

from samples import pdf_fpdf
from samples.page import Paper

_LOGIN = """<!DOCTYPE html>
<html><head><meta charset="utf-8"><title>统一身份认证</title></head>
<body><form action="/login" method="post"><table><tr><td>用户名</td><td><input name="user"></td></tr>
<tr><td>密码</td><td><input name="password" type="password"></td></tr></table>
<p>登录已超时，请重新登录。</p></form></body></html>
"""


def broken_pdf(code: str, paper: Paper) -> bytes:
    """The bytes that a reader must refuse with this code of `form.errors.REASONS`."""
    if code == "mislabelled":
        return _LOGIN.encode()
    if code == "empty":
        return b""
    if code == "encrypted":
        return pdf_fpdf.render_report(paper, "fpdf-boxes", password=code)
    whole = pdf_fpdf.render_report(paper, "fpdf-boxes")
    return whole[: len(whole) * 6 // 10]
