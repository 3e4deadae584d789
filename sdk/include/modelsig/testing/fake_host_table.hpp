// The ms_host table of FakeHost.
#pragma once
#include "fake_host.hpp"

namespace ms::testing {

struct FakeHostTable {
  static FakeHost& of(void* handle) { return *static_cast<FakeHost*>(handle); }
  static const Value* value(const ms_node* node) { return reinterpret_cast<const Value*>(node); }
  static const ms_node* node(const Value* v) { return reinterpret_cast<const ms_node*>(v); }
  static ms_str out(std::string_view s) { return {s.data(), s.size()}; }
  static std::string_view in(ms_str s) { return {s.data ? s.data : "", s.size}; }
  static const FakeHost::File& file(ms_file* f) { return *reinterpret_cast<const FakeHost::File*>(f); }
  static ms_file* handle(FakeHost::File& f) { return reinterpret_cast<ms_file*>(&f); }

  static void log(ms_call* c, int32_t level, ms_str text) {
    std::lock_guard guard(of(c).lock_);
    of(c).logs.push_back({level, std::string(in(text))});
  }
  static ms_status fail(ms_call* c, ms_status code, ms_str text) {
    std::lock_guard guard(of(c).lock_);
    of(c).failed = code;
    of(c).failure = in(text);
    return code;
  }
  static ms_status problem(ms_call* c, int32_t level, ms_str subject, ms_str text) {
    std::lock_guard guard(of(c).lock_);
    of(c).problems.push_back({level, std::string(in(subject)), std::string(in(text))});
    return MS_OK;
  }
  static ms_status parallel(ms_call* c, size_t count, ms_status (*task)(void*, size_t), void* ctx) {
    std::vector<ms_status> status(count, MS_OK);
    std::atomic<size_t> next{0};
    const auto work = [&] {
      for (size_t i = next++; i < count; i = next++) status[i] = of(c).cancelled ? static_cast<ms_status>(MS_CANCELLED) : task(ctx, i);
    };
    std::vector<std::thread> others;
    for (unsigned i = 1; i < of(c).threads && i < count; ++i) others.emplace_back(work);
    work();
    for (std::thread& other : others) other.join();
    const auto bad = std::find_if(status.begin(), status.end(), [](ms_status s) { return s != MS_OK; });
    return bad == status.end() ? static_cast<ms_status>(MS_OK) : *bad;
  }

  static ms_status file_at(ms_repo* r, size_t index, ms_file_info* info) {
    if (index >= of(r).files.size() || info->struct_size < sizeof(ms_file_info)) return MS_INVALID_ARGUMENT;
    const FakeHost::File& f = of(r).files[index];
    *info = {info->struct_size, 0, out(f.name), f.size_known ? f.size : MS_SIZE_UNKNOWN};
    return MS_OK;
  }
  static ms_file* file_find(ms_repo* r, ms_str name) {
    for (FakeHost::File& f : of(r).files)
      if (f.name == in(name)) return handle(f);
    return nullptr;
  }
  static ms_status read(ms_call* c, ms_range* ranges, size_t count) {
    std::size_t batch;
    {
      std::lock_guard guard(of(c).lock_);
      batch = of(c).batches_++;
    }
    ms_status status = of(c).cancelled ? MS_CANCELLED : MS_OK;
    for (size_t i = 0; status != MS_CANCELLED && i < count; ++i) {
      of(c).read_one(ranges[i], batch);
      if (status == MS_OK) status = ranges[i].status;
    }
    return status;
  }
  static ms_str range_error(ms_call* c, const ms_range* range) {
    std::lock_guard guard(of(c).lock_);
    const auto it = of(c).range_errors_.find(range);
    return it == of(c).range_errors_.end() ? ms_str{} : out(it->second);
  }
  static ms_status range_fail(ms_call* c, ms_range* range, ms_status code, ms_str text) {
    of(c).fail_range(*range, code, std::string(in(text)));
    return code;
  }

