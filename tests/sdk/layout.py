#!/usr/bin/env python3
"""The compatibility promise: every field of the frozen header (frozen/modelsig/abi.h, what 1.0 plugins were built with) is
in today's at the same offset with the same type, structs grow at their end only, constants keep their values.
Usage: layout.py CC FROZEN_INCLUDE TODAYS_INCLUDE"""
import os, re, subprocess, sys, tempfile

compiler, frozen, today = sys.argv[1:]
# Made by one side and walked by the other without a size of their own, so they may not grow at all.
FIXED = {"ms_str", "ms_range", "ms_sink"}

def without_comments(text): return re.sub(r"/\*.*?\*/|//[^\n]*", "", text, flags=re.S)

def fields(body):
    for declaration in body.split(";"):
        if not (declaration := " ".join(declaration.split())): continue
        if pointer := re.search(r"\(\*(\w+)\)\s*\(", declaration): yield pointer.group(1)
        else: yield from re.findall(r"(\w+)\s*(?:,|$)", declaration)

def structs(text):
    return {name: list(fields(body)) for body, name in re.findall(r"typedef struct(?:\s+\w+)?\s*\{(.*?)\}\s*(\w+)\s*;", text, flags=re.S)}

def constants(text):
    names = re.findall(r"\b(MS_[A-Z0-9_]+)\s*=", text) + re.findall(r"#define\s+(MS_[A-Z0-9_]+)\s+[^(\n]", text)
    return [n for n in dict.fromkeys(names) if n not in ("MS_EXPORT", "MS_ABI_MINOR")]

header = without_comments(open(frozen + "/modelsig/abi.h").read())
SOURCE = "#include <modelsig/abi.h>\n#include <stdio.h>\nint main(void) {\n"
for name, members in structs(header).items():
    SOURCE += f'  printf("sizeof {name} %zu\\n", sizeof({name}));\n'
    for m in members: SOURCE += f'  printf("{name}.{m} %zu %zu\\n", offsetof({name}, {m}), sizeof((({name}*)0)->{m}));\n'
for name in constants(header): SOURCE += f'  printf("{name} %lld\\n", (long long)({name}));\n'
SOURCE += "  return 0;\n}\n"

def layout(include):
    """lines of 'what' -> numbers; None where the frozen names do not compile any more"""
    with tempfile.TemporaryDirectory() as work:
        open(work + "/layout.c", "w").write(SOURCE)
        if subprocess.run([compiler, "-std=c11", "-I" + include, work + "/layout.c", "-o", work + "/layout"], capture_output=True).returncode: return None
        out = subprocess.run([work + "/layout"], capture_output=True, text=True, check=True).stdout
    return {line.rsplit(" ", 2 if "." in line else 1)[0]: line.split()[(1 if "." in line else -1):] for line in out.splitlines()}

def differences(include):
    before, now = layout(frozen), layout(include)
    assert before and len(before) > 150, "the frozen header is not read"
    if now is None: return ["a name of the frozen header is gone, or does not mean the same"]
    out = []
    for what, value in before.items():
        grown = what.startswith("sizeof ") and what.split()[1] not in FIXED and int(now[what][0]) >= int(value[0])
        if now[what] != value and not grown: out.append(f"{what} was {' '.join(value)}, is {' '.join(now[what])}")
    new = structs(without_comments(open(include + "/modelsig/abi.h").read()))
    for name, members in structs(header).items():  # what was padding may not become a field in the middle either
        if new.get(name, [])[:len(members)] != members: out.append(f"{name}: its first {len(members)} fields are not the frozen ones in order")
    return out

found = differences(today)
for text in found: print("FAILED", text)

# The test can fail: headers changed in a copy.
CHANGES = [  # what, old text, new text, allowed
    ("a function appended to ms_host", "} ms_host;", "  void (*newer)(ms_call *);\n} ms_host;", True),
    ("a field appended to ms_tensor", "} ms_tensor;", "  uint64_t newer;\n} ms_tensor;", True),
    ("a constant added", "MS_LIMIT = 9", "MS_LIMIT = 9, MS_NEWER = 10", True),
    ("a function in the middle of ms_host", "  void      (*progress)", "  void (*newer)(ms_call *);\n  void      (*progress)", False),
    ("two fields swapped", "ms_str name;\n  ms_str dtype;", "ms_str dtype;\n  ms_str name;", False),
    ("a field of another width", "uint64_t offset, size;   /*", "uint32_t offset, size;   /*", False),
    ("a constant renumbered", "MS_NOT_FOUND = 3, MS_DATA_LOSS = 4", "MS_NOT_FOUND = 4, MS_DATA_LOSS = 3", False),
    ("a field removed", "  ms_str component;", "  ms_str part;", False),
    ("ms_range grown, though lists of it are walked", "  uint32_t flags;\n} ms_range;", "  uint32_t flags;\n  uint64_t newer;\n} ms_range;", False),
]
failures = len(found)
text = open(today + "/modelsig/abi.h").read()
for what, old, new, allowed in CHANGES:
    with tempfile.TemporaryDirectory() as work:
        os.mkdir(work + "/modelsig")
        changed = re.sub(re.escape(old).replace(r"\ ", r"\s+"), lambda _: new, text, count=1)
        if changed == text:
            print(f"FAILED {what}: the header has no '{old}' to change"); failures += 1; continue
        open(work + "/modelsig/abi.h", "w").write(changed)
        if (not differences(work)) != (allowed and not found):
            print(f"FAILED {what}: {'refused' if allowed else 'not noticed'}: {differences(work)}"); failures += 1
print(f"{len(layout(frozen))} offsets, sizes and constants" if not failures else f"{failures} failures")
sys.exit(1 if failures else 0)
