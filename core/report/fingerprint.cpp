#include "core/report/fingerprint.hpp"

#include <algorithm>

#include "core/value/error.hpp"

namespace modelsig {

namespace {

Value problem_list(Document& into, const std::vector<Problem>& problems) {
  static constexpr std::string_view kLevels[] = {"trace", "debug", "info", "warning", "error"};
  Builder b(into);
  b.begin('[');
  for (const Problem& p : problems) {
    b.begin('{');
    b.member("level", kLevels[std::clamp(p.level, 0, 4)]);
    b.member("step", std::string_view(p.step));
    b.member("subject", std::string_view(p.subject));
    b.member("text", std::string_view(p.text));
    b.end();
  }
  b.end();
  return b.finish();
}

}  // namespace

Value make_object(Document& into, const std::vector<Member>& members) {
  Builder b(into);
  b.begin('{');
  for (const Member& m : members) b.key(m.key), b.share(m.value);
  b.end();
  return b.finish();
}

KeyOrder::KeyOrder(const std::vector<std::string>& order, bool only, const std::vector<std::string>& hide) : listed_(order.size()), only_(only) {
  for (const std::string& key : hide) places_.emplace(key, kHidden);
  for (std::size_t i = 0; i < order.size(); ++i) places_.emplace(order[i], i);
}

std::vector<Member> KeyOrder::apply(const std::vector<Member>& members) const {
  std::vector<const Member*> listed(listed_);
  std::vector<Member> out, others;
  out.reserve(members.size());
  for (const Member& m : members) {
    const auto it = places_.find(m.key);
    if (it == places_.end()) others.push_back(m);
    else if (it->second != kHidden) listed[it->second] = &m;
  }
  for (const Member* m : listed)
    if (m) out.push_back(*m);
  if (!only_) out.insert(out.end(), others.begin(), others.end());
  return out;
}

const Value* Fingerprint::find(std::string_view key) const {
  for (const Member& m : members_)
    if (m.key == key) return &m.value;
  return nullptr;
}

void Fingerprint::put(const std::string& key, Value value) {
  stale_ = true;
  for (Member& m : members_)
    if (m.key == key) {
      m.value = value;
      return;
    }
  members_.push_back({document_.keep(key), value});
}

void Fingerprint::add(const std::string& section, Value value, const std::string& who) {
  const auto add_one = [&](std::string_view key, Value v) {
    if (find(key)) throw Error(who + " emitted '" + std::string(key) + "', which the fingerprint already has; give the step a section of its own");
    members_.push_back({document_.keep(key), v});
    stale_ = true;
  };
  if (!section.empty()) return add_one(section, value);
  if (!value.is(Kind::object)) throw Error(who + " emitted no object, and its step names no section to put it under");
  for (const Member& m : value.members()) add_one(m.key, m.value);
}

const Value& Fingerprint::so_far() {
  if (stale_) object_ = make_object(document_, members_), stale_ = false;
  return object_;
}

bool Fingerprint::incomplete() const {
  return failed_ || problems_.incomplete() || std::any_of(components.begin(), components.end(), [](const auto& part) { return part->incomplete(); });
}

void Fingerprint::finish() {
  for (const auto& part : components) part->finish();
  const auto list = problems_.sorted();
  put("complete", Value(!incomplete()));
  put("problems", problem_list(document_, list));
  so_far();
}

}  // namespace modelsig
