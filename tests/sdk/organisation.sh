#!/usr/bin/env bash
# An organisation's folder: its rules, pipelines, policies and plugins are found, laid in the documented order, shown by
# 'modelsig config'; lint, test and diff see them. Usage: organisation.sh MODELSIG PLUGIN.so
set -euo pipefail
modelsig=$1 plugin=$2
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export HOME=$work/home XDG_CONFIG_HOME=$work/config XDG_DATA_HOME=$work/data
unset MODELSIG_PLUGIN_PATH
fail() { echo "FAILED: $*" >&2; exit 1; }
has() { grep -qE -- "$2" "$1" || { cat "$1"; fail "no '$2' in $1"; }; }
mkdir -p "$work/config/modelsig/"{rules,pipelines,plugins} "$work/model"
cd "$work"
python3 - <<'PY'
import json, struct
header = json.dumps({"model.layers.0.turbo.weight": {"dtype": "F32", "shape": [8, 4], "data_offsets": [0, 128]},
                     "model.norm.weight": {"dtype": "F32", "shape": [4], "data_offsets": [128, 144]}}).encode()
open("model/model.safetensors", "wb").write(struct.pack("<Q", len(header)) + header + bytes(144))
open("model/config.json", "w").write('{"model_type": "own", "hidden_size": 4, "num_hidden_layers": 1}')
PY
"$modelsig" rules explain model model.layers.0.turbo.weight > before
grep -q TurboBlock before && fail "TurboBlock is known without the organisation"

cat > config/modelsig/rules/own.toml <<'TOML'
[[layer_type]]
id      = "turbo"
first   = true
pattern = '\.turbo\.'
label   = "TurboBlock"
hits    = ["model.layers.0.turbo.weight"]
misses  = ["model.norm.weight"]
TOML
printf 'extends = "default"\nsummary = "ours"\n' > config/modelsig/pipelines/ours.toml
cp "$plugin" config/modelsig/plugins/

"$modelsig" rules explain model model.layers.0.turbo.weight > after
has after 'TurboBlock +won +turbo +.*own.toml:1'
"$modelsig" run ours model > report.json || true
has report.json '"TurboBlock"'
"$modelsig" run reference model > reference.json 2>/dev/null || true
grep -q TurboBlock reference.json && fail "the reference pipeline is changed by the organisation"

"$modelsig" config > config.txt
has config.txt "^ +1 +$work/config/modelsig +organisation +1 pipelines, 1 rules, 1 plugins"
has config.txt "^ +ours +$work/config/modelsig/pipelines/ours.toml"
has config.txt "^ +organisation +$work/config/modelsig/rules/own.toml"
has config.txt "^ +$work/config/modelsig/plugins +1 plugins"
"$modelsig" plugins show layer.faulty > shown
has shown "$work/config/modelsig/plugins"
"$modelsig" rules test own > tested
has tested '^1 rule sets, 0 failures'
"$modelsig" rules lint own > linted
has linted '^1 rule sets, 0 errors, 0 warnings'

# an overlay against the rules without it, on a model; the organisation's own rules are the ground both stand on
cat > more.toml <<'TOML'
[[layer_type]]
id     = "turbo"
suffix = ".turbo.weight"
label  = "TurboTwo"
TOML
"$modelsig" rules diff default more.toml model > diff.txt
has diff.txt '^~ layer_type +turbo +.*own.toml:1 -> .*more.toml:1'
has diff.txt 'model.layers.N.turbo.weight +layer_type +TurboBlock \(.*\) -> TurboTwo'
has diff.txt '1 labels of 2 groups of tensors change'

