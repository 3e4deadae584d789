#include <cmath>
#include <limits>
#include <optional>

#include "core/families/expression_ast.hpp"
#include "core/value/error.hpp"

namespace modelsig::families {

namespace {

using Ast = Expression::Ast;
using Lookup = Expression::Lookup;
constexpr double kExact = 9007199254740992.0;  // 2^53: beyond it a double skips whole numbers

struct Evaluator {
  const Ast& ast;
  const Lookup& look;

  [[noreturn]] void fail(std::uint32_t id, const std::string& what) const { throw Error(ast.show(id, nullptr) + what); }
  std::uint32_t link(const Node& n, std::size_t i) const { return ast.links[n.first + i]; }

  Value number(std::uint32_t id) const {
    const Value v = run(id);
    if (!v.is_number()) fail(id, " is " + Expression::describe(v) + (v.is(Kind::null) ? "" : ", not a number"));
    if (v.is(Kind::natural) || (v.is(Kind::real) && !(std::fabs(v.f64()) <= kExact))) fail(id, " is " + Expression::describe(v) + ", more than can be counted");
    return v;
  }

  Value real(std::uint32_t id, double v) const {
    if (!(std::fabs(v) <= kExact)) fail(id, " is more than can be counted");
    return Value(v);
  }

  Value whole(std::uint32_t id, double v) const { return Value(static_cast<std::int64_t>(real(id, v).f64())); }

  Value add(std::uint32_t id, const Value& a, const Value& b) const {
    std::int64_t r = 0;
    if (a.is(Kind::real) || b.is(Kind::real)) return real(id, a.f64() + b.f64());
    if (__builtin_add_overflow(a.i64(), b.i64(), &r)) fail(id, " is more than 64 bits");
    return Value(r);
  }

  Value arithmetic(std::uint32_t id, const Node& n) const {
    const Value a = number(link(n, 0)), b = number(link(n, 1));
    const bool reals = a.is(Kind::real) || b.is(Kind::real);
    std::int64_t r = 0;
    switch (n.op) {
      case Op::add: return add(id, a, b);
      case Op::subtract:
        if (reals) return real(id, a.f64() - b.f64());
        if (__builtin_sub_overflow(a.i64(), b.i64(), &r)) fail(id, " is more than 64 bits");
        return Value(r);
      case Op::multiply:
        if (reals) return real(id, a.f64() * b.f64());
        if (__builtin_mul_overflow(a.i64(), b.i64(), &r)) fail(id, " is more than 64 bits");
        return Value(r);
      case Op::less: return Value(reals ? a.f64() < b.f64() : a.i64() < b.i64());
      case Op::at_most: return Value(reals ? a.f64() <= b.f64() : a.i64() <= b.i64());
      case Op::more: return Value(reals ? a.f64() > b.f64() : a.i64() > b.i64());
      case Op::at_least: return Value(reals ? a.f64() >= b.f64() : a.i64() >= b.i64());
      default: break;
    }
    if (b.f64() == 0) fail(id, ": division by zero, " + ast.show(link(n, 1), nullptr) + " is 0");
    if (reals) {
      const double q = std::floor(a.f64() / b.f64()), rest = a.f64() - q * b.f64();
      switch (n.op) {
        case Op::floor_divide: return whole(id, q);
        case Op::round_up_divide: return whole(id, std::ceil(a.f64() / b.f64()));
        case Op::modulo: return real(id, rest);
        default:
          return rest != 0 ? real(id, a.f64() / b.f64()) : whole(id, q);
      }
    }
    const std::int64_t x = a.i64(), y = b.i64();
    if (x == std::numeric_limits<std::int64_t>::min() && y == -1) fail(id, " is more than 64 bits");
    const std::int64_t rest = x % y, low = x / y - (rest != 0 && (rest < 0) != (y < 0));
    switch (n.op) {
      case Op::floor_divide: return Value(low);
      case Op::round_up_divide: return Value(low + (rest != 0));
      case Op::modulo: return Value(rest != 0 && (rest < 0) != (y < 0) ? rest + y : rest);
      default:
        if (rest) throw Error(ast.show(id, &look) + ": " + std::to_string(x) + " is not a multiple of " + std::to_string(y));
        return Value(low);
    }
  }

  bool within(const Node& n) const {
    const Value needle = run(link(n, 0));
    const Node& list = ast.child(n, 1);
    if (list.op == Op::list) {
      for (std::uint32_t k : ast.children(list))
        if (Expression::equal(needle, run(k))) return true;
      return false;
    }
    const Value v = run(link(n, 1));
    if (v.is(Kind::string) && needle.is(Kind::string)) return v.str().find(needle.str()) != std::string_view::npos;
    if (!v.is(Kind::array) && !v.is(Kind::null)) fail(link(n, 1), " is " + Expression::describe(v) + ", not a list");
    for (const Value& item : v.items())
      if (Expression::equal(needle, item)) return true;
    return false;
  }

