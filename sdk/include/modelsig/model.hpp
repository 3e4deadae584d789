// modelsig/model.hpp - the files of a model and the model itself, as a plugin sees them.
#pragma once
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "writer.hpp"

namespace ms {

// One step of one run: who is asking, and whether it is still wanted.
class Call {
 public:
  Call(const ms_host* host, ms_call* call) : host_(host), call_(call) {}
  const ms_host* host() const { return host_; }
  ms_call* raw() const { return call_; }

  void log(int level, std::string_view text) const { host_->log(call_, level, str(text)); }
  // Goes into the report; MS_ERROR marks the model incomplete. subject: a file, a tensor, a field.
  void problem(int level, std::string_view subject, std::string_view text) const {
    host_->problem(call_, level, str(subject), str(text));
  }
  bool cancelled() const { return host_->cancelled(call_) != 0; }
  void check_cancelled() const { if (cancelled()) throw Told{MS_CANCELLED}; }  // in every long loop
  void progress(std::uint64_t done, std::uint64_t total) const { host_->progress(call_, done, total); }
  // task(index) for 0 .. count-1 on the kernel's threads; exceptions come back as the first by index.
  template <class Task>
  void parallel(std::size_t count, Task task) const;

  Node rule(std::string_view table, std::string_view subject) const { return {host_, host_->rule_match(call_, str(table), str(subject))}; }
  Node rules(std::string_view table) const { return {host_, host_->rule_table(call_, str(table))}; }
  // An expression of the rule language; throws if it is wrong. `at` (file:line) stands before the message.
  const ms_expression* expression(std::string_view text, std::string_view at = {}) const {
    const ms_expression* compiled = host_->expression(call_, str(text), str(at));
    if (!compiled) throw Told{MS_INVALID_ARGUMENT};
    return compiled;
  }
  // lookup(name) gives a Node, or a text, number, bool or nullptr through the writer: lookup(name, writer)
  template <class Lookup>
  Node evaluate(const ms_expression* expression, Lookup&& lookup) const {
    struct Context { Lookup& lookup; const ms_host* host; } context{lookup, host_};
    const ms_node* value = host_->evaluate(call_, expression, [](void* ctx, ms_str name, ms_writer* out) -> ms_status {
      auto& c = *static_cast<Context*>(ctx);
      try {
        Writer writer(c.host, out);
        c.lookup(view(name), writer);
        return MS_OK;
      } catch (...) {
        return MS_INTERNAL;
      }
    }, &context);
    if (!value) throw Told{MS_INVALID_ARGUMENT};
    return {host_, value};
  }

 private:
  const ms_host* host_;
  ms_call* call_;
};

class File {
 public:
  File() = default;
  File(const ms_host* host, ms_file* file) : host_(host), file_(file) {}
  explicit operator bool() const { return file_ != nullptr; }
  ms_file* raw() const { return file_; }
  std::string_view name() const { return view(host_->file_name(file_)); }
  std::uint64_t size() const { return host_->file_size(file_); }  // MS_SIZE_UNKNOWN until a read tells
  ms_range range(std::uint64_t offset, std::uint64_t size, void* into, std::uint32_t flags = 0) const {
    return {file_, {}, offset, size, static_cast<std::uint8_t*>(into), 0, MS_SIZE_UNKNOWN, MS_OK, flags};
  }
 private:
  const ms_host* host_ = nullptr;
  ms_file* file_ = nullptr;
};

class Repo {
 public:
  Repo(const ms_host* host, ms_repo* repo) : host_(host), repo_(repo) {}
  std::string_view uri() const { return view(host_->repo_uri(repo_)); }
  std::string_view select() const { return view(host_->repo_select(repo_)); }
  std::size_t size() const { return host_->file_count(repo_); }
  File find(std::string_view name) const { return {host_, host_->file_find(repo_, str(name))}; }
  std::string_view name(std::size_t index) const { return view(info(index).name); }
  ms_file_info info(std::size_t index) const {
    ms_file_info out{sizeof(ms_file_info), 0, {}, 0};
    check(host_->file_at(repo_, index, &out));
    return out;
  }
 private:
  const ms_host* host_;
  ms_repo* repo_;
};

// All ranges at once; each has its own status behind it. Returns whether every one is OK.
inline bool read(const Call& call, std::span<ms_range> ranges) {
  const ms_status status = call.host()->read(call.raw(), ranges.data(), ranges.size());
  if (status == MS_CANCELLED) throw Told{status};
  return status == MS_OK;
}
inline std::string_view error(const Call& call, const ms_range& range) { return view(call.host()->range_error(call.raw(), &range)); }

// A row of the tensor table; the strings live as long as the model.
struct Tensor {
  std::string_view name, dtype, component;
  std::span<const std::uint64_t> shape;
  std::uint64_t offset, size;
  File file;
  std::uint32_t group, flags;               // MS_TENSOR_...
  std::string_view known_as, of;            // its name in the family's spelling; the tensor it belongs to
  std::span<const std::uint64_t> stored;    // shape as written
};

class Model {
 public:
  Model(const ms_host* host, ms_model* model) : host_(host), model_(model) {}
  ms_model* raw() const { return model_; }

  // only inside a format's parse()
  void add(std::string_view name, std::string_view dtype, std::span<const std::uint64_t> shape,
           std::uint64_t offset = 0, std::uint64_t size = MS_SIZE_UNKNOWN, File file = {}, std::string_view component = {}) const {
    ms_tensor row{sizeof(ms_tensor), static_cast<std::uint32_t>(shape.size()), str(name), str(dtype), shape.data(),
                  offset, size, file.raw(), str(component), 0, 0, 0, 0, nullptr, nullptr, {}, {}};
    check(host_->add_tensor(model_, &row));
  }
  void add(const ms_tensor& row) const { check(host_->add_tensor(model_, &row)); }
  Writer add_part(std::string_view part) const {
    ms_writer* writer = host_->add_part(model_, str(part));
    if (!writer) throw Error(MS_INVALID_ARGUMENT, "the model already has a part '" + std::string(part) + "'");
    return {host_, writer};
  }

  std::size_t tensors() const { return host_->tensor_count(model_); }
  Tensor tensor(std::size_t index) const {
    ms_tensor row{};
    row.struct_size = sizeof row;
    check(host_->tensor_at(model_, index, &row));
    return {view(row.name), view(row.dtype), view(row.component), {row.shape, row.rank}, row.offset, row.size, {host_, row.file}, row.group,
            row.flags, view(row.known_as), view(row.of), {row.stored_shape, row.stored_rank}};
  }
  std::size_t groups() const { return host_->group_count(model_); }
  Node group(std::size_t index) const { return {host_, host_->group_at(model_, index)}; }
  Node part(std::string_view name) const { return {host_, host_->model_part(model_, str(name))}; }
  // What the model's family file says about a tensor's name; nothing if there is no family, null if it is unknown.
  Node family_match(const Call& call, std::string_view tensor) const {
    return {host_, host_->family_match(call.raw(), model_, str(tensor))};
  }
  // The model that a config promises by its family file; false where no family serves it.
  static std::optional<Model> from_family(const Call& call, Node config) {
    ms_model* model = call.host()->family_model(call.raw(), config.raw());
    return model ? std::optional<Model>(Model(call.host(), model)) : std::nullopt;
  }

 private:
  const ms_host* host_;
  ms_model* model_;
};

}  // namespace ms

#include "detail/parallel.hpp"
