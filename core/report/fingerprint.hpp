// What is known of one model: sections in the order they were made, problems, provenance.
#pragma once
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "core/bytes/repo.hpp"
#include "core/host/session.hpp"
#include "core/model/model.hpp"
#include "core/pipeline/target.hpp"
#include "core/value/builder.hpp"

namespace modelsig {

class Fingerprint {
 public:
  explicit Fingerprint(Target target) : target_(std::move(target)) {}

  const Target& target() const { return target_; }
  Document& document() { return document_; }
  Problems& problems() { return problems_; }
  bool failed() const { return failed_; }                 // nothing could be read at all
  void set_failed() { failed_ = true; }
  bool analysed() const { return analysed_; }             // a component that went through the layers, not only its settings
  void set_analysed() { analysed_ = true; }

  // section "": the members of the object are put in one by one. Throws Error if a key is there already.
  void add(const std::string& section, Value value, const std::string& who);
  void put(const std::string& key, Value value);          // replaces
  const Value* find(std::string_view key) const;
  // The object so far; valid until the next add.
  const Value& so_far();
  // Ends it: "complete" and "problems" are what they are now.
  void finish();

  std::unique_ptr<Repo> whole;                            // where `repo` is a folder of it
  std::unique_ptr<Repo> repo;                             // these live as long: sections may point into them
  std::unique_ptr<Model> model = std::make_unique<Model>();
  std::vector<std::unique_ptr<Fingerprint>> components;   // parts of the repository that are models of their own
  bool incomplete() const;                                // of these too

 private:
  Target target_;
  Document document_;
  std::vector<Member> members_;
  Value object_;
  bool stale_ = true;
  Problems problems_;
  bool failed_ = false, analysed_ = false;
};

Value make_object(Document& into, const std::vector<Member>& members);   // shares the values

// The members in `order`, the others behind them unless `only`; none of those in `hide`. Made once, asked for every pair.
class KeyOrder {
 public:
  KeyOrder(const std::vector<std::string>& order, bool only, const std::vector<std::string>& hide = {});
  std::vector<Member> apply(const std::vector<Member>& members) const;

 private:
  static constexpr std::size_t kHidden = SIZE_MAX;
  std::unordered_map<std::string_view, std::size_t> places_;  // keys of the lists, which must live on
  std::size_t listed_;
  bool only_;
};

}  // namespace modelsig