  static ms_status add_tensor(ms_model* m, const ms_tensor* row) {
    if (row->struct_size < MS_TENSOR_SIZE_1_0) return MS_INVALID_ARGUMENT;
    of(m).tensors.push_back({std::string(in(row->name)), std::string(in(row->dtype)), std::string(in(row->component)),
                             row->file ? file(row->file).name : "", {row->shape, row->shape + row->rank}, row->offset, row->size,
                             0, row->flags, {}, {}, {}, {}});
    if (!MS_HAS(ms_tensor, row, of)) return MS_OK;
    FakeHost::Tensor& t = of(m).tensors.back();
    for (uint32_t i = 0; i < row->alias_count; ++i) t.aliases.emplace_back(in(row->aliases[i]));
    if (row->stored_shape) t.stored.assign(row->stored_shape, row->stored_shape + row->stored_rank);
    t.of = in(row->of);
    return MS_OK;
  }
  static ms_writer* add_part(ms_model* m, ms_str part) {
    const std::string name(in(part));
    return of(m).parts.count(name) || of(m).open_parts_.count(name) ? nullptr : of(m).open_parts_[name].raw();
  }
  static ms_status tensor_at(ms_model* m, size_t index, ms_tensor* row) {
    if (index >= of(m).tensors.size() || row->struct_size < MS_TENSOR_SIZE_1_0) return MS_INVALID_ARGUMENT;
    const FakeHost::Tensor& t = of(m).tensors[index];
    const ms_str name = out(t.file);
    ms_tensor full{row->struct_size, static_cast<uint32_t>(t.shape.size()), out(t.name), out(t.dtype), t.shape.data(), t.offset, t.size,
                   t.file.empty() ? nullptr : file_find(reinterpret_cast<ms_repo*>(m), name), out(t.component), t.group, t.flags,
                   0, 0, nullptr, nullptr, out(t.known_as.empty() ? t.name : t.known_as), out(t.of)};
    const std::vector<uint64_t>& stored = t.stored.empty() ? t.shape : t.stored;
    full.stored_shape = stored.data();
    full.stored_rank = static_cast<uint32_t>(stored.size());
    std::memcpy(row, &full, std::min<std::size_t>(row->struct_size, sizeof full));
    return MS_OK;
  }
  static const ms_node* model_part(ms_model* m, ms_str part) {
    const auto it = of(m).parts.find(in(part));
    return it == of(m).parts.end() ? nullptr : node(&it->second);
  }

  static ms_status put_node(ms_writer* w, const ms_node* n) { return ValueWriter::of(w).value(n ? *value(n) : Value()); }

