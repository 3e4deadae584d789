// FamilyFile -> Family: parses every line and expression, binds names, checks. Every error is file:line:column.
#pragma once
#include "core/families/family.hpp"

namespace modelsig::families {

class FamilyCompiler {
 public:
  FamilyCompiler(const FamilyFile& file, std::shared_ptr<const Vocabulary> vocabulary, const Family::Load& load);
  std::shared_ptr<const Family> run();

 private:
  void head();
  void names();
  void includes();
  void templates();
  Family::Template line(const FamilyFile::Line& source);
  Family::Pattern pattern(const FamilyFile::Line& source) const;
  const Source* reaching(const FamilyFile::Line& source, Source FamilyFile::Group::*what) const;
  Expression expression(const Source& at) const;
  void check_names(const Expression& e, const Source& at, IndexSet allowed, const std::string& inside = {}) const;
  IndexSet bind(int derived, std::vector<int>& path);
  void refuse_hidden_keys() const;
  void check_overlaps() const;
  std::string text(const Source& at, const char* what) const;

  const FamilyFile& file_;
  const Family::Load& load_;
  std::shared_ptr<Family> out_;
  std::vector<std::string> known_;   // every name, for "did you mean"
  std::vector<bool> bound_;          // derived names whose indices are known
};

}  // namespace modelsig::families
