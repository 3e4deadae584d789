#include "tools/modelsig/plugin_check.hpp"

#include <fmt/format.h>

#include <stdlib.h>

#include <filesystem>
#include <limits>
#include <variant>

#include "core/host/elf_symbols.hpp"
#include "core/host/mapped_file.hpp"
#include "core/host/options.hpp"
#include "core/value/error.hpp"
#include "tools/modelsig/contained.hpp"
#include "tools/modelsig/role_run.hpp"

namespace modelsig::cli {

namespace {

using Json = ms::testing::Value;

Json json(const Value& v) {
  switch (v.kind()) {
    case Kind::boolean: return Json(v.boolean());
    case Kind::integer: return Json(v.i64());
    case Kind::natural: return Json(v.u64());
    case Kind::real: return Json(v.f64());
    case Kind::string: return Json(v.str());
    case Kind::array: {
      Json out = Json::list();
      for (const Value& item : v.items()) out.items.push_back(json(item));
      return out;
    }
    case Kind::object: {
      Json out = Json::object();
      for (const Member& m : v.members()) out.members.emplace_back(m.key, json(m.value));
      return out;
    }
    default: return {};
  }
}

Json defaults(const RoleManifest& role) {
  Json out = Json::object();
  for (const OptionManifest& o : role.options)
    if (o.initial) out.members.emplace_back(o.name, json(*o.initial));
  if (role.find("offline") && role.find("offline")->type == OptionType::boolean) {  // a check is no reason to go on the network
    for (auto& [name, value] : out.members)
      if (name == "offline") value = Json(true);
    if (!out.find("offline")) out.members.emplace_back("offline", Json(true));
  }
  return out;
}
Json with(Json options, const std::string& name, Json value) {
  for (auto& [key, old] : options.members)
    if (key == name) return old = std::move(value), options;
  options.members.emplace_back(name, std::move(value));
  return options;
}

// Values that the kernel lets through, at the edge of what it lets through.
std::vector<Json> at_limits(const OptionManifest& o) {
  std::vector<Json> out;
  for (const Value* limit : {o.min, o.max})
    if (limit) out.push_back(json(*limit));
  switch (o.type) {
    case OptionType::boolean: return {Json(false), Json(true)};
    case OptionType::integer:
      if (!o.min) out.emplace_back(std::numeric_limits<std::int64_t>::min());
      if (!o.max) out.emplace_back(std::numeric_limits<std::int64_t>::max());
      return out;
    case OptionType::number:
      if (!o.min) out.emplace_back(-1e308);
      if (!o.max) out.emplace_back(1e308);
      return out;
    case OptionType::string:
      for (const auto& choice : o.choices) out.emplace_back(choice);
      if (o.choices.empty()) out = {Json(""), Json(std::string(5000, 'x')), Json("\xc3\xa9 \n")};
      return out;
    case OptionType::list:
      out.push_back(Json::list());
      if (!o.choices.empty()) out.push_back(Json::list({Json(o.choices.front())}));
      return out;
  }
  return out;
}
// Values that the kernel refuses before a plugin sees them; a plugin that does see them may fail, not fall.
std::vector<Json> beyond_limits() {
  return {Json(), Json(-1), Json(std::numeric_limits<std::int64_t>::min()), Json(std::numeric_limits<std::uint64_t>::max()), Json(std::nan("")), Json("\xff\xfe"), Json::list({Json::list()}), Json::object()};
}

std::vector<RoleInput> damaged(const RoleManifest& role) {
  std::vector<RoleInput> out;
  for (const auto& suffix : role.suffixes)
    for (const std::string& bytes : {std::string(), std::string("x"), std::string(4096, '\0'), std::string(300, '\xff'), std::string("{}"), std::string("PK\x03\x04 cut"),
                                     std::string("\x08\0\0\0\0\0\0\0{\"a\":[", 14), std::string("GGUF\x03\0\0\0\xff\xff\xff\xff\xff\xff\xff\x7f", 16), std::string("<xml>")})
      out.push_back({{{suffix.starts_with('.') ? "model" + suffix : suffix, bytes}}, {}, 0, false, false, 1, {}});
  for (const auto& scheme : role.schemes)
    for (const char* rest : {":", "://", ":/no/such/folder", "://127.0.0.1:9/nothing/here", ":\xff\n"}) out.push_back({{}, {}, 0, false, false, 1, scheme + rest});
  return out;
}

// The same library in another folder: to the loader another library, with constructors and statics of its own.
class Copy {
 public:
  explicit Copy(const std::filesystem::path& file) {
    std::string folder = (std::filesystem::temp_directory_path() / "modelsig-check-XXXXXX").string();
    if (!mkdtemp(folder.data())) throw Error("no folder for a copy of a plugin in " + std::filesystem::temp_directory_path().string());
    path_ = std::filesystem::path(folder) / file.filename();
    std::filesystem::copy_file(file, path_);
  }
  ~Copy() {  // here, not where the copy is loaded: that process may crash
    std::error_code error;
    std::filesystem::remove_all(path_.parent_path(), error);
  }
  Copy(const Copy&) = delete;
  Copy& operator=(const Copy&) = delete;
  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

class Checks {
 public:
  Checks(PluginFile file, bool in_process, unsigned seconds) : file_(std::move(file)), in_process_(in_process), seconds_(seconds) {}

