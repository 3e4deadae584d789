// The tensors of one line while its indices are walked: evaluated when first needed, and again when an index they depend on moves.
#pragma once
#include <memory>
#include <string>
#include <vector>

#include "core/families/line_walker.hpp"

namespace modelsig::families {

struct Ready {
  bool fresh = false, present = false;
  std::vector<std::uint64_t> shape;
  std::string symbolic;
};

class LineTensors {
 public:
  LineTensors(const AppliedLine& line, Scope& scope, bool text)  // text: symbolic shapes are wanted
      : line_(line), scope_(scope), packs_(!line.packed.empty()), by_path_(line.owner->scheme && line.owner->scheme->by_path()), text_(text) {
    plain_ready_.resize(line.plain.size());
    packed_ready_.resize(line.packed.size());
    for (const auto& t : line.plain) plain_level_.push_back(level_of(*line.line, t.needs));
    for (const auto& t : line.packed) packed_level_.push_back(level_of(*line.line, t.needs));
    same_level_ = level_of(*line.line, line.same_needs);
  }

  void enter(std::size_t level) {
    if (level == same_level_) borrows_fresh_ = false;
    for (std::size_t i = 0; i < plain_ready_.size(); ++i)
      if (plain_level_[i] == level) plain_ready_[i].fresh = false;
    for (std::size_t i = 0; i < packed_ready_.size(); ++i)
      if (packed_level_[i] == level) packed_ready_[i].fresh = false;
  }

  bool borrowed() {
    if (!borrows_fresh_) {
      const Family::Template& t = *line_.line;
      borrows_ = !t.same_as.empty() && (!t.same_if || t.same_if.holds(scope_.lookup()));
      borrows_fresh_ = true;
    }
    return borrows_;
  }

  // each(suffix, spec's id, Ready)
  template <class Each>
  void stored(const std::string& path, Each&& each) {
    const std::size_t group = !packs_ ? ActiveScheme::kNone : by_path_ ? line_.packed_by(path) : 0;
    const bool pack = group != ActiveScheme::kNone;
    const auto& tensors = pack ? line_.packed : line_.plain;
    auto& states = pack ? packed_ready_ : plain_ready_;
    const auto& suffixes = pack ? line_.packed_suffixes : line_.plain_suffixes;
    for (std::size_t i = 0; i < tensors.size(); ++i) {
      if (pack && tensors[i].group != group) continue;
      if (!states[i].fresh) make(tensors[i].spec, states[i], suffixes[i]);
      if (states[i].present) each(suffixes[i], tensors[i], states[i]);
    }
  }

 private:
  void make(const TensorSpec& spec, Ready& r, const std::string& suffix) {
    try {
      r.present = !spec.when || spec.when.holds(scope_.lookup());
      r.shape.clear();
      r.symbolic = "[";
      for (const Expression& e : spec.shape) {
        if (!r.present) break;
        r.shape.push_back(e.size(scope_.lookup()));
        if (text_) r.symbolic += (r.symbolic.size() > 1 ? ", " : "") + e.show(scope_.lookup());
      }
      r.symbolic += "]";
      r.fresh = true;
    } catch (const Error& e) {
      std::string path;
      fill(path, line_, scope_);
      throw Error(line_.owner->family->name() + ": " + path + suffix + ": " + e.what(), e.status());
    }
  }

  const AppliedLine& line_;
  Scope& scope_;
  bool packs_, by_path_, text_, borrows_ = false, borrows_fresh_ = false;
  std::vector<Ready> plain_ready_, packed_ready_;
  std::vector<std::size_t> plain_level_, packed_level_;
  std::size_t same_level_ = 0;
};

// one Scope a family, so that derived values are shared between its lines
class Scopes {
 public:
  explicit Scopes(const FamilyModel::Impl& impl) {
    for (const auto& f : impl.families) scopes_.push_back(std::make_unique<Scope>(*f));
  }
  Scope& of(const AppliedLine& l) { return of(*l.owner); }
  Scope& of(const AppliedFamily& owner) {
    for (auto& s : scopes_)
      if (&s->owner() == &owner) return *s;
    return *scopes_.front();
  }

 private:
  std::vector<std::unique_ptr<Scope>> scopes_;
};

}  // namespace modelsig::families
