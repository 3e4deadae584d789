// Models of several parts: folders (or files) of one repository that are models of their own, such as the unet, vae and text
// encoder of a diffusion pipeline. Which documents list them and which folders count is said by the rule table "component".
// A joined part is a file of the model's own tensors, such as the encoder of an export in several graphs; one of towers has parts that the
// model may have itself, kept in a file of their own.
#pragma once
#include <string>
#include <vector>

#include "core/bytes/repo.hpp"
#include "core/model/model.hpp"
#include "core/rules/rule_set.hpp"

namespace modelsig {

struct Component {
  std::string name, folder, select;  // folder "": the root's; select: the file or variant of it
  std::string kind, by;              // kind: the class that the list gives; by: the document or file that says so
  const Value* rule;                 // of table "component"
  const Value* entry = nullptr;      // of the list
  bool joined() const { return (*rule)["joined"].boolean(); }
  bool towers() const { return entry && (*entry)["towers"].boolean(); }
};

struct Components {
  std::vector<Component> list;       // in the order of the rules, then of the document
  const Component* whole = nullptr;  // of a list that names everything: files of the root are another packing
};

// `root`: its parts are closed; lists may be documents, or what a format made of its files.
Components find_components(const Model& root, Repo& repo, const RuleSet& rules);

}  // namespace modelsig
