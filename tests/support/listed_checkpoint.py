"""A folder of the shared ground truth (configuration, tensors.tsv) as a checkpoint that the command reads: the data is a hole in the file."""
import json
import lzma
import struct

BYTES = {"BF16": 2, "F16": 2, "F32": 4, "F64": 8, "I64": 8, "I32": 4, "U32": 4, "I16": 2, "U8": 1, "I8": 1, "BOOL": 1, "F8_E4M3": 1, "F8_E5M2": 1}


def rows(source):
    """name, dtype, shape of every tensor that is listed"""
    plain = source / "tensors.tsv"
    with plain.open() if plain.exists() else lzma.open(source / "tensors.tsv.xz", "rt") as lines:
        for line in lines:
            cells = line.rstrip("\n").split("\t")[-3:]
            if len(cells) == 3 and cells[0] != "name":
                yield cells[0], cells[1], [int(n) for n in cells[2].strip("[]").split(",") if n.strip()]


def write_tensors(listed, path):
    header, at = {}, 0
    for name, dtype, shape in listed:
        size = BYTES.get(dtype, 1)
        for n in shape:
            size *= n
        header[name] = {"dtype": dtype, "shape": shape, "data_offsets": [at, at + size]}
        at += size
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    with open(path, "wb") as out:
        out.write(struct.pack("<Q", len(text)) + text)
        out.truncate(8 + len(text) + at)


def checkpoint(source, folder):
    if folder.exists():
        return folder
    folder.mkdir(parents=True)
    for file in source.glob("*.json"):
        (folder / file.name).write_bytes(file.read_bytes())
    write_tensors(rows(source), folder / "model.safetensors")
    return folder
