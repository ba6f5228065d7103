"""The recogniser's ONNX model made cheaper: it takes pictures of any height, and knows fewer characters.

It is convolutional, so that lower pictures are read as well, in less time; only its declarations forbid it. And a
quarter of the time goes to characters that no Chinese report prints.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import numpy as np

#: Numbers of fields in onnx.proto: of a model, a graph, a value, its type, the tensor's type, the shape; of a
#: property; of a tensor of weights.
_GRAPH, _PROPERTY = 7, 14
_WEIGHTS, _INPUT, _OUTPUT, _BETWEEN = 5, 11, 12, 13
_TYPE, _TENSOR, _SHAPE, _DIMENSION = 2, 1, 2, 1
_KEY, _VALUE = 1, 2
_SIZES, _RAW = 1, 9
#: Which dimension of the input is the height, and which of the output the characters.
_LAST = 2

_LENGTH_DELIMITED = 2
_FIXED = {1: 8, 5: 4}


def property_of(model: bytes, name: str) -> str:
    """A property that the model carries. Raises `ValueError` if it has none of this name, or is no model."""
    for number, _, entry in _fields(model):
        if number == _PROPERTY and entry is not None:
            values = {key: body or b"" for key, _, body in _fields(entry)}
            if values.get(_KEY) == name.encode():
                return values.get(_VALUE, b"").decode()
    raise ValueError(f"no property {name}")


def any_height(model: bytes) -> bytes:
    """The model without the height of its input and without the shapes declared for what lies between.

    Raises `ValueError` for bytes that are no protobuf message.
    """
    return _with(model, _GRAPH, _open_graph)


def with_classes(model: bytes, classes: int, kept: Sequence[int]) -> bytes:
    """The model with only the `kept` of its classes, in their order: weights and biases of others are left out.

    Raises `ValueError` if it has not one matrix of weights and one row of biases for so many classes.
    """
    changed: list[int] = []

    def fewer(tensor: bytes) -> bytes:
        sizes = [size for number, raw, body in _fields(tensor) if number == _SIZES for size in _numbers(raw, body)]
        if not sizes or sizes[-1] != classes:
            return tensor
        changed.append(len(sizes))
        head = b"".join(raw for number, raw, _ in _fields(tensor) if number not in (_SIZES, _RAW))
        data = next(body or b"" for number, _, body in _fields(tensor) if number == _RAW)
        values = np.frombuffer(data, "<f4").reshape(sizes)[..., kept]
        packed = b"".join(_as_varint(size) for size in values.shape)
        return _field(_SIZES, packed) + head + _field(_RAW, values.tobytes())

    slim = _with(model, _GRAPH, lambda graph: _with(_with(graph, _WEIGHTS, fewer), _OUTPUT, _open_value))
    if sorted(changed) != [1, 2]:
        raise ValueError(f"{len(changed)} tensors for {classes} classes")
    return slim


def _open_graph(graph: bytes) -> bytes:
    slim = b"".join(raw for number, raw, _ in _fields(graph) if number != _BETWEEN)
    return _with(slim, _INPUT, _open_value)


def _open_value(value: bytes) -> bytes:
    return _with(value, _TYPE, _open_type)


def _open_type(kind: bytes) -> bytes:
    return _with(kind, _TENSOR, lambda tensor: _with(tensor, _SHAPE, _open_shape))


def _open_shape(shape: bytes) -> bytes:
    dimensions = [body or b"" for number, _, body in _fields(shape) if number == _DIMENSION]
    dimensions[_LAST] = b""
    return b"".join(_field(_DIMENSION, body) for body in dimensions)


def _with(message: bytes, number: int, change: Callable[[bytes], bytes]) -> bytes:
    """The message with the contents of its fields `number` changed."""
    parts = (
        _field(number, change(body)) if found == number and body is not None else raw
        for found, raw, body in _fields(message)
    )
    return b"".join(parts)


def _fields(message: bytes) -> Iterator[tuple[int, bytes, bytes | None]]:
    """Of each field its number, all its bytes, and its contents if it is length-delimited."""
    at = 0
    while at < len(message):
        start = at
        key, at = _varint(message, at)
        body = None
        if key & 7 == 0:
            _, at = _varint(message, at)
        elif key & 7 == _LENGTH_DELIMITED:
            size, at = _varint(message, at)
            body = message[at : at + size]
            at += size
        elif key & 7 in _FIXED:
            at += _FIXED[key & 7]
        else:
            raise ValueError(f"wire type {key & 7}")
        if at > len(message):
            raise ValueError("cut off")
        yield key >> 3, message[start:at], body


def _field(number: int, body: bytes) -> bytes:
    return _as_varint(number << 3 | _LENGTH_DELIMITED) + _as_varint(len(body)) + body


def _numbers(raw: bytes, body: bytes | None) -> Iterator[int]:
    """The numbers in a field, whether each has a field of its own or all are packed in one."""
    if body is None:
        _, start = _varint(raw, 0)
        yield _varint(raw, start)[0]
        return
    at = 0
    while at < len(body):
        value, at = _varint(body, at)
        yield value


def _varint(message: bytes, at: int) -> tuple[int, int]:
    value = shift = 0
    while at < len(message):
        value |= (message[at] & 0x7F) << shift
        shift += 7
        at += 1
        if not message[at - 1] & 0x80:
            return value, at
    raise ValueError("cut off")


def _as_varint(value: int) -> bytes:
    out = bytearray()
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    out.append(value)
    return bytes(out)
