"""Mutations of documents: bytes, tokens of a format, XML inside ZIP, splices; a function of the random numbers."""

from __future__ import annotations

import io
import re
import struct
import warnings
import zipfile
import zlib
from collections.abc import Callable, Sequence
from random import Random

MOST_BYTES = 3_000_000

HTML = (
    b"<table>", b"</table>", b"<tr>", b"</tr>", b"<td>", b"<th>", b"</td>", b'<td colspan="99999999">',
    b"<caption>", b'<td rowspan="0">', b'<td rowspan="4000000000" colspan="2">', b'<td colspan="-1">',
    b"<td colspan=\xef\xbc\x99>", b"<!--", b"-->", b"<![CDATA[", b"<script>", b"</script>", b"<style>",
    b"<template>", b"<svg><table>", b"<math>", b"<select>", b"<textarea>", b"<plaintext>", b"<frameset>",
    b"<br>" * 50, b"<div>" * 600, b"<table><tr><td>" * 300, b'<meta charset="utf-16">',
    b'<meta charset="gb18030">', b'<meta charset="x-user-defined">', b"<base href='//x'>", b"&#x110000;", b"&#0;",
    b"&nbsp;" * 200, b"&amp" * 99, b"\xff\xfe", b"\xef\xbb\xbf", b"\x00", b"\xf0\x9f\x98\x80",
    b'<img src="data:image/png;base64,iVBORw0KGgo=">', b'<a href="report.pdf">', b"<iframe srcdoc='<table>'>",
    "一、本年新收政府信息公开申请数量".encode(), "（七）总计".encode(), "自然人".encode(), "结果维持".encode(),
    "第二十条第（一）项".encode(),
    "２０２３年".encode(), "９" .encode() * 400, b"1e999999", b"-0", b"0.1" * 40, "\u202e\u2066\u200b".encode(),
    "．".encode() * 90, "其中修订16件".encode(), "/—无".encode(),
)  # fmt: skip
PDF = (
    b"q ", b"Q ", b"BT ", b"ET ", b" re f\n", b" re S\n", b" l S\n", b" m ", b"W n\n", b"1e38 ", b"-1e38 ",
    b"0 0 0 0 re ", b"99999999999 ", b"nan ", b"0 0 0 0 0 0 cm\n", b"1 0 0 1 1e9 1e9 cm\n", b"/Fm0 Do\n",
    b"/F1 0 Tf\n", b"/F1 1e9 Tf\n", b"<</Length 999999999>>", b"<</Length -1>>", b"stream\n", b"endstream\n",
    b"endobj\n", b"1 0 obj\n", b" 0 R", b"99999 0 R", b"/Kids[1 0 R 2 0 R 3 0 R]", b"/Parent 1 0 R",
    b"/Count 2000000000", b"/Count -1", b"/MediaBox[0 0 0 0]", b"/MediaBox[0 0 1e9 1e9]",
    b"/MediaBox[-200 -200 14400 14400]", b"/CropBox[10 10 5 5]", b"/Rotate 90", b"/Rotate 45", b"/UserUnit 1000",
    b"/Encrypt 1 0 R", b"/ObjStm", b"/XRef", b"xref\n0 99999\n", b"trailer<<", b"startxref\n0\n%%EOF",
    b"/Filter/FlateDecode", b"/Filter[/ASCIIHexDecode/FlateDecode]", b"/Subtype/Image/Width 99999/Height 99999",
    b"/Type0", b"/ToUnicode 1 0 R", b"/W[0[1e9]]", b"<FEFF>", b"(\\377\\376)", b"[(" + b"9" * 500 + b")]TJ\n",
    b"T* " * 300, b"[3 3]0 d ", b"0 w ", b"1e6 w ", b"BI /W 9 /H 9 ID EI ", b"\x00", b"%PDF-1.7\n", b"%%EOF\n",
)  # fmt: skip
XML = (
    b'<w:gridSpan w:val="99999999"/>', b'<w:gridSpan w:val="-3"/>', b'<w:vMerge w:val="restart"/>', b"<w:vMerge/>",
    b"<w:tbl>", b"</w:tbl>", b"<w:tr>", b"</w:tr>", b"<w:tc>", b"</w:tc>", b"<w:p/>" * 200,
    b"<w:tbl><w:tr><w:tc>" * 300, b"<w:sdt>", b'<w:gridBefore w:val="500000"/>', b"<w:del>", b"<w:ins>",
    b"<w:txbxContent>", b"<mc:AlternateContent>", b"&lol9;", b"&#0;",
    b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>',
    b'<!ENTITY x SYSTEM "file:///etc/passwd">', b'<row r="1048577">', b'<row r="0">', b'<c r="XFE1">',
    b'<c r="A99999999999">', b'<c r="" t="s"><v>99999999</v></c>', b'<c t="inlineStr"><is><t>x</t></is></c>',
    b"<v>1E+400</v>", b"<v>nan</v>", b'<mergeCell ref="A1:XFD1048576"/>', b'<mergeCell ref="B2:A1"/>',
    b'<mergeCell ref="A1"/>', b'<dimension ref="A1:XFD1048576"/>', b"<f>1/0</f>", b"]]>", b"<![CDATA[",
    b"\xff\xfe", b"\x00", b"<?xml version='1.1'?>", b"<a>" * 600, "（七）总计".encode(), "９".encode() * 400, b"-0",
    b"1e999",
)  # fmt: skip
_HEADS = (
    b"%PDF-1.4\n", b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"BM",
    b"II*\x00", b"GIF89a", b"RIFF", b"{\\rtf", b"<html>", b"\xff\xfe", b"\xef\xbb\xbf", b"", b"\x00" * 40,
    b" " * 9000,
)  # fmt: skip
_PACKED = (zipfile.ZIP_DEFLATED, zipfile.ZIP_STORED)
_NUMBERS = (0, 1, 0x7F, 0x80, 0xFF, 0x7FFF, 0xFFFF, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF)


