#include "matches.hpp"

void Matches::write(ms::Writer& out) const {
  auto object = out.object("role_matches");
  out.member("as_is", as_is);
  {
    auto after = out.object("after");
    out.list("transpose", transpose);
    out.list("split_or_merge", fuse);
    out.list("unpack", unpack);
  }
  out.list("only_in_a", only_in_a);
  out.list("only_in_b", only_in_b);
}

void match_roles(const Part& a, const Part& b, const RoleParts& parts, Matches& out) {
  const auto &x = a.roles, &y = b.roles;
  const auto &in = a.plain_roles, &other = b.plain_roles;
  const std::string prefix = a.name == "model" ? "" : a.name + "/";
  for (const auto& [role, p] : x) {
    const auto it = y.find(role);
    if (it == y.end()) {
      const auto fused = parts.find(role);
      const bool apart = fused != parts.end() && !fused->second.empty() && other.contains(fused->second[0]);
      if (apart) out.fuse.push_back(prefix + role);
      else if (fused != parts.end() || !other.contains(role)) out.only_in_a.push_back(prefix + role);
      continue;
    }
    const RoleShape& q = *it->second;
    bool as_is = true;
    if (p->fused != q.fused) out.fuse.push_back(prefix + role), as_is = false;
    if (p->transposed != q.transposed) out.transpose.push_back(prefix + role), as_is = false;
    if (!p->dtype.empty() && !q.dtype.empty() && p->dtype != q.dtype) out.unpack.push_back(prefix + role), as_is = false;
    out.as_is += as_is;
  }
  for (const auto& [role, q] : y) {
    if (x.contains(role)) continue;
    const auto fused = parts.find(role);
    if (fused != parts.end() && !fused->second.empty() && in.contains(fused->second[0])) out.fuse.push_back(prefix + role);
    else if (fused != parts.end() || !in.contains(role)) out.only_in_b.push_back(prefix + role);
  }
}