# what lint finds
cat > config/modelsig/rules/own.toml <<'TOML'
[[operator]]
id      = "never"
exact   = ["same"]
label   = "A"
[[things]]
id      = "one"
exact   = ["x", "y"]
[[things]]
id      = "two"
exact   = ["x"]
[[things]]
id      = "three"
pattern = ['abc', 'def']
hits    = ["abc"]
[[things]]
id      = "four"
pattern = ['q']
[[things]]
id      = "five"
prefix  = "p"
hits    = ["not this"]
TOML
"$modelsig" rules lint own > linted && fail "lint passes what is wrong"
has linted "error: .*own.toml:8.*rule 'two' of table 'things' is unreachable"
has linted "warning: .*own.toml:10.*'x' of rule 'two' is never decided here: rule 'one' .*own.toml:5"
has linted "warning: .*own.toml:13.*pattern 'def' of rule 'three' matches none of its hits"
has linted "warning: .*own.toml:15.*rule 'four' of table 'things' has patterns and no hits"
has linted "error: .*own.toml:21.*rule 'five' of table 'things' does not decide on 'not this'"
# ... keys that nobody reads, expressions that are none, ids that are not there, rules under a wider one
cat > config/modelsig/rules/own.toml <<'TOML'
[[gap]]
id       = "typo"
fact     = "head_dim"
severty  = "always"
[[gap]]
id       = "nonsense"
fact     = "heads"
when     = "a.heads >"
severity = "always"
[[gap]]
id       = "nothing"
facts    = ["heads", "hed_dim"]
severity = "always"
[[fact]]
id   = "half"
from = ["fact.heads // 2", "fact.heads // (2"]
[table.mine]
keys = ["value"]
[[mine]]
id     = "wide"
prefix = "model."
[[mine]]
id     = "narrow"
prefix = ["model.layers.", "lm_head."]
[[mine]]
id     = "deep"
prefix = "model.layers.0."
[[mine]]
id     = "part"
contains = "lm_head.weight"
TOML
"$modelsig" rules lint own > linted && fail "lint passes what is wrong"
has linted "error: .*own.toml:4:1: rule 'typo': nobody reads 'severty' of table 'gap', did you mean 'severity'"
has linted "error: .*own.toml:8:[0-9]+: .*expected"
has linted "error: .*own.toml:12:[0-9]+: rule 'nothing': table 'fact' has no 'hed_dim', did you mean 'head_dim'"
has linted "error: .*own.toml:16:[0-9]+: .*expected"
has linted "warning: .*own.toml:24.*'model.layers.' of rule 'narrow' is never decided here: rule 'wide'"
has linted "error: .*own.toml:2[0-9].*rule 'deep' of table 'mine' is unreachable"
grep -q "rule 'part'" linted && fail "a rule that still decides is called unreachable"

# whole models: what the report must say of them
mkdir -p config/modelsig/rules
cat > config/modelsig/rules/own.toml <<'TOML'
[[expect]]
id     = "holds"
models = "../../../model"
is     = { "models/model/arch_fingerprint/hidden_size" = 4 }
has    = { "models/model/layer_types" = "RMSNorm" }
lacks  = { "models/model/layer_types" = ["MoELayer", "TurboBlock"] }
TOML
"$modelsig" rules test own > tested || { cat tested; fail "an expectation that holds fails"; }
sed -i 's/= 4 }/= 5 }/; s/"RMSNorm"/"MoELayer"/; s/"TurboBlock"/"RMSNorm"/; s/"holds"/"broken"/' config/modelsig/rules/own.toml
"$modelsig" rules test own > tested && fail "expectations that do not hold pass"
has tested "error: .*own.toml:1: 'broken' expects that models/model/arch_fingerprint/hidden_size is 5, it is 4"
has tested "'broken' expects that models/model/layer_types has 'MoELayer'"
has tested "'broken' expects that models/model/layer_types lacks 'RMSNorm'"
has tested '^1 rule sets, 3 failures'
sed -i 's|../../../model|../nowhere|' config/modelsig/rules/own.toml
"$modelsig" rules test own > tested && fail "a model that is not there passes"
has tested "'broken': .*nowhere: there is no such folder"
printf '[[layer_type]]\nid = "x"\npatern = "y"\n' > config/modelsig/rules/own.toml
"$modelsig" rules lint > linted && fail "lint passes an unknown key"
has linted "error: .*own.toml:3.*patern"
has linted '^[0-9]+ rule sets, 1 errors'
rm config/modelsig/rules/own.toml
"$modelsig" rules lint > linted || { cat linted; fail "the built-in rule sets do not pass lint"; }
"$modelsig" rules test > tested || { cat tested; fail "the built-in rule sets do not pass their tests"; }
