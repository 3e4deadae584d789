// CheckpointCheck as a part of the report, and as text for people.
#include "core/families/checkpoint_check.hpp"
#include "core/value/builder.hpp"

namespace modelsig::families {

void CheckpointCheck::write(Builder& out) const {
  const auto shape = [&](const char* key, const std::vector<std::uint64_t>& dims) {
    out.key(key);
    out.begin('[');
    for (std::uint64_t d : dims) out.put(Value(d));
    out.end();
  };
  const auto groups = [&](const char* key, const std::vector<CheckpointDifference::Group>& list) {
    out.key(key);
    out.begin('[');
    for (const auto& g : list) {
      out.begin('{');
      out.member("pattern", std::string_view(g.pattern));
      out.member("example", std::string_view(g.example));
      out.member("count", Value(g.count));
      if (g.origin) {
        out.member("role", std::string_view(g.origin->label));
        out.member("line", std::string_view(g.origin->where));
      }
      out.member("why", std::string_view(g.why));
      out.end();
    }
    out.end();
  };
  out.begin('{');
  out.member("family", std::string_view(model->family().name()));
  out.member("head", std::string_view(model->head()));
  if (!model->scheme().empty()) out.member("scheme", std::string_view(model->scheme()));
  out.member("exact", difference.exact());
  out.key("turned");
  out.begin('[');
  for (const std::string& t : turned) out.put(std::string_view(t));
  out.end();
  out.member("matched", Value(difference.matched));
  out.member("absent_count", Value(difference.absent_count));
  out.member("unexpected_count", Value(difference.unexpected_count));
  out.member("wrong_shape_count", Value(difference.wrong_count));
  if (difference.opaque_modules) {
    out.key("opaque");  // the logical shapes are what the configuration says, nothing stored could be compared with them
    out.begin('{');
    out.member("scheme", std::string_view(model->scheme()));
    out.member("modules", Value(difference.opaque_modules));
    out.member("tensors", Value(difference.opaque_tensors));
    out.end();
  }
  groups("absent", difference.absent);
  groups("unexpected", difference.unexpected);
  out.key("wrong_shape");
  out.begin('[');
  for (const auto& w : difference.wrong) {
    out.begin('{');
    out.member("name", std::string_view(w.name));
    shape("stored", w.stored);
    shape("promised", w.promised);
    out.member("symbolic", std::string_view(w.symbolic));
    out.member("role", std::string_view(w.origin->label));
    out.member("line", std::string_view(w.origin->where));
    out.end();
  }
  out.end();
  out.end();
}

std::string CheckpointCheck::text() const {
  const auto shape = [](const std::vector<std::uint64_t>& dims) {
    std::string out = "[";
    for (std::uint64_t d : dims) out += (out.size() > 1 ? ", " : "") + std::to_string(d);
    return out + "]";
  };
  std::string out = model->family().name() + ": " + std::to_string(difference.matched) + " tensors as promised";
  for (const std::string& t : turned) out += ", with " + t;
  if (difference.opaque_modules)
    out += ", " + std::to_string(difference.opaque_modules) + " modules packed as " + model->scheme() + " does, which is known here by name only";
  out += "\n";
  const auto groups = [&](const char* title, std::uint64_t count, const std::vector<CheckpointDifference::Group>& list) {
    if (!count) return;
    out += std::string(title) + " (" + std::to_string(count) + "):\n";
    for (const auto& g : list) {
      out += "  " + g.pattern + (g.count > 1 ? "  x" + std::to_string(g.count) : std::string());
      if (g.origin) out += "  " + g.origin->label + "  " + g.origin->where;
      out += "\n    " + g.why + "\n";
    }
  };
  groups("promised and absent", difference.absent_count, difference.absent);
  groups("present and not promised", difference.unexpected_count, difference.unexpected);
  if (difference.wrong_count) out += "another shape (" + std::to_string(difference.wrong_count) + "):\n";
  for (const auto& w : difference.wrong)
    out += "  " + w.name + "  " + shape(w.stored) + " instead of " + w.symbolic + " = " + shape(w.promised) + "  " + w.origin->where + "\n";
  return out;
}

}  // namespace modelsig::families
