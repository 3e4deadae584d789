// Finds the expression behind a size: what other families say of such a module, else a bounded search over the config's numbers,
// their products, small multiples and sums. One that holds in every sample is asked for; the simplest wins.
#pragma once
#include <string>
#include <vector>

#include "core/families/learn/quantities.hpp"

namespace modelsig::families::learn {

// How many words of the first stand in the second, or begin as one of it does: vision, visual.
unsigned related(std::string_view a, std::string_view b);

class SizeSolver {
 public:
  struct Query {
    Sizes target;                        // kAbsent: this sample has no such tensor
    std::string context;                 // of the tensor: the sub-config whose numbers it is made of
    std::string path;                    // words it shares with a config key speak for that key
    std::vector<Expression> wordings;    // what families say, in our names; the usual ones more than once
    bool count = false;                  // of an index: lists' lengths too, and names that count something
  };

  SizeSolver(const Quantities& quantities, const Habits& habits);
  // Never fails: where nothing fits, it is the number itself, and in doubt.
  Answer solve(const Query& query) const;

 private:
  struct Term {
    std::string text;
    int level;                           // 0 name, 1 product, 2 quotient or sum: what needs brackets
    std::vector<std::size_t> parts;      // quantities
    double cost;                         // of the form alone
    Sizes values;
  };
  void add(std::string text, int level, std::vector<std::size_t> parts, double cost, Sizes values);
  void products();
  double price(const Term& term, const Query& query) const;
  double price(const Quantity& q, const Query& query) const;
  void sums(const Query& query, std::vector<Answer>& out) const;
  void worded(const Query& query, std::vector<Answer>& out) const;

  const Quantities& quantities_;
  const Habits& habits_;
  std::vector<Term> terms_;
  std::size_t names_ = 0, simple_ = 0;   // terms_[0, names_) are names, [0, simple_) also products and multiples
};

}  // namespace modelsig::families::learn
