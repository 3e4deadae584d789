"""A folder with the bundled sample checkpoints and the configs of published models, and modelsig run in it."""
import json
import os
import pathlib
import subprocess


def write_samples(source, build, folder):
    for name, config in json.loads((source / "tests/plugins/comparators/structure/models.json").read_text()).items():
        (folder / name).mkdir()
        (folder / name / "config.json").write_text(json.dumps(config))
    for listing in sorted((source / "tools/samples").glob("*.listing")):
        subprocess.run([build / "bin/modelsig-make-sample", listing, folder / listing.stem], check=True, stdout=subprocess.DEVNULL)


def modelsig(build, folder, words):
    home = pathlib.Path(folder) / "home"
    env = dict(os.environ, SOURCE_DATE_EPOCH="1767225600", NO_COLOR="1", HOME=str(home), XDG_CONFIG_HOME=str(home / "c"),
               XDG_DATA_HOME=str(home / "d"), XDG_CACHE_HOME=str(home / "x"))
    env.pop("MODELSIG_PLUGIN_PATH", None)
    done = subprocess.run([build / "bin/modelsig", *words], cwd=folder, env=env, capture_output=True, text=True)
    return done.returncode, done.stdout, done.stderr
