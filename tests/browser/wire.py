"""What a browser was sent, decoded: the messages of the app's own protocol, with their tables and charts."""

import base64
import io
import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import numpy
import polars as pl
from google.protobuf.message import DecodeError
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg


def messages(frames: Iterable[bytes]) -> Iterator[ForwardMsg]:
    """The messages in the frames of a websocket, in their order."""
    for frame in frames:
        try:
            yield ForwardMsg.FromString(frame)
        except DecodeError:
            continue


def tables(frames: Iterable[bytes]) -> Iterator[pl.DataFrame]:
    """The tables among them, as texts, without the marks that keep Markdown out."""
    for message in messages(frames):
        element = message.delta.new_element
        if message.WhichOneof("type") == "delta" and element.WhichOneof("type") == "table":
            frame = pl.read_ipc_stream(io.BytesIO(element.table.arrow_data.data))
            yield frame.select(pl.all().cast(pl.String).str.replace_all(r"\\(.)", "$1")).rename(
                lambda name: name.replace("\\", "")
            )


def charts(frames: Iterable[bytes]) -> Iterator[dict[str, Any]]:
    """The charts among them, as Plotly gets them, with their numbers as lists."""
    for message in messages(frames):
        element = message.delta.new_element
        if message.WhichOneof("type") == "delta" and element.WhichOneof("type") == "plotly_chart":
            yield _plain(json.loads(element.plotly_chart.spec))


def everything(frames: Iterable[bytes]) -> str:
    """All texts and numbers in them: as they came, and what is packed within."""
    kept = list(frames)
    parts = [frame.decode("utf-8", "ignore") for frame in kept]
    parts += ["\n".join("\n".join(row) for row in frame.fill_null("").rows()) for frame in tables(kept)]
    parts += [json.dumps(chart, ensure_ascii=False) for chart in charts(kept)]
    return "\n".join(parts)


def _plain(part: Any) -> Any:
    """Plotly packs columns of numbers as the bytes of an array."""
    if isinstance(part, Mapping):
        if "bdata" in part:
            packed = numpy.frombuffer(base64.b64decode(part["bdata"]), dtype=numpy.dtype(part["dtype"]))
            return packed.tolist()
        return {name: _plain(value) for name, value in part.items()}
    return [_plain(one) for one in part] if isinstance(part, list) else part
