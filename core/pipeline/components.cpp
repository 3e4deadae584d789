#include "core/pipeline/components.hpp"

#include <algorithm>

namespace modelsig {

namespace {

// A member of a list's entry, by key or by place.
std::string_view field(const Value& entry, const Value& which) {
  if (!which.is_integer()) return entry[which.str()].str();
  return entry.is(Kind::array) && which.u64() < entry.size() ? entry.at(which.u64()).str() : std::string_view();
}

bool listed(const Value& texts, std::string_view text) {
  return std::any_of(texts.items().begin(), texts.items().end(), [&](const Value& v) { return v.str() == text; });
}

class Finder {
 public:
  Finder(const Model& root, Repo& repo, const RuleSet& rules) : root_(root), repo_(repo), rules_(rules) {}

  Components run() {
    if (const Value* table = rules_.table("component"))
      for (const Value& rule : table->items()) {
        if (rule.find("list")) from_list(rule);
        else if (rule.find("holds")) from_folders(rule);
        else if (rule.find("file")) from_file(rule);
      }
    for (const Component& c : out_.list)
      if ((*c.rule)["whole"].boolean()) out_.whole = &c;
    return std::move(out_);
  }

 private:
  void add(const Value& rule, std::string name, std::string folder, std::string select, std::string_view kind, std::string by, const Value* entry = nullptr) {
    const auto same = [&](const Component& c) { return c.name == name; };
    if (std::none_of(out_.list.begin(), out_.list.end(), same))
      out_.list.push_back({std::move(name), std::move(folder), std::move(select), std::string(kind), std::move(by), &rule, entry});
  }

  // An entry without a class is no part; one whose folder is the root is the model itself, unless it names a file there.
  void from_list(const Value& rule) {
    const Value* list = root_.part(rule["list"].str());
    if (!list) return;
    for (std::size_t i = 0; i < list->size(); ++i) {
      const Value& entry = list->at(i);
      if (rule.find("file")) {
        std::string file(field(entry, rule["file"]));
        add(rule, std::string(field(entry, rule["name"])), "", file, field(entry, rule["class"]), file, &entry);
        continue;
      }
      const std::string_view kind = field(entry, rule["class"]);
      std::string folder(rule.find("name") ? field(entry, rule["name"]) : list->key(i));
      while (folder.ends_with('/')) folder.pop_back();
      if (!kind.empty() && !folder.empty()) add(rule, folder, folder, repo_.select(), kind, std::string(rule["by"].str()));
    }
  }

  void from_folders(const Value& rule) {
    const std::string_view holds = rule["holds"].str();
    for (std::size_t i = 0; i < repo_.size(); ++i) {
      const std::string& file = repo_.file(i).name;
      const std::size_t slash = file.find('/');
      if (slash == std::string::npos || std::string_view(file).substr(slash + 1) != holds) continue;
      const std::string folder = file.substr(0, slash);
      if (!rule.find("folders") || listed(rule["folders"], folder)) add(rule, folder, folder, repo_.select(), "", file);
    }
  }

  void from_file(const Value& rule) {
    const std::string file(rule["file"].str());
    const auto there = [&](const Value& name) { return repo_.find(name.str()) != nullptr; };
    const auto beside = rule["beside"].items();
    if (repo_.find(file) && std::any_of(beside.begin(), beside.end(), there)) add(rule, std::string(rule["name"].str()), "", file, "", file);
  }

  const Model& root_;
  Repo& repo_;
  const RuleSet& rules_;
  Components out_;
};

}  // namespace

Components find_components(const Model& root, Repo& repo, const RuleSet& rules) {
  if (repo.find(repo.select())) return {};  // one file was asked for
  return Finder(root, repo, rules).run();
}

}  // namespace modelsig
