#!/usr/bin/env python3
"""Every .onnx of the collection: names, shapes and types of initialisers and signatures, as python3-onnx (Debian) reads
them, against format.onnx (onnx_dump). Skipped (77) where the collection or the package is not there.
  peer.py SOURCE BUILD"""
import json
import os
import pathlib
import subprocess
import sys

source, build = (pathlib.Path(p).resolve() for p in sys.argv[1:3])
shared = pathlib.Path(os.environ.get("MODELSIG_SHARED", source.parent / "shared"))
if not shared.exists():
    print(f"skipped: {shared} is not there")
    sys.exit(77)
try:
    import onnx
except ImportError:
    if os.environ.get("MODELSIG_PEER_PYTHON") or sys.executable == "/usr/bin/python3" or not os.path.exists("/usr/bin/python3"):
        print("skipped: no module onnx (Debian: python3-onnx)")
        sys.exit(77)
    os.environ["MODELSIG_PEER_PYTHON"] = sys.executable  # the package is for Debian's own interpreter
    os.execv("/usr/bin/python3", ["/usr/bin/python3"] + sys.argv)

PACKED = ("INT4", "INT8", "BNB4")  # what packed bytes are in the graph


def stored(model):
    """name -> (dims, type) of the main graph's initialisers"""
    out = {t.name: (list(t.dims), t.data_type) for t in model.graph.initializer}
    out.update({t.values.name: (list(t.dims), t.values.data_type) for t in model.graph.sparse_initializer})
    return out


def ports(values):
    def axes(shape):
        return [d.dim_param or None if d.HasField("dim_param") else d.dim_value if d.HasField("dim_value") and d.dim_value >= 0 else None for d in shape.dim]
    return [(v.name, axes(v.type.tensor_type.shape)) for v in values if v.type.HasField("tensor_type") and v.type.tensor_type.HasField("shape")]


def main():
    dump = build / "bin" / "onnx_dump"
    files = sorted(shared.glob("zoo/**/*.onnx")) + sorted(shared.glob("oracle/models/**/*.onnx"))
    checked = tensors = 0
    wrong = []
    for path in files:
        run = subprocess.run([dump, path], capture_output=True, text=True)
        if run.returncode:
            wrong.append(f"{path}: {run.stderr.strip()}")
            continue
        ours = json.loads(run.stdout, strict=False)
        model = onnx.load(str(path), load_external_data=False)
        theirs = stored(model)
        mine = {t["name"]: (t["stored"], t["dtype"]) for t in ours["tensors"] if t["name"] in theirs and not t["shared"]}
        for name, (dims, kind) in theirs.items():
            if name not in mine:
                wrong.append(f"{path}: '{name}' is not among our tensors")
            elif mine[name][0] != dims or mine[name][1] not in (ours["types"].get(str(kind), f"T{kind}"), *PACKED):
                wrong.append(f"{path}: '{name}' is {dims} of type {kind}, ours {mine[name]}")
        for side, values in (("inputs", model.graph.input), ("outputs", model.graph.output)):
            dense = {v.name for v in values if v.type.HasField("tensor_type")}  # ours has the shapes of sparse ones too
            shown = [(p["name"], p["shape"]) for p in ours["graph"][side] if "shape" in p and p["name"] in dense]
            if shown != ports(values):
                wrong.append(f"{path}: {side} are {ports(values)}, ours {shown}")
        sets = {("" if s.domain == "ai.onnx" else s.domain, s.version) for s in model.opset_import}
        mysets = {("" if s["domain"] == "ai.onnx" else s["domain"], s["version"]) for s in ours["graph"]["operator_sets"]}
        if sets != mysets:
            wrong.append(f"{path}: operator sets are {sets}, ours {mysets}")
        checked += 1
        tensors += len(theirs)
    print(f"{checked} files, {tensors} initialisers agree with onnx {onnx.__version__}" if not wrong else "\n".join(wrong))
    sys.exit(1 if wrong or checked < 100 else 0)


main()
