"""The listings of the zoo (tensor maps, quantisation logs, what `ollama show` prints) as GGUF headers."""
import json

import shapes


def tensors_of(listing):
    found = listing.get("gguf_tensors") or listing.get("tensors") or []
    return [(t["name"], t["shape"], t["type"].lower()) for t in found]


def metadata_of(listing):
    """Of `ollama show` (numbers as JSON has them) and of llama.cpp's logs ([type, text]); what a dump leaves out is left out."""
    out = []
    for key, value in (listing.get("model_info") or {}).items():
        if isinstance(value, bool):
            out.append((key, "bool", value))
        elif isinstance(value, int):
            out.append((key, "u32" if value < 2 ** 32 else "u64", value))
        elif isinstance(value, float):
            out.append((key, "f32", value))
        elif isinstance(value, str):
            out.append((key, "text", value))
    for key, (kind, value) in (listing.get("kv") or {}).items():
        if kind in ("u32", "i32", "u64"):
            out.append((key, kind, int(value)))
        elif kind == "f32":
            out.append((key, kind, float(value)))
        elif kind == "bool":
            out.append((key, kind, value == "true"))
        elif kind == "str":
            out.append((key, "text", value))
    return out


def as_gguf(writer, path, architecture=None):
    """The header's bytes, the tensors and the types that no rule names."""
    listing = json.loads(path.read_text())
    tensors = [(n, [a for a in s], t) for n, s, t in tensors_of(listing)]
    metadata = metadata_of(listing)
    if architecture and not metadata:
        metadata = shapes.metadata(architecture, tensors)
    unknown = sorted({t[2] for t in tensors} - set(writer.types))
    tensors = [(n, s, t if t in writer.types else 5000 + unknown.index(t)) for n, s, t in tensors]
    return writer.header(metadata, tensors), tensors, unknown
