"""An ONNX model whose pictures may be of any height, made from one that declares a single height.

The recogniser is convolutional: it reads lower pictures as well, and in less time. Only the declarations forbid it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

#: Numbers of fields in onnx.proto: of a model, a graph, a value, its type, the tensor's type, the shape.
_GRAPH, _INPUT, _BETWEEN, _TYPE, _TENSOR, _SHAPE, _DIMENSION = 7, 11, 13, 2, 1, 2, 1
#: Which dimension of the input is the height.
_HEIGHT = 2

_LENGTH_DELIMITED = 2
_FIXED = {1: 8, 5: 4}


def any_height(model: bytes) -> bytes:
    """The model without the height of its input and without the shapes declared for what lies between.

    Raises `ValueError` for bytes that are no protobuf message.
    """
    return _with(model, _GRAPH, _open_graph)


def _open_graph(graph: bytes) -> bytes:
    slim = b"".join(raw for number, raw, _ in _fields(graph) if number != _BETWEEN)
    return _with(slim, _INPUT, lambda value: _with(value, _TYPE, _open_type))


def _open_type(kind: bytes) -> bytes:
    return _with(kind, _TENSOR, lambda tensor: _with(tensor, _SHAPE, _open_shape))


def _open_shape(shape: bytes) -> bytes:
    dimensions = [body or b"" for number, _, body in _fields(shape) if number == _DIMENSION]
    dimensions[_HEIGHT] = b""
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
