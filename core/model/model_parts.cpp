// A model's parts: documents that formats write, and those that the kernel makes when they are asked for.
#include "core/model/family_link.hpp"
#include "core/model/model.hpp"
#include "core/value/error.hpp"

namespace modelsig {

Writer* Model::add_part(std::string_view name) {
  if (frozen_ || part(name)) return nullptr;
  auto [it, fresh] = open_parts_.try_emplace(std::string(name));
  if (!fresh) return nullptr;
  it->second = std::make_unique<Writer>(document_, Builder::Duplicates::last_wins, Builder::NonFinite::keep);
  return it->second.get();
}

void Model::set_part(std::string_view name, Value value) { parts_.insert_or_assign(std::string(name), value); }

const Value* Model::part(std::string_view name) const {
  if (frozen_ && (((name == "family" || name == "modules") && family_) || (name == "structure" && (family_ || generic_)))) return made_part(name);
  auto it = parts_.find(name);
  return it == parts_.end() ? nullptr : &it->second;
}

const Value* Model::made_part(std::string_view name) const {
  const auto make = [&](Made& made, const auto& write) {
    std::call_once(made.once, [&] {
      try {
        Builder b(made.document, Builder::Duplicates::last_wins, Builder::NonFinite::keep);
        write(b);
        made.value = b.finish();
      } catch (const Error& error) {  // a config that the family file cannot read says nothing against the checkpoint
        Builder b(made.document);
        b.begin('{');
        b.member("family", std::string_view((family_ ? family_ : generic_)->name()));
        b.member("problem", std::string_view(error.what()));
        b.end();
        made.value = b.finish();
      }
    });
    return &made.value;
  };
  const auto check = [&] {
    return make(check_, [&](Builder& b) {
      const families::CheckpointCheck found = family_->check(*this);
      turned_ = found.options.options;
      head_ = found.options.head;
      dialect_ = found.options.dialect;
      lacking_ = found.lacking;
      found.write(b);
    });
  };
  if (name == "family") return check();
  if (family_ && !generated_) check();
  if (name == "modules") return make(modules_, [&](Builder& b) { family_->write_modules({head_, turned_, {}, dialect_, false}, b); });
  return make(structure_, [&](Builder& b) {
    if (family_) return family_->write_structure({head_, turned_, {}, dialect_, false}, lacking_, b);
    generic_->write_structure({}, {}, b);
  });
}

void Model::close_parts(const std::string& who) {
  for (auto& [name, writer] : open_parts_)
    if (!writer->untouched()) parts_.insert_or_assign(name, writer->finish(who + " (part '" + name + "')"));
  open_parts_.clear();
}

std::vector<std::pair<std::string, Value>> Model::parts() const { return {parts_.begin(), parts_.end()}; }

}  // namespace modelsig
