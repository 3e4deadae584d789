#include "rebuild.hpp"

#include "failure.hpp"

namespace pytorch {
namespace {

constexpr std::size_t MAX_RANK = 64;

class Arguments {
 public:
  Arguments(const Pool& pool, Id tuple, std::string_view function, std::size_t least) : pool_(pool), items_(pool.items_of(tuple)), function_(function) {
    if (items_.size() < least) fail("has " + std::to_string(items_.size()) + " arguments, expected " + std::to_string(least));
  }
  Id id(std::size_t i) const { return items_[i]; }
  std::uint64_t size(std::size_t i) const { return whole(items_[i]); }
  Id sizes(std::size_t i) const {  // tuples only: a list could change behind this check
    const Value& list = of(i, Kind::TUPLE, "tuple of sizes");
    if (pool_.items[list.index].size() > MAX_RANK) fail("has more than 64 axes");
    for (const Id axis : pool_.items[list.index]) whole(axis);
    return items_[i];
  }
  const Value& of(std::size_t i, Kind kind, const char* what) const {
    const Value& v = pool_[items_[i]];
    if (v.kind != kind) fail("has no " + std::string(what) + " as argument " + std::to_string(i + 1));
    return v;
  }
  std::size_t count() const { return items_.size(); }

 private:
  std::uint64_t whole(Id id) const {
    const Value& v = pool_[id];
    if (v.kind != Kind::INTEGER || v.integer < 0) fail("has a size that is no whole number from 0 on");
    return static_cast<std::uint64_t>(v.integer);
  }
  [[noreturn]] void fail(const std::string& why) const { throw Failure(std::string(function_) + " " + why); }

  const Pool& pool_;
  const std::vector<Id>& items_;
  std::string_view function_;
};

Id add(Pool& pool, const Tensor& tensor) {
  const std::size_t axes = pool.items_of(tensor.shape).size();
  if (tensor.has_stride && pool.items_of(tensor.stride).size() != axes)
    throw Failure("a tensor has " + std::to_string(axes) + " axes and " + std::to_string(pool.items_of(tensor.stride).size()) + " strides");
  pool.tensors.push_back(tensor);
  return pool.add({Kind::TENSOR, static_cast<std::uint32_t>(pool.tensors.size() - 1), 0, {}});
}

// The text of a dtype is the global's name.
struct Dtype { std::string_view name; std::uint32_t bits; };
Dtype dtype_of(const Value& global) {
  const auto what = allowed(global.text);
  if (!what || what->what != Callable::DTYPE) throw Failure("a tensor's dtype is '" + std::string(global.text) + "'");
  return {what->dtype, what->bits};
}

Id tensor(Pool& pool, const Value& function, Callable what, Id arguments) {
  constexpr std::size_t V3_DTYPE = 6;
  const Arguments args(pool, arguments, function.text, what == Callable::TENSOR_V3 ? V3_DTYPE + 1 : 4);
  const Storage& storage = pool.storages[args.of(0, Kind::STORAGE, "storage").index];
  Tensor out{pool[args.id(0)].index, storage.dtype, storage.bits, args.size(1), args.sizes(2), args.sizes(3), true};
  if (what == Callable::TENSOR_V3) {
    const Dtype dtype = dtype_of(args.of(V3_DTYPE, Kind::GLOBAL, "dtype"));
    out.dtype = dtype.name, out.bits = dtype.bits;
  }
  return add(pool, out);
}

Id meta_tensor(Pool& pool, const Value& function, Id arguments) {
  const Arguments args(pool, arguments, function.text, 3);
  const Dtype dtype = dtype_of(args.of(0, Kind::GLOBAL, "dtype"));
  return add(pool, {Tensor::NO_STORAGE, dtype.name, dtype.bits, 0, args.sizes(1), args.sizes(2), true});
}

// (layout, (indices, values, size ...)): the logical shape; how much is stored is the storages' business
Id sparse_tensor(Pool& pool, const Value& function, Id arguments) {
  const Arguments args(pool, arguments, function.text, 2);
  args.of(1, Kind::TUPLE, "tuple");
  const Arguments parts(pool, args.id(1), function.text, 3);
  const Tensor& values = pool.tensors[parts.of(1, Kind::TENSOR, "tensor of values").index];
  return add(pool, {Tensor::NO_STORAGE, values.dtype, 0, 0, parts.sizes(2), 0, false});
}

// (function, type, arguments, state): a tensor of a class of its own
Id from_type(Pool& pool, const Value& function, Id arguments) {
  const Arguments args(pool, arguments, function.text, 3);
  const Value& inner = args.of(0, Kind::GLOBAL, "function");
  args.of(2, Kind::TUPLE, "tuple");
  const auto what = allowed(inner.text);
  if (!what || what->what == Callable::FROM_TYPE) throw Failure(std::string(function.text) + " wants to call '" + std::string(inner.text) + "'");
  return rebuild(pool, inner, *what, args.id(2));
}

}  // namespace

Id rebuild(Pool& pool, const Value& function, const Allowed& what, Id arguments) {
  switch (what.what) {
    case Callable::TENSOR: case Callable::TENSOR_V3: case Callable::QUANTISED_TENSOR: return tensor(pool, function, what.what, arguments);
    case Callable::META_TENSOR: return meta_tensor(pool, function, arguments);
    case Callable::SPARSE_TENSOR: return sparse_tensor(pool, function, arguments);
    case Callable::PARAMETER: return Arguments(pool, arguments, function.text, 1).id(0);
    case Callable::FROM_TYPE: return from_type(pool, function, arguments);
    case Callable::DICT: return pool.add_items(Kind::DICT, {});
    case Callable::SET: return pool.add_items(Kind::SET, {});
    case Callable::TUPLE: {
      const Arguments args(pool, arguments, function.text, 1);
      args.of(0, Kind::TUPLE, "tuple");
      return args.id(0);
    }
    case Callable::BYTES: case Callable::OPAQUE: return pool.add({Kind::OPAQUE, 0, 0, {}});
    case Callable::STORAGE_CLASS: case Callable::DTYPE: case Callable::CONSTANT: break;
  }
  throw Failure("'" + std::string(function.text) + "' is called, it is no function of a tensor file");
}

Id persistent(Pool& pool, Id id, const std::vector<Allowed>& globals) {
  if (pool[id].kind != Kind::TUPLE) throw Failure("a persistent id is no tuple");
  const Arguments args(pool, id, "a persistent id", 5);
  if (const Value& tag = args.of(0, Kind::TEXT, "tag"); tag.text != "storage")
    throw Failure("holds the " + std::string(tag.text == "module" ? "code of a whole model" : "persistent id '" + std::string(tag.text) + "'") +
                  ", expected storages: save its state_dict() instead");
  const Value& type = args.of(1, Kind::GLOBAL, "storage class");
  const Allowed& what = globals[type.index];
  if (what.what != Callable::STORAGE_CLASS) throw Failure("'" + std::string(type.text) + "' is no storage class");
  Storage storage{what.dtype, args.of(2, Kind::TEXT, "key").text, args.size(4), 0, what.bits};
  if (args.count() > 5 && pool[args.id(5)].kind == Kind::TUPLE) {  // legacy: (key, offset, elements) of a view into it
    const Arguments view(pool, args.id(5), "a storage's view", 3);
    storage.view_offset = view.size(1);
  }
  pool.storages.push_back(storage);
  return pool.add({Kind::STORAGE, static_cast<std::uint32_t>(pool.storages.size() - 1), 0, {}});
}

}  // namespace pytorch
