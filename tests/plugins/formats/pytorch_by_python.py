#!/usr/bin/env python3
"""Python's own pickle and zipfile write a checkpoint as torch.save does (protocols 1 to 5, stored and deflated, zip and
legacy), and the command reads it: a second writer beside the one of the unit tests. Usage: pytorch_by_python.py MODELSIG"""
import collections, io, json, os, pickle, struct, subprocess, sys, tempfile, types, zipfile

# The names that a checkpoint's pickle refers to, without PyTorch.
torch, utils, parameter = types.ModuleType("torch"), types.ModuleType("torch._utils"), types.ModuleType("torch.nn.parameter")
sys.modules.update({"torch": torch, "torch._utils": utils, "torch.nn": types.ModuleType("torch.nn"), "torch.nn.parameter": parameter})
for kind in ("FloatStorage", "BFloat16Storage"):
    setattr(torch, kind, type(kind, (), {"__module__": "torch"}))
for name in ("_rebuild_tensor_v2", "_rebuild_parameter"):
    function = lambda *a: None
    function.__name__ = function.__qualname__ = name
    function.__module__ = "torch._utils"
    setattr(utils, name, function)

class Storage:
    def __init__(self, kind, width, key, elements): self.kind, self.width, self.key, self.elements = kind, width, key, elements
class Tensor:
    def __init__(self, storage, shape, parameter=False): self.storage, self.shape, self.parameter = storage, shape, parameter
    def __reduce__(self):
        stride = tuple(__import__("math").prod(self.shape[i + 1:]) for i in range(len(self.shape)))
        args = (self.storage, 0, self.shape, stride, False, collections.OrderedDict())
        if self.parameter:
            return utils._rebuild_parameter, (Tensor(self.storage, self.shape), True, collections.OrderedDict())
        return utils._rebuild_tensor_v2, args

def dump(obj, protocol, legacy=False):
    class Pickler(pickle.Pickler):
        def persistent_id(self, o):
            if not isinstance(o, Storage): return None
            return ("storage", o.kind, o.key, "cpu", o.elements) + ((None,) if legacy else ())
    out = io.BytesIO()
    Pickler(out, protocol).dump(obj)
    return out.getvalue()

def model():
    big, small = Storage(torch.BFloat16Storage, 2, "0", 700 * 24), Storage(torch.FloatStorage, 4, "1", 24)
    state = collections.OrderedDict()
    state["model.embed_tokens.weight"] = Tensor(big, (700, 24))
    state["model.norm.weight"] = Tensor(small, (24,), True)
    state["lm_head.weight"] = Tensor(big, (700, 24))
    for i in range(300): state[f"model.layers.{i}.input_layernorm.weight"] = Tensor(small, (24,))
    state._metadata = collections.OrderedDict({"": {"version": 1}})
    return state, [big, small]

def analyse(folder, *more):
    run = subprocess.run([sys.argv[1], folder, *more], capture_output=True, text=True)
    return run, json.loads(run.stdout)["models"][os.path.basename(folder)]

failures = 0
def expect(what, found, wanted):
    global failures
    if found != wanted:
        failures += 1
        print(f"FAILED {what}: found {found!r}, expected {wanted!r}")

with tempfile.TemporaryDirectory() as work:
    def folder(name, data, file="pytorch_model.bin"):
        path = os.path.join(work, name)
        os.mkdir(path)
        open(os.path.join(path, file), "wb").write(data)
        open(os.path.join(path, "config.json"), "w").write('{"model_type": "llama", "hidden_size": 24, "vocab_size": 700, "num_hidden_layers": 300, "num_attention_heads": 2}')
        return path
    def check(name, path):
        run, found = analyse(path)
        l1 = found["static_weight_signature"]
        expect(name + " format", found["source"], "pytorch")
        expect(name + " embedding", [l1["model.embed_tokens.weight"]["representative_shape"], l1["model.embed_tokens.weight"]["dtype"]], [[700, 24], "BF16"])
        expect(name + " norms", l1["model.layers.N.input_layernorm.weight"]["count"], 300)
        expect(name + " norm dtype", l1["model.norm.weight"]["dtype"], "FP32")
    for protocol in range(1, 6):
        for method in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            state, storages = model()
            out = io.BytesIO()
            with zipfile.ZipFile(out, "w", method) as archive:
                archive.writestr("archive/data.pkl", dump(state, protocol))
                for s in storages: archive.writestr(f"archive/data/{s.key}", bytes(s.elements * s.width))
            check(f"protocol {protocol} method {method}", folder(f"zip{protocol}{method}", out.getvalue()))
    state, storages = model()
    legacy = b"".join([pickle.dumps(0x1950A86A20F9469CFC6C, 2), pickle.dumps(1001, 2), pickle.dumps({"protocol_version": 1001, "little_endian": True}, 2),
                       dump(state, 2, True), pickle.dumps([s.key for s in storages], 2)])
    legacy += b"".join(struct.pack("<q", s.elements) + bytes(s.elements * s.width) for s in storages)
    check("legacy", folder("legacy", legacy))

    class Evil:
        def __reduce__(self): return os.system, (f"touch {work}/owned",)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive: archive.writestr("archive/data.pkl", pickle.dumps({"w": Evil()}, 2))
    run, found = analyse(folder("evil", out.getvalue()))
    expect("evil exit status", run.returncode, 2)
    expect("evil problem", any("names 'posix.system'" in p["text"] for p in found["problems"]), True)
    expect("evil did nothing", os.path.exists(f"{work}/owned"), False)
print("all as expected" if not failures else f"{failures} failures")
sys.exit(1 if failures else 0)
