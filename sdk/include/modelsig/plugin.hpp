// modelsig/plugin.hpp - write a plugin in C++20: a class a role, one macro at the end. Header-only.
//
//     struct Shapes {
//       Shapes(ms::Node options) : limit_(options["limit"].i64()) {}
//       void run(ms::Call& call, ms::Model model, ms::Node so_far, ms::Writer& out) { ... }
//       std::int64_t limit_;
//     };
//     MODELSIG_PLUGIN("org.example.shapes", "1.0.0", "Apache-2.0", ms::layer<Shapes>("layer.shapes"))
//
// What a role's class has (all may throw ms::Error; nothing crosses the border):
//   constructor  T(ms::Node options), or T(ms::Call&, ms::Node options); options are checked and complete
//   store        std::unique_ptr<Repo> open(Call&, string_view uri), and in Repo: list(Call&, Writer&),
//                read(Call&, span<ms_range>), describe(Call&, Writer&)
//   format       int probe(Call&, Repo), void parse(Call&, Repo, Model)
//   layer        void run(Call&, Model, Node so_far, Writer&)
//   comparator   std::unique_ptr<Handle> prepare(Call&, Node fingerprint),
//                void compare(Call&, const Handle& a, const Handle& b, Node so_far, Writer&)
//   advisor      void advise(Call&, Node report, Writer&)
//   formatter    void format(Call&, Node report, ms::Sink&)
// Instances are used from several threads at once: keep the functions const in effect.
#pragma once
#include <iterator>
#include <memory>

#include "detail/trampolines.hpp"
#include "model.hpp"

namespace ms {

template <class T> constexpr ms_role store(const char* name) { return detail::role<T>(MS_STORE, name, &detail::store_table<T>); }
template <class T> constexpr ms_role format(const char* name) { return detail::role<T>(MS_FORMAT, name, &detail::format_table<T>); }
template <class T> constexpr ms_role layer(const char* name) { return detail::role<T>(MS_LAYER, name, &detail::layer_table<T>); }
template <class T> constexpr ms_role comparator(const char* name) { return detail::role<T>(MS_COMPARATOR, name, &detail::comparator_table<T>); }
template <class T> constexpr ms_role advisor(const char* name) { return detail::role<T>(MS_ADVISOR, name, &detail::advisor_table<T>); }
template <class T> constexpr ms_role formatter(const char* name) { return detail::role<T>(MS_FORMATTER, name, &detail::formatter_table<T>); }

}  // namespace ms

#define MODELSIG_PLUGIN(ID, VERSION, LICENSE, ...)                                                           \
  namespace { constexpr ms_role modelsig_roles[] = {__VA_ARGS__}; }                                          \
  extern "C" MS_EXPORT const ms_plugin modelsig_plugin_v1 = {                                                \
      MS_MAGIC, sizeof(ms_plugin), MS_ABI_MAJOR, MS_ABI_MINOR, MS_PLUGIN_THREAD_SAFE,                        \
      static_cast<std::uint32_t>(std::size(modelsig_roles)), ID, VERSION, LICENSE, modelsig_roles,           \
      sizeof(ms_role), 0};
