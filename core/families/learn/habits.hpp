// How the families that are there write things: which short name a config key has, which sizes a role takes, what a module of that
// name is. A learned file follows them, so that it reads like the others.
#pragma once
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "core/families/family_library.hpp"

namespace modelsig::families::learn {

class Habits {
 public:
  // What one family wrote; the expression is in that family's words.
  struct Wording { Expression text; std::shared_ptr<const Family> family; };
  using Wordings = std::vector<Wording>;

  explicit Habits(const FamilyLibrary& library);  // families that do not load teach nothing

  const Family& root() const { return *root_; }                       // the one that most others start from
  std::string name_of(std::string_view key) const;                    // short name of a config key; empty: nobody reads it
  bool is_size(std::string_view name) const { return sizes_.contains(name); }  // somebody's axis is made of it
  bool decides(std::string_view name) const { return conditions_.contains(name); }  // somebody's condition asks it
  bool by_index(std::string_view name) const { return by_index_.contains(name); }   // ... together with an index
  bool together(std::string_view a, std::string_view b) const;        // somebody multiplies or divides them
  std::string index_of(std::string_view count) const;                 // the index that this name counts; empty: none
  std::string tie() const;                                            // the name under which modules share tensors
  bool shares(std::string_view role, std::string_view with) const;    // modules of this role borrow the tensors of that one
  std::string role_of(std::string_view path) const;                   // of modules that end like this path; empty: unknown
  std::size_t uses(std::string_view role, std::string_view kind) const;
  std::size_t uses(std::string_view kind) const;
  std::string head(std::string_view role) const;                      // the condition on `head` under which this role exists; empty: none
  std::string over(std::string_view role) const;                      // leading axes where they are not the usual ones; else empty
  // of a parameter of a kind, or of an axis of a bare tensor (kind empty, parameter its number)
  const Wordings& wordings(std::string_view role, std::string_view kind, std::string_view parameter) const;

 private:
  using Counts = std::map<std::string, std::size_t, std::less<>>;
  void read(const std::shared_ptr<const Family>& family);
  void used(const Family& family, const Expression& e, std::set<std::string, std::less<>>& as, unsigned depth = 0);
  void indexed(const Family& family, const Expression& e);
  static std::string most(const std::map<std::string, Counts, std::less<>>& table, std::string_view key);

  std::shared_ptr<const Family> root_;
  std::map<std::string, Counts, std::less<>> names_, indices_, roles_, overs_, heads_;
  std::set<std::string, std::less<>> sizes_, conditions_, by_index_, pairs_;
  Counts ties_, kinds_, role_kinds_, shares_;
  std::map<std::string, Wordings, std::less<>> wordings_;
};

}  // namespace modelsig::families::learn
