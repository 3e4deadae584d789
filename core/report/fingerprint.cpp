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

std::vector<Member> ordered(const std::vector<Member>& members, const std::vector<std::string>& order, bool only,
                            const std::vector<std::string>& hide) {
  std::vector<Member> out;
  out.reserve(members.size());
  std::vector<bool> used(members.size());
  for (std::size_t i = 0; i < members.size(); ++i) used[i] = std::find(hide.begin(), hide.end(), members[i].key) != hide.end();
  for (const std::string& key : order)
    for (std::size_t i = 0; i < members.size(); ++i)
      if (!used[i] && members[i].key == key) out.push_back(members[i]), used[i] = true;
  if (!only)
    for (std::size_t i = 0; i < members.size(); ++i)
      if (!used[i]) out.push_back(members[i]);
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
