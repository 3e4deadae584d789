#include <modelsig/kit/number_text.hpp>

#include "sections.hpp"

namespace {

std::string with(const std::string& value, std::string_view before, const std::string& more, std::string_view behind = {}) {
  return value.empty() || more.empty() ? value : value + std::string(before) + more + std::string(behind);
}

std::string sum(const ms::Node& signature, std::string_view field) {
  std::uint64_t total = 0;
  for (auto [name, entry] : signature.members()) total += entry[field].u64();
  return std::to_string(total);
}

std::string weights(const ms::Node& signature) {
  const std::string names = std::to_string(signature.size()) + " names";
  if (signature.at(0)["assumed"].boolean()) return names + ", assumed from the configuration";
  return names + ", " + sum(signature, "count") + " tensors, " + sum(signature, "param_count") +
         (signature.at(0)["by_family"].boolean() ? " elements, by the family file from the configuration" : " elements as stored");
}

std::string where_from(const ms::Node& model) {
  const ms::Node from = model["provenance"];
  std::string text = known(model["source"]);
  text = with(text, ", ", known(from["uri"]));
  const std::string commit(from["commit"].str().substr(0, 12));
  text = with(text, " at ", commit.empty() ? known(from["revision"]) : commit);
  text = with(text, ", ", known(from["requests"]), " requests");
  text = with(text, ", ", known(from["bytes"]), " bytes read");
  return from["cache_hits"].u64() ? with(text, ", ", known(from["cache_hits"]), " ranges from the cache") : text;
}

// "qwen3: 398 tensors as promised, 1 absent, 2 unexpected (tied_stored = true)", the differences below it
void family(Page& page, const ms::Node& family) {
  if (!family.is_object()) return;
  if (family["problem"]) return page.row("family", known(family["problem"]));
  std::string text = known(family["family"]) + ": " + known(family["matched"]) + " tensors as promised";
  for (auto [key, word] : {std::pair{"absent_count", " absent"}, {"unexpected_count", " unexpected"}, {"wrong_shape_count", " of another shape"}})
    if (family[key].u64() > 0) text += ", " + known(family[key]) + word;
  if (const ms::Node opaque = family["opaque"])
    text += ", " + known(opaque["modules"]) + " modules packed as " + known(opaque["scheme"]) + " does, which is known here by name only";
  if (family["turned"].size() > 0) text += " (" + page.listed(family["turned"]) + ")";
  page.prose("family", text);
  for (auto [list, word] : {std::pair{"absent", "absent "}, {"unexpected", "unexpected "}})
    for (ms::Node group : family[list].items())
      page.row("", word + known(group["pattern"]) + (group["why"].str().empty() ? "" : ": " + known(group["why"])));
  std::size_t left = 3;
  for (ms::Node wrong : family["wrong_shape"].items())
    if (left > 0) page.row("", known(wrong["name"]) + " is " + known(wrong["stored"]) + ", promised " + known(wrong["promised"])), --left;
}

void problems(Page& page, const ms::Node& model) {
  std::string_view name = "problems";
  for (ms::Node problem : model["problems"].items()) {
    const std::string_view level = problem["level"].str();
    const std::string subject = known(problem["subject"]);
    const std::string text = known(problem["text"]);
    const bool named = subject.empty() || text.starts_with(subject);
    page.prose(name, page.paint(level, level == "error" ? "31" : "33") + "  " + (named ? "" : subject + ": ") + text);
    name = {};
  }
}

// Facts by group, layers by class; the towers below the model, by their names.
void architecture(Page& page, const ms::Node& parts) {
  for (ms::Node part : parts.items()) {
    const std::string name = known(part["component"]);
    if (parts.size() > 1) page.row("part", page.paint(name, "1") + (part["family"].is_null() ? "" : ", family " + known(part["family"])));
    if (part["assumed"].boolean()) page.row("assumed", page.paint("no family file serves it: roles by generic rules, sizes assumed", "33"));
    for (ms::Node stack : part["stacks"].items())
      page.prose("layers", (part["stacks"].size() > 1 ? known(stack["path"]) + " " : "") + ms::kit::layers_line(stack));
    const ms::kit::FactPage facts = ms::kit::fact_page(part);
    for (const ms::kit::FactGroup& group : facts.groups) page.wrapped(group.name, group.facts);
    page.wrapped("without", facts.absent);
  }
}

std::string after(std::string_view before, const std::string& value) { return value.empty() ? "" : std::string(before) + value; }

ms::kit::Words all(const ms::Node& list) {
  ms::kit::Words out;
  for (ms::Node item : list.items()) out.push_back(ms::kit::text(item));
  return out;
}

// "scheduler (DEISMultistepScheduler, settings only)"
ms::kit::Words parts(const ms::Node& components) {
  ms::kit::Words out;
  for (auto [name, c] : components.members()) {
    std::string what = known(c["component"]["class"]);
    if (c["settings"]) what += (what.empty() ? "" : ", ") + std::string("settings only");
    out.push_back(std::string(name) + (what.empty() ? "" : " (" + what + ")"));
  }
  return out;
}

// Settings of a part that has no tensors.
void settings(Page& page, const ms::Node& files) {
  for (auto [file, values] : files.members()) {
    ms::kit::Words shown;
    for (auto [key, value] : values.members())
      if (!key.starts_with('_') && !value.is_null()) shown.push_back(std::string(key) + " " + ms::kit::text(value));
    page.wrapped(file, shown);
  }
}

void adapter(Page& page, const ms::Node& adapter) {
  if (!adapter.is_object()) return;
  page.row("adapter", page.paint("an adapter, not a model", "33") + ": " + page.listed(adapter["kinds"]) + after(" of ", known(adapter["base"])) +
                          after(", rank ", known(adapter["rank"])) + after(", alpha ", known(adapter["alpha"])));
  std::string_view name = "  adapts";
  std::size_t left = 12;
  for (ms::Node t : adapter["targets"].items()) {
    if (left-- == 0) {
      page.row("", "and " + std::to_string(adapter["targets"].size() - 12) + " more");
      break;
    }
    page.row(name, known(t["module"]) + " x " + known(t["count"]) + after(", ", known(t["role"])) + after(", rank ", page.listed(t["ranks"])) +
                       after(", of shape ", page.listed(t["shape"])));
    name = " ";
  }
  for (ms::Node t : adapter["saved_whole"].items()) page.row("  saved whole", known(t["tensor"]));
}

void sizes(Page& page, const ms::Node& arch, const ms::Node& ratios) {
  const auto field = [&](std::string_view name) { return known(arch[name]); };
  page.row("hidden size", field("hidden_size"));
  page.row("layers", field("num_hidden_layers"));
  page.row("attention heads", with(with(field("num_attention_heads"), ", key/value ", field("num_key_value_heads")), " (ratio ", known(ratios["gqa_ratio"]), ")"));
  page.row("head dim", field("head_dim"));
  page.row("ffn size", with(field("intermediate_size"), " (x ", known(ratios["ffn_expansion"]), ")"));
  if (arch["is_moe"].boolean()) {
    const std::string count = field("num_experts");
    page.row("experts", with(count.empty() ? "yes" : count, ", ", field("num_experts_per_tok"), " a token"));
  }
}

// Which of the planned values are legal, and what they bring about.
void plan(Page& page, const ms::Node& plan) {
  std::string_view name = "as planned";
  for (auto [key, values] : plan["legal"].members()) {
    page.row(name, std::string(key) + " " + (values.size() > 0 ? page.listed(values) : page.paint("none is possible", "31")));
    name = " ";
  }
  for (ms::Node finding : plan["findings"].items()) {
    const std::string part = known(finding["component"]);
    page.prose("  " + known(finding["at"]), (finding["illegal"].boolean() ? page.paint("no", "31") + ": " : "") + (part == "model" ? "" : part + ": ") + known(finding["text"]));
  }
}

}  // namespace

