"""GGUF headers from Python, written from the format's description and not from the reader: metadata, tensors, no data."""
import pathlib
import struct
import tomllib

TYPES = {"u8": "B", "i8": "b", "u16": "H", "i16": "h", "u32": "I", "i32": "i", "f32": "f", "bool": "?", "u64": "Q", "i64": "q", "f64": "d"}
NUMBERS = {"u8": 0, "i8": 1, "u16": 2, "i16": 3, "u32": 4, "i32": 5, "f32": 6, "bool": 7, "text": 8, "array": 9, "u64": 10, "i64": 11, "f64": 12}
ALIGNMENT = 32


def ggml_types(source):
    """Name in small letters -> (number, block, bytes)."""
    rules = tomllib.loads((pathlib.Path(source) / "configs/rules/ggml_types.toml").read_text())["ggml_type"]
    return {r["id"].lower(): (r["number"], r.get("block"), r.get("bytes")) for r in rules}


def padded(size):
    return (size + ALIGNMENT - 1) // ALIGNMENT * ALIGNMENT


class Writer:
    def __init__(self, types, version=3, order="<"):
        self.types, self.version, self.order = types, version, order

    def number(self, kind, value):
        return struct.pack(self.order + TYPES[kind], value)

    def count(self, value):
        return self.number("u32" if self.version == 1 else "u64", value)

    def text(self, value):
        raw = value if isinstance(value, bytes) else value.encode()
        return self.count(len(raw)) + raw

    def value(self, kind, value):
        if kind == "text":
            return self.text(value)
        if isinstance(kind, tuple):  # ("array", item kind)
            return self.number("u32", self.kind(kind[1])) + self.count(len(value)) + b"".join(self.value(kind[1], v) for v in value)
        return self.number(kind, value)

    @staticmethod
    def kind(kind):
        return NUMBERS["array" if isinstance(kind, tuple) else kind]

    def header(self, metadata, tensors):
        """metadata: [(key, kind, value)]; tensors: [(name, axes as GGUF has them, type's name or number)]"""
        out = b"GGUF" + self.number("u32", self.version) + self.count(len(tensors)) + self.count(len(metadata))
        for key, kind, value in metadata:
            out += self.text(key) + self.number("u32", self.kind(kind)) + self.value(kind, value)
        offset = 0
        rows = []
        for name, axes, kind in tensors:
            number, block, size = (kind, None, None) if isinstance(kind, int) else self.types[kind]
            row = self.text(name) + self.number("u32", len(axes)) + b"".join(self.count(a) for a in axes)
            rows.append(row + self.number("u32", number) + self.number("u64", offset))
            elements = 1
            for axis in axes:
                elements *= axis
            data = elements // block * size if block else 0
            offset += padded(data)
        self.data_size = offset
        return out + b"".join(rows)

    def file(self, path, metadata, tensors):
        """With a hole where the weights would be."""
        header = self.header(metadata, tensors)
        with open(path, "wb") as out:
            out.write(header)
            out.truncate(padded(len(header)) + self.data_size)
