// The C tables behind the role templates of plugin.hpp: every function catches everything.
#pragma once
#include <memory>
#include <span>
#include <string_view>
#include <utility>

#include "../model.hpp"

namespace ms {

// Where a formatter's bytes go.
class Sink {
 public:
  explicit Sink(ms_sink sink) : sink_(sink) {}
  void write(std::string_view text) const {
    check(sink_.write(sink_.ctx, reinterpret_cast<const std::uint8_t*>(text.data()), text.size()));
  }
 private:
  ms_sink sink_;
};

namespace detail {

template <class T>
struct Box {  // what create() hands out: the instance, and the host it speaks to
  const ms_host* host;
  T self;
};

template <class Body>
ms_status guard(const ms_host* host, ms_call* call, Body body) noexcept {
  try {
    body();
    return MS_OK;
  } catch (const Told& told) {
    return told.status;
  } catch (const Error& error) {
    return host->fail(call, error.status(), str(error.what()));
  } catch (const std::bad_alloc&) {
    return host->fail(call, MS_LIMIT, str("out of memory"));
  } catch (const std::exception& error) {
    return host->fail(call, MS_INTERNAL, str(error.what()));
  } catch (...) {
    return host->fail(call, MS_INTERNAL, str("threw something that is not a std::exception"));
  }
}

template <class T>
ms_status create(const ms_host* host, ms_call* call, const ms_node* options, void** self) noexcept {
  return guard(host, call, [&] {
    if constexpr (std::is_constructible_v<T, Call&, Node>) {
      Call c(host, call);
      *self = new Box<T>{host, T(c, Node(host, options))};
    } else {
      *self = new Box<T>{host, T(Node(host, options))};
    }
  });
}
template <class T>
void destroy(void* self) noexcept { delete static_cast<Box<T>*>(self); }

template <class T>
constexpr ms_role role(std::int32_t kind, const char* name, const void* table) {
  return {sizeof(ms_role), kind, name, table, &create<T>, &destroy<T>};
}

template <class T, class Body>
ms_status with(void* self, ms_call* call, Body body) noexcept {
  auto* box = static_cast<Box<T>*>(self);
  return guard(box->host, call, [&] {
    Call c(box->host, call);
    body(*box, c);
  });
}

template <class T> using RepoOf = typename decltype(std::declval<T&>().open(std::declval<Call&>(), std::string_view{}))::element_type;
template <class T> using HandleOf = typename decltype(std::declval<T&>().prepare(std::declval<Call&>(), Node{}))::element_type;

template <class T>
inline constexpr ms_store store_table = {
    sizeof(ms_store), 0,
    [](void* self, ms_call* call, ms_str uri, void** repo) noexcept {
      return with<T>(self, call, [&](Box<T>& box, Call& c) { *repo = box.self.open(c, view(uri)).release(); });
    },
    [](void* self, ms_call* call, void* repo, ms_writer* files) noexcept {
      return with<T>(self, call, [&](Box<T>& box, Call& c) { Writer w(box.host, files); static_cast<RepoOf<T>*>(repo)->list(c, w); });
    },
    [](void* self, ms_call* call, void* repo, ms_range* ranges, size_t count) noexcept {
      return with<T>(self, call, [&](Box<T>&, Call& c) { static_cast<RepoOf<T>*>(repo)->read(c, std::span<ms_range>(ranges, count)); });
    },
    [](void* self, ms_call* call, void* repo, ms_writer* provenance) noexcept {
      return with<T>(self, call, [&](Box<T>& box, Call& c) { Writer w(box.host, provenance); static_cast<RepoOf<T>*>(repo)->describe(c, w); });
    },
    [](void*, void* repo) noexcept { delete static_cast<RepoOf<T>*>(repo); }};

template <class T>
inline constexpr ms_format format_table = {
    sizeof(ms_format), 0,
    [](void* self, ms_call* call, ms_repo* repo, std::int32_t* score) noexcept {
      return with<T>(self, call, [&](Box<T>& box, Call& c) { *score = box.self.probe(c, Repo(box.host, repo)); });
    },
    [](void* self, ms_call* call, ms_repo* repo, ms_model* out) noexcept {
      return with<T>(self, call, [&](Box<T>& box, Call& c) { box.self.parse(c, Repo(box.host, repo), Model(box.host, out)); });
    }};

template <class T>
inline constexpr ms_layer layer_table = {
    sizeof(ms_layer), 0, [](void* self, ms_call* call, ms_model* model, const ms_node* so_far, ms_writer* section) noexcept {
      return with<T>(self, call, [&](Box<T>& box, Call& c) {
        Writer w(box.host, section);
        box.self.run(c, Model(box.host, model), Node(box.host, so_far), w);
      });
    }};

template <class T>
inline constexpr ms_comparator comparator_table = {
    sizeof(ms_comparator), 0,
    [](void* self, ms_call* call, const ms_node* fingerprint, void** handle) noexcept {
      return with<T>(self, call, [&](Box<T>& box, Call& c) { *handle = box.self.prepare(c, Node(box.host, fingerprint)).release(); });
    },
    [](void* self, ms_call* call, void* a, void* b, const ms_node* so_far, ms_writer* section) noexcept {
      return with<T>(self, call, [&](Box<T>& box, Call& c) {
        Writer w(box.host, section);
        box.self.compare(c, *static_cast<const HandleOf<T>*>(a), *static_cast<const HandleOf<T>*>(b), Node(box.host, so_far), w);
      });
    },
    [](void*, void* handle) noexcept { delete static_cast<HandleOf<T>*>(handle); }};

template <class T>
inline constexpr ms_advisor advisor_table = {
    sizeof(ms_advisor), 0, [](void* self, ms_call* call, const ms_node* report, ms_writer* members) noexcept {
      return with<T>(self, call, [&](Box<T>& box, Call& c) { Writer w(box.host, members); box.self.advise(c, Node(box.host, report), w); });
    }};

template <class T>
inline constexpr ms_formatter formatter_table = {
    sizeof(ms_formatter), 0, [](void* self, ms_call* call, const ms_node* report, ms_sink sink) noexcept {
      return with<T>(self, call, [&](Box<T>& box, Call& c) { Sink s(sink); box.self.format(c, Node(box.host, report), s); });
    }};

}  // namespace detail
}  // namespace ms
