#!/usr/bin/env bash
# 'rules learn' as a rule author uses it: checkpoints in, a file out that passes 'families check', is put into the organisation's
# folder and from then on serves the model, another size of it too. Usage: learn.sh MODELSIG
set -euo pipefail
modelsig=$1
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export HOME=$work/home XDG_CONFIG_HOME=$work/config XDG_DATA_HOME=$work/data XDG_CACHE_HOME=$work/cache
fail() { echo "FAILED: $*" >&2; exit 1; }
has() { grep -qF -- "$2" "$1" || { cat "$1"; fail "no '$2' in $1"; }; }
cd "$work"
# make MODEL LAYERS HIDDEN HEADS KV_HEADS HEAD_DIM FFN EXPERTS TYPE: made by a shipped family, then called by a type nobody serves
make() {
  mkdir -p "$1"
  cat > "$1/config.json" <<JSON
{"model_type": "$9", "architectures": ["OursForCausalLM"], "num_hidden_layers": $2, "hidden_size": $3, "num_attention_heads": $4, "num_key_value_heads": $5,
 "head_dim": $6, "intermediate_size": $7, "num_local_experts": $8, "num_experts_per_tok": 2, "vocab_size": 320, "tie_word_embeddings": false}
JSON
  "$modelsig" make-checkpoint "$1" "$1" > /dev/null
  sed -i "s/\"$9\"/\"ours\"/" "$1/config.json"
}
make small 2 64 4 2 24 176 4 mixtral
make large 5 96 6 3 20 208 8 mixtral
make third 3 72 9 1 12 144 6 mixtral

"$modelsig" families diff small > none 2>&1 && fail "a family serves the model already"
has none "no family file serves this model"
"$modelsig" rules learn small large --save ours.toml > said || { cat said ours.toml; fail "two mixtures are not learned"; }
has said "ours.toml: "
has ours.toml 'w1 = "moe.gate: linear(hidden -> ffn)"'
has ours.toml '[module."model.layers.{layer}.block_sparse_moe.experts.{expert}"]'
has ours.toml '# '
"$modelsig" families check ours.toml > checked
has checked "no mistake found"
mkdir -p config/modelsig/rules/families
cp ours.toml config/modelsig/rules/families/
for model in small large third; do
  "$modelsig" families diff "$model" > diff || { cat diff; fail "$model is not what its learned family promises"; }
  has diff "tensors as promised"
done
"$modelsig" third --output table > page
has page "family               ours:"

# what a single checkpoint leaves open stands behind the line
rm -r config
"$modelsig" rules learn small > alone
has alone '# guessed: '
"$modelsig" rules learn nowhere > said 2>&1 && fail "a model that is not there is learned"
has said "nowhere"
