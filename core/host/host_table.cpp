#include "core/host/host_table.hpp"

#include <cmath>
#include <cstring>

#include "core/bytes/repo.hpp"
#include "core/families/expression.hpp"
#include "core/host/call.hpp"
#include "core/host/writer.hpp"
#include "core/model/family_link.hpp"
#include "core/model/model.hpp"
#include "core/rules/rule_set.hpp"

namespace modelsig {
namespace {

const Value* of(const ms_node* n) { return reinterpret_cast<const Value*>(n); }

// --- diagnostics

void log(ms_call* call, int32_t level, ms_str text) {
  Call& c = Call::of(call);
  if (c.session().on_log) c.session().on_log(level, c.step(), view(text));
}
ms_status fail(ms_call* call, ms_status code, ms_str text) { return Call::of(call).fail(code, view(text)); }
ms_status problem(ms_call* call, int32_t level, ms_str subject, ms_str text) {
  Call& c = Call::of(call);
  if (!c.problems()) return MS_INVALID_ARGUMENT;
  c.problems()->add({level, c.step(), std::string(view(subject)), std::string(view(text))});
  return MS_OK;
}
int32_t cancelled(ms_call* call) { return Call::of(call).session().cancelled(); }
void progress(ms_call* call, uint64_t done, uint64_t total) {
  Call& c = Call::of(call);
  if (c.session().on_progress) c.session().on_progress(c.step(), done, total);
}
ms_status parallel(ms_call* call, size_t count, ms_status (*task)(void*, size_t), void* ctx) {
  std::vector<ms_status> status(count, MS_OK);
  Call::of(call).session().parallel(count, [&](std::size_t i) {
    status[i] = Call::of(call).session().cancelled() ? static_cast<ms_status>(MS_CANCELLED) : task(ctx, i);
  });
  for (ms_status s : status)
    if (s != MS_OK) return s;
  return MS_OK;
}

// --- files

ms_str repo_uri(ms_repo* repo) { return str(Repo::of(repo).uri()); }
ms_str repo_select(ms_repo* repo) { return str(Repo::of(repo).select()); }
size_t file_count(ms_repo* repo) { return Repo::of(repo).size(); }
ms_status file_at(ms_repo* repo, size_t index, ms_file_info* out) {
  Repo& r = Repo::of(repo);
  if (index >= r.size() || !out || out->struct_size < sizeof(ms_file_info)) return MS_INVALID_ARGUMENT;
  File& file = r.file(index);
  *out = {out->struct_size, 0, str(file.name), file.size};
  return MS_OK;
}
ms_file* file_find(ms_repo* repo, ms_str name) {
  File* file = Repo::of(repo).find(view(name));
  return file ? file->raw() : nullptr;
}
ms_str file_name(ms_file* file) { return file ? str(File::of(file).name) : ms_str{}; }
uint64_t file_size(ms_file* file) { return file ? File::of(file).size.load() : MS_SIZE_UNKNOWN; }
ms_status read(ms_call* call, ms_range* ranges, size_t count) {
  Call& c = Call::of(call);
  try {
    if (!count) return MS_OK;
    if (!ranges[0].file) return c.fail(MS_INVALID_ARGUMENT, "read() without a file");
    return File::of(ranges[0].file).repo->read(c, {ranges, count});
  } catch (const std::exception& error) {
    return c.fail(MS_INTERNAL, error.what());
  }
}
ms_str range_error(ms_call* call, const ms_range* range) {
  const auto text = Call::of(call).range_error(range);
  return text.empty() ? str(Call::of(call).failure_view()) : str(text);
}
ms_status range_fail(ms_call* call, ms_range* range, ms_status code, ms_str text) {
  range->status = code == MS_OK ? static_cast<ms_status>(MS_INTERNAL) : code;
  Call::of(call).range_failed(range, view(text));
  return range->status;
}

// --- the model

ms_status add_tensor(ms_model* model, const ms_tensor* row) { return Model::of(model).add(row); }
ms_writer* add_part(ms_model* model, ms_str part) {
  Writer* writer = Model::of(model).add_part(view(part));
  return writer ? writer->raw() : nullptr;
}
size_t tensor_count(ms_model* model) { return Model::of(model).size(); }
ms_status tensor_at(ms_model* model, size_t index, ms_tensor* out) { return Model::of(model).get(index, out); }
size_t group_count(ms_model* model) { return Model::of(model).groups(); }
const ms_node* group_at(ms_model* model, size_t group) { return node(Model::of(model).group(group)); }
const ms_node* model_part(ms_model* model, ms_str part) { return node(Model::of(model).part(view(part))); }

// --- emitting

template <class Step>
ms_status emit(ms_writer* writer, Step step) { return writer ? Writer::of(writer).run(step) : static_cast<ms_status>(MS_INVALID_ARGUMENT); }
ms_status begin(ms_writer* w, char open) { return emit(w, [&](Builder& b) { b.begin(open); }); }
ms_status end(ms_writer* w) { return emit(w, [](Builder& b) { b.end(); }); }
ms_status key(ms_writer* w, ms_str k) { return emit(w, [&](Builder& b) { b.key(view(k)); }); }
ms_status put_null(ms_writer* w) { return emit(w, [](Builder& b) { b.put(Value()); }); }
ms_status put_bool(ms_writer* w, int32_t v) { return emit(w, [&](Builder& b) { b.put(v != 0); }); }
ms_status put_i64(ms_writer* w, int64_t v) { return emit(w, [&](Builder& b) { b.put(Value(v)); }); }
ms_status put_u64(ms_writer* w, uint64_t v) { return emit(w, [&](Builder& b) { b.put(Value(v)); }); }
ms_status put_f64(ms_writer* w, double v) { return emit(w, [&](Builder& b) { b.put(Value(v)); }); }
ms_status put_str(ms_writer* w, ms_str v) { return emit(w, [&](Builder& b) { b.put(view(v)); }); }
ms_status put_node(ms_writer* w, const ms_node* v) { return emit(w, [&](Builder& b) { v ? b.copy(*of(v)) : b.put(Value()); }); }

// --- reading

char node_kind(const ms_node* n) { return n ? static_cast<char>(of(n)->kind()) : '\0'; }
size_t node_size(const ms_node* n) { return n ? of(n)->size() : 0; }
const ms_node* node_get(const ms_node* n, ms_str k) { return n ? node(of(n)->find(view(k))) : nullptr; }
const ms_node* node_at(const ms_node* n, size_t i) { return n && i < of(n)->size() && !of(n)->is(Kind::string) ? node(of(n)->at(i)) : nullptr; }
ms_str node_key(const ms_node* n, size_t i) { return n ? str(of(n)->key(i)) : ms_str{}; }
ms_str node_str(const ms_node* n) { return n ? str(of(n)->str()) : ms_str{}; }
int64_t node_i64(const ms_node* n, int64_t otherwise) { return n ? of(n)->i64(otherwise) : otherwise; }
uint64_t node_u64(const ms_node* n, uint64_t otherwise) { return n ? of(n)->u64(otherwise) : otherwise; }
double node_f64(const ms_node* n, double otherwise) { return n ? of(n)->f64(otherwise) : otherwise; }
int32_t node_bool(const ms_node* n, int32_t otherwise) { return n && of(n)->is(Kind::boolean) ? of(n)->boolean() : otherwise; }

// --- rules

const ms_node* rule_match(ms_call* call, ms_str table, ms_str subject) {
  const RuleSet* rules = Call::of(call).known().rules;
  return rules ? node(rules->match(view(table), view(subject))) : nullptr;
}
const ms_node* rule_table(ms_call* call, ms_str table) {
  const RuleSet* rules = Call::of(call).known().rules;
  if (view(table) == "plan") return node(Call::of(call).known().plan);  // no file has it: it is said for one run
  return rules ? node(rules->table(view(table))) : nullptr;
}

// --- families

ms_model* family_model(ms_call* call, const ms_node* config) {
  Call& c = Call::of(call);
  try {
    if (!c.known().families || !config) return nullptr;
    auto family = FamilyLink::find(*c.known().families, *c.known().rules, *of(config));
    if (!family) return nullptr;
    auto model = std::make_unique<Model>();
    family->generate(*model);
    model->set_family(family);
    model->freeze(*c.known().rules);
    return c.session().keep(std::move(model))->raw();
  } catch (const Error& error) {
    c.fail(error.status(), error.what());
    return nullptr;
  }
}
const ms_node* family_match(ms_call* call, ms_model* model, ms_str name) {
  const FamilyLink* family = Model::of(model).family();
  if (!family) return nullptr;
  try {
    auto document = std::make_unique<Document>();
    Builder b(*document);
    family->write_match(view(name), b);
    document->set_root(b.finish());
    return node(Call::of(call).session().keep(std::move(document))->root());
  } catch (const Error& error) {
    Call::of(call).fail(error.status(), error.what());
    return nullptr;
  }
}

// --- expressions

const ms_expression* expression(ms_call* call, ms_str text, ms_str at) {
  Call& c = Call::of(call);
  try {
    return reinterpret_cast<const ms_expression*>(&c.session().expressions().parsed(view(text)));
  } catch (const std::exception& error) {
    const std::string where = at.size ? std::string(view(at)) + ": " : std::string();
    c.fail(MS_INVALID_ARGUMENT, where + "'" + std::string(view(text)) + "': " + error.what());
    return nullptr;
  }
}

const ms_node* evaluate(ms_call* call, const ms_expression* compiled, ms_status (*lookup)(void*, ms_str, ms_writer*), void* ctx) {
  Call& c = Call::of(call);
  if (!compiled || !lookup) return c.fail(MS_INVALID_ARGUMENT, "evaluate() without an expression or a lookup"), nullptr;
  try {
    auto scratch = std::make_unique<Document>();
    const Value result = reinterpret_cast<const Expression*>(compiled)->evaluate([&](std::string_view name) {
      Writer writer(*scratch, Builder::Duplicates::last_wins, Builder::NonFinite::keep);
      if (lookup(ctx, str(name), writer.raw()) != MS_OK) throw Error("the value of '" + std::string(name) + "' could not be looked up");
      return writer.untouched() ? Value() : writer.finish("lookup");
    });
    scratch->set_root(result);
    return node(c.hold(std::move(scratch)));
  } catch (const std::exception& error) {
    c.fail(MS_INVALID_ARGUMENT, error.what());
    return nullptr;
  }
}

}  // namespace

const ms_host* host_table() {
  static const ms_host table = {
      sizeof(ms_host), MS_ABI_MINOR, log, fail, problem, cancelled, progress, parallel, repo_uri, repo_select, file_count, file_at,
      file_find, file_name, file_size, read, range_error, range_fail, add_tensor, add_part, tensor_count, tensor_at, group_count,
      group_at, model_part, begin, end, key, put_null, put_bool, put_i64, put_u64, put_f64, put_str, put_node, node_kind, node_size,
      node_get, node_at, node_key, node_str, node_i64, node_u64, node_f64, node_bool, rule_match, rule_table, family_model, family_match, expression, evaluate};
  return &table;
}

}  // namespace modelsig
