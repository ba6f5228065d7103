"""The recogniser's model takes pictures of any height and gives the same as before for its own."""

from __future__ import annotations

from contextlib import suppress
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import onnxruntime as ort
import pytest
from hypothesis import given
from hypothesis import strategies as st

from extractors.scan.onnx import any_height
from extractors.scan.recogniser import HEIGHT, recogniser


def original() -> bytes:
    spec = find_spec("rapidocr")
    assert spec is not None and spec.origin is not None
    return (Path(spec.origin).parent / "models/PP-OCRv6_rec_small.onnx").read_bytes()


def test_the_model_is_the_same_but_for_its_height() -> None:
    options = ort.SessionOptions()
    options.intra_op_num_threads = 1
    options.log_severity_level = 3
    fixed = ort.InferenceSession(original(), options, providers=["CPUExecutionProvider"])
    values = np.random.default_rng(1).random((2, 3, HEIGHT, 96), np.float32) * 2 - 1
    opened = recogniser().session
    assert np.abs(opened.run(None, {"x": values})[0] - fixed.run(None, {"x": values})[0]).max() < 1e-4
    assert opened.run(None, {"x": values[:, :, :32]})[0].shape == (2, 12, len(recogniser().alphabet))


def test_a_model_cut_short_is_an_error() -> None:
    with pytest.raises(ValueError, match="cut off"):
        any_height(original()[:-100])


@given(st.binary(max_size=200))
def test_bytes_that_are_no_model_are_an_error_or_no_graph(data: bytes) -> None:
    with suppress(ValueError):
        any_height(data)