  void file() {
    note("", "exports two symbols and no more", exports());
    run("", "loads", [&](const Plugin&) { return std::string(); });
    const Copy copy(file_.path);
    run("", "loads twice", [&](const Plugin&) {
      return Plugin(std::get<PluginFile>(inspect(copy.path()))).find(file_.manifest.roles.front().name) ? "" : "has not its roles the second time";
    });
    if (results.back().failure.empty())
      for (const RoleManifest& role : file_.manifest.roles) check(role);
  }

  std::vector<CheckResult> results;

 private:
  std::string exports() const {
    const MappedFile bytes(file_.path);
    std::string others;
    for (const ElfSymbol& s : ElfSymbols(bytes.bytes()).exported())
      if (s.name != "modelsig_plugin_v1" && s.name != "modelsig_manifest") others += (others.empty() ? "" : ", ") + std::string(s.name);
    return others.empty() ? "" : "exports besides: " + others + "; link with a version script, as modelsig_add_plugin does";
  }

  void note(const std::string& role, const std::string& test, const std::string& failure) { results.push_back({role, test, failure}); }
  void run(const std::string& role, const std::string& test, const std::function<std::string(const Plugin&)>& body) {
    const Contained c = contained([&] { return body(Plugin(file_)); }, seconds_, in_process_);
    note(role, test, !c.reason.empty() ? c.reason : c.printed.empty() ? "" : "wrote to stdout or stderr: '" + c.printed + "'; use host->log()");
  }

  void check(const RoleManifest& role) {
    const Json options = defaults(role);
    const auto with_role = [&](const std::string& test, const std::function<std::string(const ms_role&)>& body) {
      run(role.name, test, [&](const Plugin& plugin) { return body(*plugin.find(role.name)); });
    };
    const auto every = [](const ms_role& r, const Json& o, const std::vector<RoleInput>& inputs) {
      for (const RoleInput& input : inputs)
        if (const RoleOutput out = run_role(r, o, input); !out.fault.empty()) return out.fault + (input.files.empty() ? "" : " (file " + input.files[0].first + " of " + std::to_string(input.files[0].second.size()) + " bytes)") + (input.uri.empty() ? "" : " (" + input.uri + ")");
      return std::string();
    };
    const std::string uri = role.schemes.empty() ? "nowhere:x" : role.schemes.front() + ":/no/such/folder";
    const RoleInput empty{{}, {}, 0, false, false, 1, uri}, model{{}, {}, 0, true, false, 1, uri};

    with_role("two instances with default options", [&](const ms_role& r) {
      const RoleOutput out = create_role(r, options, 2);
      return !out.fault.empty() ? out.fault : out.status != MS_OK ? "create() fails with its own defaults: " + out.emitted : "";
    });
    with_role("options at their limits", [&](const ms_role& r) {
      for (const OptionManifest& o : role.options)
        for (const Json& value : at_limits(o))
          if (const RoleOutput out = create_role(r, with(options, o.name, value), 1); !out.fault.empty()) return o.name + " = " + value.text() + ": " + out.fault;
      return std::string();
    });
    with_role("options beyond their limits", [&](const ms_role& r) {
      for (const OptionManifest& o : role.options)
        for (const Json& value : beyond_limits())
          if (const RoleOutput out = create_role(r, with(options, o.name, value), 1); !out.fault.empty()) return o.name + " = " + value.text() + ": " + out.fault;
      return std::string();
    });
    with_role("nothing to work on", [&](const ms_role& r) { return every(r, options, {empty}); });
    with_role("something to work on", [&](const ms_role& r) { return every(r, options, {model}); });
    if (role.kind == MS_FORMAT || role.kind == MS_STORE)
      with_role("damaged or missing input", [&](const ms_role& r) { return every(r, options, damaged(role)); });
    if (role.kind == MS_FORMAT)
      for (const auto& [test, intact] : {std::pair("reads that fail", 0u), {"reads that end early", 8u}})
        with_role(test, [&, &intact = intact](const ms_role& r) {
          auto inputs = damaged(role);
          for (RoleInput& input : inputs) input.broken = "connection reset", input.intact = intact;
          return every(r, options, inputs);
        });
    with_role("cancelled at once", [&](const ms_role& r) {
      RoleInput input = model;
      input.cancelled = true;
      return every(r, options, {input});
    });
    if (role.kind == MS_STORE) return;
    with_role("the same answer again, on one thread and on four", [&](const ms_role& r) {
      std::vector<RoleInput> inputs = damaged(role);
      inputs.push_back(model);
      for (RoleInput& input : inputs) {
        const RoleOutput first = run_role(r, options, input), again = run_role(r, options, input);
        input.threads = 4;
        if (first.emitted != again.emitted) return "two runs differ: '" + first.emitted.substr(0, 200) + "' and '" + again.emitted.substr(0, 200) + "'";
        if (first.emitted != run_role(r, options, input).emitted) return std::string("one thread and four differ");
      }
      return std::string();
    });
  }

  const PluginFile file_;
  const bool in_process_;
  const unsigned seconds_;
};

}  // namespace

std::vector<CheckResult> check_plugin(const std::filesystem::path& path, bool in_process, unsigned seconds) {
  auto found = inspect(path);
  constexpr const char* kDescribes = "is a plugin for this ABI, with a sound manifest";
  if (const auto* refusal = std::get_if<Refusal>(&found)) return {{"", kDescribes, refusal->reason}};
  Checks checks(std::get<PluginFile>(std::move(found)), in_process, seconds);
  checks.results.push_back({"", kDescribes, ""});
  checks.file();
  return std::move(checks.results);
}

}  // namespace modelsig::cli
