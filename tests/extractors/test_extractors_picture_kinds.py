"""Pictures of every kind: what they hold decides, their first frame is the page, and sizes are checked first."""

from __future__ import annotations

import io
import struct

import numpy as np
import pylopdf_fonts_zh_cn as fonts
import pytest
from PIL import Image, ImageDraw, ImageFont

from extractors.limits import Limits
from extractors.read import read
from extractors.scan.pictures import Pictures
from extractors.sniff import sniff
from form.errors import DocumentError

FIGURES = [["结果维持", "结果纠正", "尚未审结", "总计"], ["3", "17", "208", "228"]]
KINDS = ("gif", "bmp", "webp")


def table() -> Image.Image:
    image = Image.new("RGB", (720, 240), "white")
    pen, font = ImageDraw.Draw(image), ImageFont.truetype(str(fonts.sans_path()), 28)
    for row, texts in enumerate(FIGURES):
        for column, text in enumerate(texts):
            left, top = 40 + 160 * column, 40 + 80 * row
            pen.rectangle((left, top, left + 160, top + 80), outline="black", width=2)
            pen.text((left + 80, top + 40), text, "black", font, "mm")
    return image


def saved(image: Image.Image, kind: str, **options: object) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, kind, **options)
    return buffer.getvalue()


def code_of(data: bytes) -> str:
    with pytest.raises(DocumentError) as caught:
        Pictures(data, Limits()).page(1)
    return caught.value.code


@pytest.mark.parametrize("kind", KINDS)
def test_a_table_in_it_is_read_whatever_its_name(kind: str) -> None:
    data = saved(table(), kind, **({"lossless": True} if kind == "webp" else {}))
    assert sniff(data) == kind
    document = read(data, name="报告.jpg")
    assert document.media_type == f"image/{kind}"
    (grid,) = document.grids
    assert [[c.text for c in grid.cells if c.row == row] for row in range(2)] == FIGURES


@pytest.mark.parametrize("kind", ["gif", "webp", "png"])
def test_of_a_moving_picture_the_first_frame_is_the_page(kind: str) -> None:
    first, second = Image.new("RGB", (300, 200), "white"), Image.new("RGB", (300, 200), "black")
    source = Pictures(saved(first, kind, save_all=True, append_images=[second, first]), Limits(max_pages=2))
    assert source.count == 1
    (page,) = source
    assert int(page.pixels.min()) > 250


def test_what_is_transparent_is_white() -> None:
    clear = Image.new("RGBA", (300, 200), (0, 0, 0, 0))
    for kind in ("gif", "webp"):
        assert int(np.asarray(Pictures(saved(clear, kind), Limits()).page(1).pixels).min()) > 250


def test_a_picture_that_claims_to_be_huge_is_never_decoded() -> None:
    gif = bytearray(saved(Image.new("L", (300, 200)), "gif"))
    gif[6:10] = struct.pack("<HH", 60_000, 60_000)
    bmp = bytearray(saved(Image.new("RGB", (300, 200)), "bmp"))
    bmp[18:26] = struct.pack("<ii", 60_000, 60_000)
    webp = bytearray(saved(Image.new("RGBA", (300, 200), (1, 2, 3, 4)), "webp", exif=b"Exif\0\0"))
    assert webp[12:16] == b"VP8X"
    webp[24:30] = (15_999).to_bytes(3, "little") * 2
    for data in (gif, bmp, webp):
        assert code_of(bytes(data)) == "too_large"


@pytest.mark.parametrize("kind", KINDS)
def test_one_that_is_cut_is_truncated_or_unknown(kind: str) -> None:
    data = saved(table(), kind)
    assert code_of(data[: len(data) // 2]) in ("truncated", "mislabelled")
    assert code_of(data[:20]) in ("truncated", "mislabelled")
