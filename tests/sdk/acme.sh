#!/usr/bin/env bash
# configs/examples/acme, put where an organisation's folder goes: it changes labels, verdict and report, and nothing is compiled.
# Usage: acme.sh MODELSIG configs/examples/acme
set -euo pipefail
modelsig=$1 acme=$2
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export HOME=$work/home XDG_CONFIG_HOME=$work/config XDG_DATA_HOME=$work/data XDG_CACHE_HOME=$work/cache
fail() { echo "FAILED: $*" >&2; exit 1; }
has() { grep -qE -- "$2" "$1" || { cat "$1"; fail "no '$2' in $1"; }; }
hasnt() { ! grep -qE -- "$2" "$1" || { cat "$1"; fail "'$2' in $1"; }; }
get() { python3 -c "import json,sys; r=json.load(open('$1')); print($2)"; }
cd "$work"
cp -r "$acme"/models/* .
for model in small large; do "$modelsig" make-checkpoint $model $model > /dev/null; done

# --- without the organisation
"$modelsig" small large > before.json
[ "$(get before.json "r['coverage_matrix']['small|large']['stand_in']['a_for_b']['verdict']")" = FULL_SUBSTITUTE ] || fail "small does not stand in for large without Acme: $(get before.json "r['coverage_matrix']['small|large']['stand_in']")"
hasnt before.json 'acme'
"$modelsig" make-checkpoint chat chat > none 2>&1 && fail "somebody serves acme_chat already"
has none "no family file serves this model"

# --- with it
mkdir config
cp -r "$acme" config/modelsig
"$modelsig" config > config.txt
has config.txt "organisation +$work/config/modelsig/rules/acme.toml"
has config.txt "^  acme +$work/config/modelsig/pipelines/acme.toml"
"$modelsig" rules lint acme > linted || { cat linted; fail "lint"; }
has linted '^1 rule sets, 0 errors, 0 warnings'
"$modelsig" rules test acme > tested || { cat tested; fail "test"; }
sed -i 's/"PARTIAL_SUBSTITUTE" }/"FULL_SUBSTITUTE" }/' config/modelsig/rules/acme.toml
"$modelsig" rules test acme > tested && fail "an expectation that does not hold passes"
has tested "acme.toml:[0-9]+: 'sixteen-queries-fall-back' expects that coverage_matrix/small.large/stand_in/a_for_b/verdict is 'FULL_SUBSTITUTE', it is 'PARTIAL_SUBSTITUTE'"
cp "$acme/rules/acme.toml" config/modelsig/rules/
"$modelsig" families check config/modelsig/rules/families/acme_chat.toml > checked
"$modelsig" pipelines check config/modelsig/pipelines/acme.toml > checked

# labels: operators, layer type, family
"$modelsig" make-checkpoint chat chat > made
has made "of family 'acme_chat'"
"$modelsig" rules explain chat model.layers.1.token_mixer.conv.weight > explained
has explained 'layer_type +AcmeTokenMixer +won +acme-token-mixer +.*rules/acme.toml:[0-9]+'
has explained 'layer_type +.* lost'
"$modelsig" rules explain chat model.layers.3.self_attn.qkv_rope.weight > explained
has explained 'role +attn.qkv +won +acme_chat +.*families/acme_chat.toml:[0-9]+, family'
"$modelsig" rules explain chat no.such.tensor > explained 2>&1
has explained 'the model has no such tensor'
"$modelsig" chat --output json > chat.json
for operator in acme::qkv_rope acme::glu acme::token_mixer; do
  get chat.json "'$operator' in r['models']['chat']['op_types']" | grep -q True || fail "$operator is no operator of chat"
done
get chat.json "r['models']['chat']['layer_types']" | grep -q AcmeTokenMixer || fail "no AcmeTokenMixer"
get chat.json "r['models']['chat']['family']['exact']" | grep -q True || fail "chat is not what its family promises"

# verdict: Acme's gap is open, so the small one stands in only in part
"$modelsig" small large > after.json
[ "$(get after.json "r['coverage_matrix']['small|large']['stand_in']['a_for_b']['verdict']")" = PARTIAL_SUBSTITUTE ] || fail "Acme's gap changes no verdict"
get after.json "[(g['id'], g['message']) for g in r['coverage_matrix']['small|large']['coverage_gaps']]" > gaps
has gaps "'acme-attention', 'attention runs fused against fallback'"
get after.json "[g['evidence']['rule'] for g in r['coverage_matrix']['small|large']['coverage_gaps'] if g['id'] == 'acme-attention']" > rule
has rule 'acme.toml:[0-9]+'

# the gate: policy and report
"$modelsig" run acme small large --output json > gate.json
[ "$(get gate.json "[g['severity'] for g in r['coverage_matrix']['small|large']['coverage_gaps'] if g['id'] == 'gqa-group']")" != "[]" ] || fail "no gqa-group"
get gate.json "'multi_fidelity_plan' in r" | grep -q True || fail "no test plan"
"$modelsig" run acme small large > gate.md
has gate.md '^#'
has gate.md 'acme-attention'
XDG_CONFIG_HOME=$work/none "$modelsig" rules diff default "$acme/rules/acme.toml" chat > diff.txt
has diff.txt '^\+ +operator +acme-qkv-rope +.*acme.toml:5'
has diff.txt 'token_mixer.conv.weight +layer_type .* -> AcmeTokenMixer'