  static const ms_node* node_at(const ms_node* n, size_t index) {
    const Value* v = value(n);
    if (!v || (v->kind != '{' && v->kind != '[') || index >= v->size()) return nullptr;
    return node(v->kind == '{' ? &v->members[index].second : &v->items[index]);
  }
  static ms_str node_key(const ms_node* n, size_t index) {
    const Value* v = value(n);
    return v && v->kind == '{' && index < v->size() ? out(v->members[index].first) : ms_str{};
  }
  static int64_t node_i64(const ms_node* n, int64_t otherwise) {
    const Value* v = value(n);
    return !v ? otherwise : v->kind == 'i' ? v->i64 : v->kind == 'b' ? v->boolean : v->kind == 'u' && v->u64 <= INT64_MAX ? static_cast<int64_t>(v->u64) : otherwise;
  }
  static uint64_t node_u64(const ms_node* n, uint64_t otherwise) {
    const Value* v = value(n);
    return !v ? otherwise : v->kind == 'u' ? v->u64 : v->kind == 'b' ? v->boolean : v->kind == 'i' && v->i64 >= 0 ? static_cast<uint64_t>(v->i64) : otherwise;
  }
  static double node_f64(const ms_node* n, double otherwise) {
    const Value* v = value(n);
    return !v ? otherwise : v->kind == 'd' ? v->f64 : v->kind == 'i' ? static_cast<double>(v->i64) : v->kind == 'u' ? static_cast<double>(v->u64) : otherwise;
  }
  static const ms_node* rule_match(ms_call* c, ms_str rules, ms_str subject) {
    return of(c).match ? node(of(c).match(in(rules), in(subject))) : nullptr;
  }
  static const ms_node* rule_table(ms_call* c, ms_str rules) {
    const auto it = of(c).rules.find(in(rules));
    return it == of(c).rules.end() ? nullptr : node(&it->second);
  }
  static const ms_expression* expression(ms_call* c, ms_str text, ms_str) {
    return reinterpret_cast<const ms_expression*>(&of(c).expressions_.emplace_back(in(text)));
  }
  static const ms_node* evaluate(ms_call* c, const ms_expression* e, ms_status (*lookup)(void*, ms_str, ms_writer*), void* ctx) {
    if (!of(c).evaluate) return fail(c, MS_UNSUPPORTED, {"this fake host has no evaluate", 30}), nullptr;
    of(c).evaluated_ = of(c).evaluate(*reinterpret_cast<const std::string*>(e), [&](std::string_view name) {
      ValueWriter writer;
      return lookup(ctx, out(name), writer.raw()) == MS_OK && writer.complete() ? writer.value() : Value();
    });
    return node(&of(c).evaluated_);
  }
};

inline const ms_host* FakeHost::table() const {
  using T = FakeHostTable;
  static const ms_host host = {
      sizeof(ms_host), MS_ABI_MINOR, T::log, T::fail, T::problem,
      [](ms_call* c) -> int32_t { return T::of(c).cancelled; },
      [](ms_call*, uint64_t, uint64_t) {},
      T::parallel,
      [](ms_repo* r) { return T::out(T::of(r).uri); },
      [](ms_repo* r) { return T::out(T::of(r).select); },
      [](ms_repo* r) { return T::of(r).files.size(); },
      T::file_at, T::file_find,
      [](ms_file* f) { return f ? T::out(T::file(f).name) : ms_str{}; },
      [](ms_file* f) { return f && T::file(f).size_known ? T::file(f).size : MS_SIZE_UNKNOWN; },
      T::read, T::range_error, T::range_fail, T::add_tensor, T::add_part,
      [](ms_model* m) { return T::of(m).tensors.size(); },
      T::tensor_at,
      [](ms_model* m) { return T::of(m).groups.size(); },
      [](ms_model* m, size_t group) { return group < T::of(m).groups.size() ? T::node(&T::of(m).groups[group]) : nullptr; },
      T::model_part,
      [](ms_writer* w, char open) { return ValueWriter::of(w).begin(open); },
      [](ms_writer* w) { return ValueWriter::of(w).end(); },
      [](ms_writer* w, ms_str key) { return ValueWriter::of(w).key(T::in(key)); },
      [](ms_writer* w) { return ValueWriter::of(w).value(Value()); },
      [](ms_writer* w, int32_t v) { return ValueWriter::of(w).value(v != 0); },
      [](ms_writer* w, int64_t v) { return ValueWriter::of(w).value(v); },
      [](ms_writer* w, uint64_t v) { return ValueWriter::of(w).value(v); },
      [](ms_writer* w, double v) { return ValueWriter::of(w).value(v); },
      [](ms_writer* w, ms_str v) { return ValueWriter::of(w).value(T::in(v)); },
      T::put_node,
      [](const ms_node* n) { return n ? T::value(n)->kind : '\0'; },
      [](const ms_node* n) { return n ? T::value(n)->size() : 0; },
      [](const ms_node* n, ms_str key) { return n ? T::node(T::value(n)->find(T::in(key))) : nullptr; },
      T::node_at, T::node_key,
      [](const ms_node* n) { return n && T::value(n)->kind == 's' ? T::out(T::value(n)->string) : ms_str{}; },
      T::node_i64, T::node_u64, T::node_f64,
      [](const ms_node* n, int32_t otherwise) -> int32_t { return n && T::value(n)->kind == 'b' ? T::value(n)->boolean : otherwise; },
      T::rule_match, T::rule_table,
      [](ms_call*, const ms_node*) -> ms_model* { return nullptr; },  // no families here
      [](ms_call*, ms_model*, ms_str) -> const ms_node* { return nullptr; },
      T::expression, T::evaluate};
  return &host;
}

}  // namespace ms::testing