void write_head(Page& page, const ms::Node& report) {
  const ms::Node made = report["provenance"];
  page.line(page.paint(known(report["tool"]) + " " + known(report["version"]), "1") + "  " + known(report["timestamp"]));
  std::string line = with("pipeline", " ", known(made["pipeline"]["name"]));
  line = with(line, ", rules ", known(made["rules"]["digest"]));
  if (made["plugins"].size() > 0) line += ", " + std::to_string(made["plugins"].size()) + " plugins";
  if (made) page.line(line);
}

void write_model(Page& page, std::string_view id, const ms::Node& model) {
  const ms::Node arch = model["arch_fingerprint"], ratios = model["dimension_ratios"], quant = model["quant_path_signature"];
  const auto field = [&](std::string_view name) { return known(arch[name]); };
  const bool complete = model["complete"].boolean(true);
  page.heading("Model " + std::string(id));
  if (!complete) page.row("INCOMPLETE", page.paint("a part of this model could not be read", "31"));
  problems(page, model);
  page.prose("source", where_from(model));
  page.row("part", with(known(model["component"]["class"]), ", listed in ", known(model["component"]["by"])));
  page.wrapped("parts", parts(model["components"]));
  if (model["settings"]) return settings(page, model["settings"]);
  adapter(page, model["adapter"]);
  page.prose("type", with(field("model_type"), "  ", page.listed(arch["architectures"])));
  if (model["architecture"].size() > 0) architecture(page, model["architecture"]);
  else if (!model["adapter"].is_object()) sizes(page, arch, ratios);
  for (const ms::kit::NamedLine& line : ms::kit::estimate_lines(model["estimates"])) page.wrapped(line.name, line.items);
  if (model["components"].size() == 0 || model["static_weight_signature"].size() > 0) {
    const std::string cache = known(model["kv_cache_shape_pattern"]);
    if (cache.find('?') == cache.npos) page.prose("kv cache", cache);
    page.wrapped("operators", all(model["op_types"]));
    if (model["architecture"].size() == 0) page.prose("layer types", page.listed(model["layer_types"]));
    page.prose("weights", weights(model["static_weight_signature"]));
    family(page, model["family"]);
    for (ms::Node f : model["findings"].items())  // those without a rule are the family's, said above
      if (f["rule"]) page.prose("finding", known(f["level"]) + ": " + known(f["text"]) + after(", in ", f["component"].str() == "model" ? "" : known(f["component"])));
    plan(page, model["plan"]);
    for (auto [key, value] : quant.members()) page.row(key, known(value));
  }
  for (auto [name, component] : model["components"].members()) write_model(page, std::string(id) + " / " + std::string(name), component);
}
