#include "core/families/learn/family_text.hpp"

#include <algorithm>
#include <set>

namespace modelsig::families::learn {

namespace {

std::string padded(std::string text, std::size_t width) {
  if (text.size() < width) text.append(width - text.size(), ' ');
  return text;
}

bool below(std::string_view path, std::string_view above) { return path.size() > above.size() && path.starts_with(above) && path[above.size()] == '.'; }

// names that stand in the file, through the root's own definitions
void gather(const Expression& e, const Family& root, std::set<std::string>& out) {
  for (const std::string_view n : e.names()) {
    if (!out.insert(std::string(n)).second) continue;
    if (const Family::Meaning* m = root.meaning(n); m && m->derived >= 0) gather(root.derived()[static_cast<std::size_t>(m->derived)].value, root, out);
  }
}

struct Group {
  std::string path, when, over, part;
  std::vector<const Line*> lines;
};

std::string list(const std::vector<std::string>& doubts) {
  std::string out;
  for (const std::string& d : doubts) out += (out.empty() ? "  # guessed: " : "; ") + d;
  return out;
}

bool of_when(const std::string& doubt) { return doubt.starts_with("when: "); }

std::string section(const std::string& title, const std::vector<std::pair<std::string, std::string>>& entries) {
  if (entries.empty()) return {};
  std::size_t width = 0;
  for (const auto& [key, value] : entries) width = std::max(width, key.size());
  std::string out = "\n[" + title + "]\n";
  for (const auto& [key, value] : entries) out += padded(key, width) + " = " + value + "\n";
  return out;
}

std::string write_group(const Group& g, const std::vector<Group>& all) {
  std::string out = "\n[module";
  if (!g.path.empty()) {
    // a module of the top level that also has modules below it: a table and a line cannot share a key
    const bool twice = std::any_of(all.begin(), all.end(), [&](const Group& top) {
      return top.path.empty() && std::any_of(top.lines.begin(), top.lines.end(), [&](const Line* l) { return l->key == g.path; });
    });
    out += "." + toml_text(g.path + (twice ? "#below" : ""));
  }
  out += "]\n";
  if (!g.part.empty()) out += "part = " + toml_text(g.part) + "\n";
  if (!g.when.empty()) {  // its doubts are those of every line
    std::vector<std::string> doubts;
    for (const std::string& d : g.lines.front()->doubts)
      if (of_when(d)) doubts.push_back(d);
    out += "when = " + toml_text(g.when) + list(doubts) + "\n";
  }
  if (!g.over.empty()) out += "over = " + toml_text(g.over) + "\n";
  std::size_t width = 0, role = 0;
  for (const Line* l : g.lines) {
    width = std::max(width, toml_key(l->key).size());
    role = std::max(role, l->role.size());
  }
  for (const Line* l : g.lines) {
    std::string text = padded(l->role + ":", role + 2) + l->what;
    if (!l->when.empty() && g.when.empty()) text += "  when " + l->when;
    if (!l->over.empty() && g.over.empty()) text += " over " + l->over;
    if (!l->same_as.empty()) text += "  same as " + l->same_as;
    std::vector<std::string> doubts;
    for (const std::string& d : l->doubts)
      if (g.when.empty() || !of_when(d)) doubts.push_back(d);
    out += padded(toml_key(l->key), width) + " = " + toml_text(text) + list(doubts) + "\n";
  }
  return out;
}

}  // namespace

std::string FamilyText::write(const Habits& habits, const Quantities& quantities, const IndexNames& indices) const {
  std::string out;
  for (std::size_t at = 0; at < comment.size();) {
    const std::size_t end = std::min(comment.find('\n', at), comment.size());
    out += "# " + comment.substr(at, end - at) + "\n";
    at = end + 1;
  }
  out += "\nfamily  = [";
  for (std::size_t i = 0; i < serves.size(); ++i) out += (i ? ", " : "") + toml_text(serves[i]);
  out += "]\nextends = " + toml_text(habits.root().name()) + "\n";
  if (!class_prefix.empty()) out += "class   = " + toml_text(class_prefix) + "\n";

  std::set<std::string> names;
  for (const Line& l : lines)
    for (const std::string& e : l.expressions)
      if (!e.empty()) gather(Expression::parse(e), habits.root(), names);
  std::vector<std::pair<std::string, std::string>> config, counts;
  for (const auto& i : indices.distinct()) {
    gather(Expression::parse(i.count.text), habits.root(), names);
    const Family::Meaning* m = habits.root().meaning(i.name);
    if (m && m->index >= 0 && habits.root().indices()[static_cast<std::size_t>(m->index)].count.show() == i.count.text) continue;
    counts.emplace_back(i.name, toml_text(i.count.text) + (i.count.doubt.empty() ? "" : "  # guessed: " + i.count.doubt));
  }
  for (const Quantity& q : quantities.all()) {
    if (q.key.empty() || !names.contains(q.name)) continue;
    const Family::Meaning* m = habits.root().meaning(q.name);
    if (m && m->config >= 0 && habits.root().config()[static_cast<std::size_t>(m->config)].spelled.front() == q.key) continue;
    config.emplace_back(q.name, toml_text(q.key));
  }
  out += section("config", config) + section("index", counts);

  std::vector<Group> groups;
  for (const Line& l : lines) {
    auto g = std::find_if(groups.begin(), groups.end(), [&](const Group& have) { return have.path == l.group; });
    if (g == groups.end()) g = groups.insert(groups.end(), {l.group, {}, {}, l.part, {}});
    g->lines.push_back(&l);
  }
  for (Group& g : groups) {
    const auto shared = [&](std::string Line::*what) {
      const bool all = g.lines.size() > 1 && std::all_of(g.lines.begin(), g.lines.end(), [&](const Line* l) { return l->*what == g.lines.front()->*what; });
      return all ? g.lines.front()->*what : std::string();
    };
    g.when = shared(&Line::when);
    const bool deep = std::any_of(groups.begin(), groups.end(), [&](const Group& o) { return below(o.path, g.path); });
    if (!deep) g.over = shared(&Line::over);  // it would reach down
  }
  std::stable_partition(groups.begin(), groups.end(), [](const Group& g) { return g.path.empty(); });
  for (Group& g : groups)  // `part` reaches down
    if (std::any_of(groups.begin(), groups.end(), [&](const Group& o) { return below(g.path, o.path) && !o.path.empty() && o.lines.front()->part == g.lines.front()->part; })) g.part.clear();
  for (const Group& g : groups) out += write_group(g, groups);
  return out;
}

}  // namespace modelsig::families::learn
