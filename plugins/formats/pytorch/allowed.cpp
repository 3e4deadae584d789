#include "allowed.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace pytorch {
namespace {

constexpr std::pair<std::string_view, Callable> NAMES[] = {
    {"torch._utils._rebuild_tensor", Callable::TENSOR},
    {"torch._utils._rebuild_tensor_v2", Callable::TENSOR},
    {"torch._utils._rebuild_tensor_v3", Callable::TENSOR_V3},
    {"torch._utils._rebuild_meta_tensor_no_storage", Callable::META_TENSOR},
    {"torch._utils._rebuild_qtensor", Callable::QUANTISED_TENSOR},
    {"torch._utils._rebuild_sparse_tensor", Callable::SPARSE_TENSOR},
    {"torch._utils._rebuild_parameter", Callable::PARAMETER},
    {"torch._utils._rebuild_parameter_with_state", Callable::PARAMETER},
    {"torch._tensor._rebuild_from_type_v2", Callable::FROM_TYPE},
    {"collections.OrderedDict", Callable::DICT},
    {"collections.Counter", Callable::DICT},
    {"collections.defaultdict", Callable::DICT},
    {"builtins.dict", Callable::DICT},
    {"__builtin__.dict", Callable::DICT},
    {"builtins.set", Callable::SET},
    {"__builtin__.set", Callable::SET},
    {"builtins.frozenset", Callable::SET},
    {"__builtin__.frozenset", Callable::SET},
    {"torch.Size", Callable::TUPLE},
    {"_codecs.encode", Callable::BYTES},
    {"builtins.bytearray", Callable::BYTES},
    {"__builtin__.bytearray", Callable::BYTES},
    {"torch.device", Callable::OPAQUE},
    {"torch.Tensor", Callable::CONSTANT},
    {"torch.nn.parameter.Parameter", Callable::CONSTANT},
    {"torch.nn.parameter.Buffer", Callable::CONSTANT},
    {"torch.serialization._get_layout", Callable::OPAQUE},
    {"torch.per_tensor_affine", Callable::CONSTANT},
    {"torch.per_channel_affine", Callable::CONSTANT},
    {"torch.per_channel_affine_float_qparams", Callable::CONSTANT},
};

// Storage classes of PyTorch and the dtype of their elements.
constexpr Allowed storage_class(std::string_view dtype, std::uint32_t bits) { return {Callable::STORAGE_CLASS, dtype, bits}; }
constexpr std::pair<std::string_view, Allowed> STORAGES[] = {
    {"BFloat16Storage", storage_class("torch.bfloat16", 16)},       {"BoolStorage", storage_class("torch.bool", 8)},
    {"ByteStorage", storage_class("torch.uint8", 8)},               {"CharStorage", storage_class("torch.int8", 8)},
    {"ComplexDoubleStorage", storage_class("torch.complex128", 128)}, {"ComplexFloatStorage", storage_class("torch.complex64", 64)},
    {"DoubleStorage", storage_class("torch.float64", 64)},          {"FloatStorage", storage_class("torch.float32", 32)},
    {"HalfStorage", storage_class("torch.float16", 16)},            {"IntStorage", storage_class("torch.int32", 32)},
    {"LongStorage", storage_class("torch.int64", 64)},              {"QInt32Storage", storage_class("torch.qint32", 32)},
    {"QInt8Storage", storage_class("torch.qint8", 8)},              {"QUInt2x4Storage", storage_class("torch.quint2x4", 2)},
    {"QUInt4x2Storage", storage_class("torch.quint4x2", 4)},        {"QUInt8Storage", storage_class("torch.quint8", 8)},
    {"ShortStorage", storage_class("torch.int16", 16)},             {"UntypedStorage", storage_class("", 8)},
    {"_UntypedStorage", storage_class("", 8)},                      {"TypedStorage", storage_class("", 8)},
};

// "torch.float8_e4m3fn": a dtype's name says its bits; one that PyTorch will have tomorrow is carried all the same.
constexpr std::string_view DTYPES[] = {"bfloat", "bits", "bool", "complex", "float", "int", "qint", "quint", "uint"};

std::optional<Allowed> dtype(std::string_view full) {
  const std::string_view name = full.substr(full.find('.') + 1);
  const auto stem = std::find_if(std::begin(DTYPES), std::end(DTYPES), [&](std::string_view s) { return name.starts_with(s); });
  const auto part = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_'; };
  if (stem == std::end(DTYPES) || !std::all_of(name.begin(), name.end(), part)) return std::nullopt;
  if (*stem == "bool") return name == "bool" ? std::optional(Allowed{Callable::DTYPE, full, 8}) : std::nullopt;
  std::uint32_t bits = 0;
  std::size_t digits = stem->size();
  for (; digits < name.size() && name[digits] >= '0' && name[digits] <= '9' && bits < 1000; ++digits) bits = bits * 10 + static_cast<std::uint32_t>(name[digits] - '0');
  if (digits == stem->size()) return std::nullopt;
  // float4_e2m1fn_x2, quint4x2: elements share a byte, bits16: no numbers
  if (name.find("_x") != std::string_view::npos || *stem == "quint" || *stem == "bits") bits = 0;
  return Allowed{Callable::DTYPE, full, bits};
}

}  // namespace

std::optional<Allowed> allowed(std::string_view name) {
  for (const auto& [known, what] : NAMES)
    if (known == name) return Allowed{what, {}, 0};
  if (!name.starts_with("torch.")) return std::nullopt;
  std::string_view last = name.substr(6);
  const bool in_module = last.starts_with("storage.") || last.starts_with("cuda.");
  if (in_module) last.remove_prefix(last.find('.') + 1);
  for (const auto& [known, what] : STORAGES)
    if (known == last) return what;
  const auto letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9'); };
  if (last.ends_with("Storage") && std::all_of(last.begin(), last.end(), letter)) return Allowed{Callable::STORAGE_CLASS, name, 0};
  return in_module ? std::nullopt : dtype(name);
}

}  // namespace pytorch
