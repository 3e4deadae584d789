// A model as the user names it: PATH, local:PATH, org/name, org/name@revision, scheme://..., each with an
// optional #file-or-variant. Says which scheme serves it and what it is called in the report.
#pragma once
#include <string>
#include <string_view>
#include <vector>

namespace modelsig {

struct Target {
  std::string argument;  // as given, but a URL without password and query: for messages
  std::string scheme;    // "local", "hf", "https" ...
  std::string uri;       // without a scheme for local paths and hub names, else whole
  std::string select;    // behind '#'
  std::string label;     // the original's: last part of a path, else the name as given
  std::string id;        // in the report: the label where it is unique, else the argument

  static Target parse(std::string_view argument);
};

// Sets the ids. unique: the label, or the argument where labels collide, numbered if even those are equal.
// Otherwise (the original's way) the label, whatever happens: of equal ones the last wins.
void assign_ids(std::vector<Target>& targets, bool unique);

}  // namespace modelsig