  Value index(const Node& n) const {
    const Value i = run(link(n, 1));
    const Node& list = ast.child(n, 0);
    if (list.op == Op::list) return i.is(Kind::integer) && i.i64() >= 0 && i.u64() < list.count ? run(link(list, i.u64())) : Value();
    const Value v = run(link(n, 0));
    if (v.is(Kind::object) && i.is(Kind::string)) return v[i.str()];
    if (!i.is(Kind::integer) || i.i64() < 0 || i.u64() >= v.size()) return {};
    if (v.is(Kind::array)) return v.at(i.u64());
    if (v.is(Kind::string)) return Value::text(v.str().substr(i.u64(), 1));
    return {};
  }

  Value extreme(const Node& n) const {
    Value best = number(link(n, 0));
    for (std::size_t i = 1; i < n.count; ++i) {
      const Value v = number(link(n, i));
      const bool more = v.is(Kind::real) || best.is(Kind::real) ? v.f64() > best.f64() : v.i64() > best.i64();
      const bool same = v.f64() == best.f64();
      if (!same && more == (n.op == Op::maximum)) best = v;
    }
    return best;
  }

  Value run(std::uint32_t id) const {
    const Node& n = ast.nodes[id];
    switch (n.op) {
      case Op::literal: return ast.constant(n);
      case Op::name: return look(ast.string(n));
      case Op::list: fail(id, " cannot be a value of its own, only stand behind 'in', before '[' or in len()");
      case Op::fuse: {
        Value sum = number(link(n, 0));
        for (std::size_t i = 1; i < n.count; ++i) sum = add(id, sum, number(link(n, i)));
        return sum;
      }
      case Op::choose: return run(link(n, Expression::truth(run(link(n, 1))) ? 0 : 2));
      case Op::either: return Value(Expression::truth(run(link(n, 0))) || Expression::truth(run(link(n, 1))));
      case Op::both: return Value(Expression::truth(run(link(n, 0))) && Expression::truth(run(link(n, 1))));
      case Op::negate: return Value(!Expression::truth(run(link(n, 0))));
      case Op::equal: return Value(Expression::equal(run(link(n, 0)), run(link(n, 1))));
      case Op::differ: return Value(!Expression::equal(run(link(n, 0)), run(link(n, 1))));
      case Op::within: return Value(within(n));
      case Op::otherwise: {
        const Value a = run(link(n, 0));
        return a.is(Kind::null) ? run(link(n, 1)) : a;
      }
      case Op::minus: {
        const Value a = number(link(n, 0));
        if (a.is(Kind::real)) return Value(-a.f64());
        if (a.i64() == std::numeric_limits<std::int64_t>::min()) fail(id, " is more than 64 bits");
        return Value(-a.i64());
      }
      case Op::index: return index(n);
      case Op::length: {
        if (ast.child(n, 0).op == Op::list) return Value(static_cast<std::int64_t>(ast.child(n, 0).count));
        const Value v = run(link(n, 0));
        return v.is(Kind::array) || v.is(Kind::string) || v.is(Kind::object) ? Value(static_cast<std::int64_t>(v.size())) : Value();
      }
      case Op::maximum:
      case Op::minimum: return extreme(n);
      default: return arithmetic(id, n);
    }
  }
};

}  // namespace

bool Expression::truth(const Value& v) {
  switch (v.kind()) {
    case Kind::null: return false;
    case Kind::boolean: return v.boolean();
    case Kind::integer: return v.i64() != 0;
    case Kind::natural: return true;
    case Kind::real: return v.f64() != 0;
    default: return v.size() != 0;
  }
}

bool Expression::equal(const Value& a, const Value& b) {
  if (a.is(Kind::integer) && b.is(Kind::integer)) return a.i64() == b.i64();
  if (a.is_number() && b.is_number()) return a.f64() == b.f64();
  if (a.kind() != b.kind()) return false;
  switch (a.kind()) {
    case Kind::null: return true;
    case Kind::boolean: return a.boolean() == b.boolean();
    case Kind::string: return a.str() == b.str();
    case Kind::array: {
      if (a.size() != b.size()) return false;
      for (std::size_t i = 0; i < a.size(); ++i)
        if (!equal(a.at(i), b.at(i))) return false;
      return true;
    }
    default: return false;  // tables are not compared
  }
}

Value Expression::Ast::evaluate(std::uint32_t root, const Lookup& lookup) const { return Evaluator{*this, lookup}.run(root); }

Value Expression::evaluate(const Lookup& lookup) const { return ast_ ? ast_->evaluate(root_, lookup) : Value(); }

std::uint64_t Expression::size(const Lookup& lookup) const {
  Value v = evaluate(lookup);
  if (v.is(Kind::real) && v.f64() == std::floor(v.f64()) && std::fabs(v.f64()) <= kExact) v = Value(static_cast<std::int64_t>(v.f64()));
  if (!v.is(Kind::integer) || v.i64() < 0) throw Error(show() + " is " + describe(v) + (v.is(Kind::null) ? "" : ", not a size"));
  return v.u64();
}

}  // namespace modelsig::families
