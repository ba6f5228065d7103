"""The recogniser's model takes pictures of any height and gives the same as before for its own."""

from __future__ import annotations

from contextlib import suppress
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import onnxruntime as ort  # type: ignore[import-untyped]  # comes without types
import pytest
from hypothesis import given
from hypothesis import strategies as st

from extractors.scan.onnx import any_height, property_of, with_classes
from extractors.scan.recogniser import HEIGHT, recogniser


def original() -> bytes:
    spec = find_spec("rapidocr")
    assert spec is not None and spec.origin is not None
    return (Path(spec.origin).parent / "models/PP-OCRv6_rec_small.onnx").read_bytes()


def test_the_model_is_the_same_but_for_its_height_and_the_characters_left_out() -> None:
    options = ort.SessionOptions()
    options.intra_op_num_threads = 1
    options.log_severity_level = 3
    whole = ort.InferenceSession(original(), options, providers=["CPUExecutionProvider"])
    values = np.random.default_rng(1).random((2, 3, HEIGHT, 96), np.float32) * 2 - 1
    model = recogniser()
    alphabet = ("", *whole.get_modelmeta().custom_metadata_map["character"].split("\n"), " ")
    kept = [alphabet.index(character) for character in model.alphabet]
    wanted = whole.run(None, {"x": values})[0][..., kept]
    found = model.session.run(None, {"x": values})[0]
    assert np.abs(found - wanted / wanted.sum(axis=-1, keepdims=True)).max() < 1e-4
    assert model.session.run(None, {"x": values[:, :, :32]})[0].shape == (2, 12, len(kept))


def test_every_character_of_a_division_and_a_figure_is_kept() -> None:
    names = set((Path(__file__).resolve().parents[2] / "form/divisions.csv").read_text("utf-8")) - {"\n"}
    assert names | set("0123456789.,/-+()（），．／－—–−一〇○Oo|lI 年月日“”‘’《》、。；：？！％·…℃①") <= {
        *recogniser().alphabet
    }
    assert recogniser().alphabet[0] == "" and recogniser().alphabet[-1] == " "


def test_a_model_cut_short_is_an_error() -> None:
    with pytest.raises(ValueError, match="cut off"):
        any_height(original()[:-100])


def test_a_model_of_other_classes_or_without_a_property_is_an_error() -> None:
    with pytest.raises(ValueError, match="0 tensors for 77 classes"):
        with_classes(original(), 77, [0])
    with pytest.raises(ValueError, match="no property colour"):
        property_of(original(), "colour")


@given(st.binary(max_size=200))
def test_bytes_that_are_no_model_are_an_error_or_no_graph(data: bytes) -> None:
    with suppress(ValueError):
        any_height(data)
