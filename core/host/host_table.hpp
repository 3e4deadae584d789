// The services that plugins see: one table per process, over the kernel's own classes.
#pragma once
#include <modelsig/abi.h>

#include "core/host/writer.hpp"

namespace modelsig {

const ms_host* host_table();

inline const ms_node* node(const Value* value) { return reinterpret_cast<const ms_node*>(value); }
inline const ms_node* node(const Value& value) { return node(&value); }
inline std::string_view view(ms_str s) { return {s.data ? s.data : "", s.size}; }
inline ms_str str(std::string_view s) { return {s.data(), s.size()}; }

}  // namespace modelsig
