#!/usr/bin/env python3
"""Checks (or with --write renews) the blocks of README.md that follow `<!-- output of: modelsig ... -->`.

What a rule edit or a release changes everywhere (versions, digests, counts of plugins) is masked.
"""
import pathlib
import re
import sys
import tempfile

from samples import Hub, modelsig, write_samples

BLOCK = re.compile(r"(<!-- output of: modelsig (.*?) -->\n```\n)(.*?)(```\n)", re.S)


def masked(text):
    text = re.sub(r"rules [0-9a-f]{16}", "rules ...", text)
    text = re.sub(r"\d+ plugins", "... plugins", text)
    text = re.sub(r" at [0-9a-f]{12}", " at ...", text)
    text = re.sub(r"\d+\s+bytes read", "... bytes read", text)
    return re.sub(r"modelsig \d+\.\d+\.\d+", "modelsig ...", text)


def main():
    write = "--write" in sys.argv
    source, build = (pathlib.Path(p).resolve() for p in [a for a in sys.argv[1:] if not a.startswith("--")])
    readme = source / "README.md"
    text = readme.read_text()
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        write_samples(source, build, folder)
        wrong = []
        hub = Hub(build, folder, ["Qwen3-0.6B-GGUF", "tiny-llama-onnx"])

        def fresh(match):
            words = match[2].split()
            if words[0].startswith("example/") and not hub.endpoint:
                return match[0]  # nothing to serve it
            status, out, err = modelsig(build, folder, words, hub.endpoint)
            if status != 0:
                sys.exit(f"modelsig {match[2]} ended with {status}: {err}")
            if masked(out) != masked(match[3]):
                wrong.append(match[2])
            return match[1] + out + match[4]

        with hub:
            renewed, count = BLOCK.subn(fresh, text)
    if count == 0:
        sys.exit("README.md shows no output at all")
    if write:
        readme.write_text(renewed)
    elif wrong:
        sys.exit("README.md shows other output than: " + "; ".join(wrong) + "\n(tests/docs/readme.py --write SOURCE BUILD renews it)")
    print(f"{count} blocks of README.md are true")


main()
