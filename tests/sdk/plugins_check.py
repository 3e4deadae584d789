#!/usr/bin/env python3
"""'modelsig plugins check' finds each fault, in the test that is about it, and nothing in sound plugins.
Usage: plugins_check.py MODELSIG FOLDER_OF_FAULTY_PLUGINS FOLDER_OF_BUILT_IN_PLUGINS"""
import glob, json, subprocess, sys

modelsig, faulty, builtin = sys.argv[1:]
EXPECTED = {  # fault -> a test that fails, its reason
    "wordless": ("two instances with default options", "create() failed without a word"),
    "limit": ("options at their limits", "crashed: Aborted"),
    "beyond": ("options beyond their limits", "crashed: Segmentation fault"),
    "no_instance": ("nothing to work on", "create() says OK and gives no instance"),
    "crash": ("nothing to work on", "crashed: Segmentation fault"),
    "hang": ("something to work on", "did not come back within 1 seconds"),
    "exit": ("something to work on", "ended the process with status 3"),
    "print": ("something to work on", "wrote to stdout or stderr: 'hello there\n'"),
    "open": ("something to work on", "emitted no valid document"),
    "random": ("the same answer again, on one thread and on four", "two runs differ: '0' and '1'"),
    "cancel": ("cancelled at once", "crashed: Aborted"),
    "status": ("something to work on", "unknown status 77"),
    "second_load": ("loads twice", "crashed: Aborted"),
    "unread": ("reads that fail", "crashed: Aborted"),
    "halfway": ("reads that end early", "crashed: Aborted"),
    "trusting": ("damaged or missing input", "crashed: Segmentation fault"),
    "exports": ("exports two symbols and no more", "exports besides: something_more"),
}
failures = 0
def say(text):
    global failures
    failures += 1
    print("FAILED", text)
def check(*arguments):
    run = subprocess.run([modelsig, "plugins", "check", "--output", "json", *arguments], capture_output=True, text=True, errors="replace")
    return run.returncode, json.loads(run.stdout)

for fault, (test, reason) in EXPECTED.items():
    status, found = check("--timeout", "1", f"{faulty}/{fault}.so")
    if status != 1 or found["passed"]: say(f"{fault}: status {status}, passed {found['passed']}")
    if not any(r["test"] == test and reason in r["reason"] for r in found["results"] if not r["passed"]):
        say(f"{fault}: expected '{reason}' in '{test}', found {[r for r in found['results'] if not r['passed']]}")
for more in ([], ["--in-process"]):
    for sound in ("none", "sound"):
        status, found = check(*more, f"{faulty}/{sound}.so")
        if status != 0 or not found["passed"] or found["checks"] < 8: say(f"{sound} {more}: {status}, {found}")
status, found = check(*sorted(glob.glob(builtin + "/*.so")))
if status != 0: say(f"built-in plugins: {[r for r in found['results'] if not r['passed']]}")
status, found = check(sys.executable)
if status != 1: say("Python is a plugin")
print(f"{len(EXPECTED)} faults" if not failures else f"{failures} failures")
sys.exit(1 if failures else 0)