def mutate_bytes(data: bytes, rng: Random, tokens: Sequence[bytes], others: Sequence[bytes]) -> bytes:
    """One to six changes anywhere in `data`; at most `MOST_BYTES` come out."""
    for _ in range(rng.choice((1, 1, 1, 2, 2, 3, 6))):
        data = rng.choice(_CHANGES)(data, rng, tokens, others)[:MOST_BYTES]
    return data


Change = Callable[[bytes, Random, Sequence[bytes], Sequence[bytes]], bytes]


def _flip(data: bytes, rng: Random, _tokens: Sequence[bytes], _others: Sequence[bytes]) -> bytes:
    changed = bytearray(data)
    for _ in range(rng.choice((1, 4, 30)) if changed else 0):
        changed[rng.randrange(len(changed))] ^= 1 << rng.randrange(8)
    return bytes(changed)


def _number(data: bytes, rng: Random, _tokens: Sequence[bytes], _others: Sequence[bytes]) -> bytes:
    raw = struct.pack(rng.choice(("<I", ">I")), rng.choice(_NUMBERS))[: rng.choice((1, 2, 4))]
    at = rng.randrange(len(data) + 1)
    return data[:at] + raw + data[at + len(raw) :]


def _digits(data: bytes, rng: Random, _tokens: Sequence[bytes], _others: Sequence[bytes]) -> bytes:
    """Another number where one stands in the text."""
    places = [m for m, _ in zip(re.finditer(rb"\d+", data[rng.randrange(len(data) + 1) :]), range(40), strict=False)]
    if not places:
        return data
    place = rng.choice(places)
    start = len(data) - len(place.string) + place.start()
    new = rng.choice((b"0", b"-1", b"99999999999", b"1e30", b"3.5", b"", str(rng.randrange(10**6)).encode()))
    return data[:start] + new + data[start + len(place[0]) :]


def _cut(data: bytes, rng: Random, _tokens: Sequence[bytes], _others: Sequence[bytes]) -> bytes:
    return data[: rng.randrange(len(data) + 1)]


def _block(data: bytes, rng: Random) -> tuple[int, int]:
    start = rng.randrange(len(data) + 1)
    return start, min(len(data), start + rng.choice((1, 8, 64, 500, 4000, 40_000)))


def _delete(data: bytes, rng: Random, _tokens: Sequence[bytes], _others: Sequence[bytes]) -> bytes:
    start, stop = _block(data, rng)
    return data[:start] + data[stop:]


def _double(data: bytes, rng: Random, _tokens: Sequence[bytes], _others: Sequence[bytes]) -> bytes:
    start, stop = _block(data, rng)
    return data[:stop] + data[start:stop] * rng.choice((1, 2, 20)) + data[stop:]


def _move(data: bytes, rng: Random, _tokens: Sequence[bytes], _others: Sequence[bytes]) -> bytes:
    start, stop = _block(data, rng)
    rest = data[:start] + data[stop:]
    at = rng.randrange(len(rest) + 1)
    return rest[:at] + data[start:stop] + rest[at:]


def _insert(data: bytes, rng: Random, tokens: Sequence[bytes], _others: Sequence[bytes]) -> bytes:
    for _ in range(rng.choice((1, 1, 3, 10))):
        at = rng.randrange(len(data) + 1)
        data = data[:at] + rng.choice(tokens) * rng.choice((1, 1, 1, 30)) + data[at:]
    return data


def _replace(data: bytes, rng: Random, tokens: Sequence[bytes], _others: Sequence[bytes]) -> bytes:
    """Swap every or one occurrence of a token for another."""
    here = [token for token in tokens if token in data]
    if not here:
        return _insert(data, rng, tokens, _others)
    return data.replace(rng.choice(here), rng.choice(tokens), rng.choice((1, -1)))


