#include "core/report/merge.hpp"

#include "core/value/error.hpp"

namespace modelsig {

Value merge_objects(Document& into, const Value& base, const Value& more, const std::string& who, const std::string& path) {
  if (!base.is(Kind::object) || !more.is(Kind::object)) throw Error(who + " emitted '" + path + "', which the report already has");
  Builder b(into);
  b.begin('{');
  for (const Member& m : base.members()) {
    const Value* twin = more.find(m.key);
    b.key(m.key);
    b.share(twin ? merge_objects(into, m.value, *twin, who, path.empty() ? std::string(m.key) : path + "." + std::string(m.key)) : m.value);
  }
  for (const Member& m : more.members())
    if (!base.find(m.key)) b.key(m.key), b.share(m.value);
  b.end();
  return b.finish();
}

}  // namespace modelsig
