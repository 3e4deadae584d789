"""Names, shapes, types and keys as @huggingface/gguf reads them, on files written here and on those of the zoo.
  peer.py SOURCE BUILD     MODELSIG_NPM: a folder where `npm install @huggingface/gguf` was run; without it, or node: skipped (77)"""
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

import gguf_writer

SOURCE, BUILD = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])
ZOO = pathlib.Path(os.environ.get("MODELSIG_SHARED", SOURCE.parent / "shared")) / "zoo"
PACKAGES = os.environ.get("MODELSIG_NPM")
NOT_IN_PEER = {"q4_2", "q4_3", "q4_0_4_4", "q4_0_4_8", "q4_0_8_8", "iq4_nl_4_4", "iq4_nl_4_8", "iq4_nl_8_8", "nvfp4", "q1_0"}


def lines(words, **options):
    done = subprocess.run([str(w) for w in words], capture_output=True, text=True, **options)
    return sorted(done.stdout.splitlines()) if done.returncode == 0 else sys.exit(f"{words}: {done.stderr}")


def written(folder):
    types = gguf_writer.ggml_types(SOURCE)
    common = [t for t, (number, _, _) in types.items() if number < 40 and t not in NOT_IN_PEER]
    metadata = [("general.architecture", "text", "llama"), ("llama.block_count", "u32", 2), ("a.u8", "u8", 200), ("a.i8", "i8", -3), ("a.i64", "i64", -2 ** 40),
                ("a.f32", "f32", 0.5), ("a.f64", "f64", 1e-9), ("a.bool", "bool", True), ("a.texts", ("array", "text"), ["x", "", "\u00e9"]),
                ("a.numbers", ("array", "i32"), list(range(-5, 5))), ("general.file_type", "u32", 0), ("tokenizer.ggml.tokens", ("array", "text"), [f"t{i}" for i in range(5000)])]
    tensors = [(f"t.{i}.weight", [256 * (i + 1), 3, 2][: 1 + i % 3], t) for i, t in enumerate(common)]
    for version, order in ((2, "<"), (3, "<"), (3, ">")):
        path = folder / f"v{version}{'little' if order == '<' else 'big'}.gguf"
        path.write_bytes(gguf_writer.Writer(types, version, order).header(metadata, tensors) + bytes(64))
        yield path


if not PACKAGES or not shutil.which("node") or not (pathlib.Path(PACKAGES) / "node_modules/@huggingface/gguf").is_dir():
    print("no node, or MODELSIG_NPM names no folder with @huggingface/gguf: skipped")
    sys.exit(77)
bad = 0
with tempfile.TemporaryDirectory() as temporary:
    for path in [*written(pathlib.Path(temporary)), *sorted((ZOO / "gguf").glob("*.gguf"))]:
        ours = lines([BUILD / "bin/gguf-dump", SOURCE / "configs/rules/ggml_types.toml", path])
        theirs = lines(["node", SOURCE / "tests/plugins/gguf/peer.mjs", path], cwd=PACKAGES)
        differing = sorted(set(ours) ^ set(theirs))
        print(f"{path.name}: {len(ours)} lines, {len(differing)} differ")
        print("\n".join(differing[:10]), end="\n" if differing else "")
        bad += bool(differing) or not ours
sys.exit(bad > 0)