def _splice(data: bytes, rng: Random, _tokens: Sequence[bytes], others: Sequence[bytes]) -> bytes:
    other = rng.choice(others)
    return data[: rng.randrange(len(data) + 1)] + other[rng.randrange(len(other) + 1) :]


_CHANGES: tuple[Change, ...] = (
    _flip, _number, _digits, _digits, _cut, _delete, _delete, _double, _move, _insert, _insert, _replace, _splice,
)  # fmt: skip


def mutate_html(data: bytes, rng: Random, others: Sequence[bytes]) -> bytes:
    """A page with changes."""
    return mutate_bytes(data, rng, HTML, others)


def mutate_pdf(data: bytes, rng: Random, others: Sequence[bytes]) -> bytes:
    """A PDF with changes, mostly with its streams laid open and its end mark kept: else little is ever read."""
    if rng.random() < 0.7:
        data = unpacked(data)
    changed = mutate_bytes(data, rng, PDF, others)
    return changed + b"\n%%EOF\n" if rng.random() < 0.85 else changed


def unpacked(data: bytes) -> bytes:
    """The PDF with its Flate streams of content decompressed; PDFium rebuilds the table of references."""

    def opened(found: re.Match[bytes]) -> bytes:
        try:
            raw = zlib.decompressobj().decompress(found[2], MOST_BYTES)
        except zlib.error:
            return found[0]
        # Fonts and object streams stay packed: the one is large, the other needs its own table.
        if len(raw) > 200_000 or b"/ObjStm" in found[1] or b"/XRef" in found[1] or b"/Length1" in found[1]:
            return found[0]
        head = re.sub(rb"/Filter\s*/FlateDecode|/Filter\s*\[\s*/FlateDecode\s*\]", b"", found[1])
        return re.sub(rb"/Length\s+\d+", b"/Length %d" % len(raw), head) + b"stream\n" + raw + b"\nendstream"

    return re.sub(
        rb"(<<(?:[^<>]|<<[^<>]*>>|<[^<>]*>)*>>\s*)stream\r?\n(.*?)\r?\nendstream", opened, data, flags=re.DOTALL
    )


def mutate_zip(data: bytes, rng: Random, others: Sequence[bytes]) -> bytes:
    """An office file: changes in the XML of its members, packed again; else in its bytes."""
    if rng.random() < 0.12:
        return mutate_bytes(data, rng, XML, others)
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        members = [(info.filename, archive.read(info)) for info in archive.infolist()]
    weights = [8 if re.search(r"document|sheet\d|sharedStrings", name) else 1 for name, _ in members]
    chosen = rng.choices(range(len(members)), weights, k=rng.choice((1, 1, 2)))
    for index in chosen:
        name, content = members[index]
        members[index] = (name, mutate_bytes(content, rng, XML, [text for _, text in members]))
    if rng.random() < 0.05:
        del members[rng.randrange(len(members))]
    if rng.random() < 0.03:
        name, _ = rng.choice(members)
        members.append((name, b"\0" * 150_000_000))
    file = io.BytesIO()
    with warnings.catch_warnings(), zipfile.ZipFile(file, "w", rng.choice(_PACKED)) as archive:
        # Two members of one name are what is wanted here.
        warnings.simplefilter("ignore")
        for name, content in members:
            # No clock: the same numbers, the same bytes.
            archive.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED if len(content) > 10**6 else None)
    return file.getvalue()


def mutate_picture(data: bytes, rng: Random, others: Sequence[bytes]) -> bytes:
    """A picture: PNG chunks with right checksums, or any bytes, or another picture's rows."""
    if data.startswith(b"\x89PNG") and rng.random() < 0.4:
        width, height = (rng.choice((0, 1, 7, 300, 5000, 70_000, 2**31 - 1, 2**32 - 1)) for _ in range(2))
        head = b"IHDR" + struct.pack(">II", width, height) + data[24:29]
        return data[:12] + head + struct.pack(">I", zlib.crc32(head)) + data[33:]
    return mutate_bytes(
        data, rng, (b"\x00" * 64, b"\xff" * 64, b"IDAT", b"\xff\xd8", b"\xff\xda", b"II*\x00"), others
    )


def mutate_known(data: bytes, rng: Random, others: Sequence[bytes]) -> bytes:
    """A document with changes of its own kind."""
    kinds = ((b"%PDF", mutate_pdf), (b"PK", mutate_zip), (b"\x89PNG", mutate_picture), (b"\xff\xd8", mutate_picture))
    change = next((kind for head, kind in (*kinds, (b"II*", mutate_picture)) if data.startswith(head)), mutate_html)
    return change(data, rng, others)


def mutate_any(data: bytes, rng: Random, others: Sequence[bytes]) -> bytes:
    """Bytes that begin as one thing and go on as another."""
    body = mutate_bytes(data, rng, HTML + PDF + XML, others)
    return rng.choice(_HEADS) + body[rng.choice((0, 0, 4, 1000)) :]
