#include "core/report/report.hpp"

#include <modelsig/abi.h>

#include <cstdlib>
#include <ctime>
#include <map>
#include <utility>

#include "core/host/call.hpp"
#include "core/host/host_table.hpp"
#include "core/report/merge.hpp"
#include "core/rules/rule_set.hpp"

namespace modelsig {

namespace {

std::string without(std::string text, const std::string& part) {
  for (std::size_t at = 0; !part.empty() && (at = text.find(part, at)) != std::string::npos;) text.erase(at, part.size());
  return text;
}

}  // namespace

std::string tool_version() { return MODELSIG_VERSION; }

std::string timestamp() {
  std::time_t now = std::time(nullptr);
  if (const char* fixed = std::getenv("SOURCE_DATE_EPOCH"))
    if (char* end = nullptr; *fixed) {
      const long long seconds = std::strtoll(fixed, &end, 10);
      if (*end == '\0') now = static_cast<std::time_t>(seconds);
    }
  std::tm utc{};
  gmtime_r(&now, &utc);
  char text[32];
  std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &utc);
  return text;
}

namespace {

Value models_object(Document& into, const std::vector<std::unique_ptr<Fingerprint>>& models, const ReportLayout& layout) {
  // equal ids happen only in the original's labelling: the last wins, at the first one's place
  Builder b(into, Builder::Duplicates::last_wins);
  b.begin('{');
  for (const auto& fp : models) {
    std::vector<Member> members;
    for (const Member& m : fp->so_far().members()) members.push_back({m.key, m.key == "components" ? models_object(into, fp->components, layout) : m.value});
    b.key(fp->target().id);
    b.share(make_object(into, KeyOrder(layout.model, layout.only, layout.hide).apply(members)));
  }
  b.end();
  return b.finish();
}

// "reference/operators.toml": what stands behind the last folder that is called rules. Two files of one name stay two.
std::string short_name(const std::filesystem::path& rule_file) {
  std::filesystem::path out = rule_file.filename();
  for (auto folder = rule_file.parent_path(); folder.has_filename(); folder = folder.parent_path()) {
    if (folder.filename() == "rules") return out.string();
    out = folder.filename() / out;
  }
  return rule_file.filename().string();
}

// Which plugins, rules and pipeline made this: enough to see why two reports differ.
Value provenance(Document& into, const Plan& plan, Registry& registry, const RuleSet& rules) {
  Builder b(into);
  b.begin('{');
  b.key("pipeline");
  b.begin('{');
  b.member("name", std::string_view(plan.pipeline().name));
  b.end();
  b.key("rules");
  b.begin('{');
  b.member("digest", std::string_view(rules.digest()));
  b.key("files");
  b.begin('[');
  for (const auto& path : rules.files()) b.put(std::string_view(short_name(path)));
  b.end();
  b.end();
  b.key("plugins");
  b.begin('{');
  std::map<std::string, std::string> used;
  for (const auto& [id, version] : registry.loaded()) used[id] = version;
  for (const auto& [id, version] : used) b.member(id, std::string_view(version));
  b.end();
  b.end();
  return b.finish();
}

// What the engine will be run with: name -> values.
Value said(Document& into, const Value& plan) {
  Builder b(into);
  b.begin('{');
  for (const Value& entry : plan.items()) b.key(entry["id"].str()), b.copy(entry["values"]);
  b.end();
  return b.finish();
}

}  // namespace

Report Report::build(Plan& plan, Session& session, const Knowledge& known, std::vector<std::unique_ptr<Fingerprint>> models, bool compare) {
  Report out;
  out.models_ = std::move(models);
  out.comparison_ = std::make_unique<Comparison>(plan, session, known);
  const Pipeline& pipeline = plan.pipeline();
  Document& doc = *out.document_;

  std::map<std::string, Fingerprint*> last;  // of equal ids only the last is compared
  for (const auto& fp : out.models_) last[fp->target().id] = fp.get();
  std::vector<Fingerprint*> comparable;
  std::map<std::string, bool> taken;
  for (const auto& fp : out.models_) {
    if (!std::exchange(taken[fp->target().id], true) && !last[fp->target().id]->failed()) comparable.push_back(last[fp->target().id]);
  }
  Builder pairs(doc);
  pairs.begin('{');
  if (compare && comparable.size() > 1)
    for (const auto& pair : out.comparison_->run(comparable)) {
      if (pair.section.size() == 0) continue;  // no comparator has anything to say of these two
      pairs.key(comparable[pair.a]->target().id + "|" + comparable[pair.b]->target().id);
      pairs.share(pair.section);
    }
  pairs.end();

  std::vector<Member> top;
  const auto add = [&](std::string_view key, Value value) { top.push_back({key, value}); };
  const auto text = [&](std::string_view s) { return Value::text(doc.keep(s)); };
  add("schema", text(kReportSchema));
  add("tool", text("modelsig"));
  add("version", text(pipeline.report.version.empty() ? tool_version() : pipeline.report.version));
  add("timestamp", text(timestamp()));
  if (known.plan) add("plan", said(doc, *known.plan));
  for (const auto& fp : out.models_) fp->finish();
  add("models", models_object(doc, out.models_, pipeline.report));
  add("coverage_matrix", pairs.finish());
  add("provenance", provenance(doc, plan, plan.registry(), *known.rules));
  out.root_ = make_object(doc, top);

  out.complete_ = !out.comparison_->failed();
  out.advise(plan, session, known);
  for (const auto& fp : out.models_)
    if (fp->incomplete()) out.complete_ = false;

  std::vector<Member> members;
  for (const Member& m : out.root_.members()) members.push_back(m);
  out.root_ = make_object(doc, KeyOrder(pipeline.report.top, pipeline.report.only).apply(members));
  return out;
}

void Report::advise(Plan& plan, Session& session, const Knowledge& known) {
  std::vector<Member> errors;
  for (PlannedStep* step : plan.steps(MS_ADVISOR)) {
    Call call(session, step->name(), nullptr, known);
    try {
      Instance& instance = step->instance(plan.registry(), call);
      Writer writer(*document_, plan.pipeline().report.non_finite);
      {
        const auto lock = instance.lock();
        call.require(call.enter([&] { return instance.advisor().advise(instance.self(), call.raw(), node(root_), writer.raw()); }), writer);
      }
      root_ = merge_objects(*document_, root_, writer.finish(step->name()), step->name());
    } catch (const Error& error) {
      if (error.status() == MS_CANCELLED || plan.pipeline().abort_on_error) throw;
      complete_ = false;
      errors.push_back({document_->keep(step->name()), Value::text(document_->keep(error.what()))});
    }
  }
  if (errors.empty()) return;
  const std::vector<Member> members = {{"errors", make_object(*document_, errors)}};
  root_ = merge_objects(*document_, root_, make_object(*document_, members), "the kernel");
}

void Report::complain(const std::function<void(const std::string&)>& say) const {
  if (!say) return;
  std::vector<std::pair<std::string, Fingerprint*>> named;
  for (const auto& fp : models_) {
    named.emplace_back(fp->target().id, fp.get());
    for (const auto& part : fp->components) named.emplace_back(fp->target().id + "/" + part->target().id, part.get());
  }
  for (const auto& [id, fp] : named) {
    const std::vector<Problem> all = fp->problems().sorted();
    std::map<std::string, std::size_t> alike;  // a gated model says the same of each of its files: one line does
    for (const Problem& p : all)
      if (p.level >= MS_ERROR) ++alike[without(p.text, p.subject)];
    for (const Problem& p : all) {
      if (p.level < MS_ERROR) continue;
      std::size_t& files = alike[without(p.text, p.subject)];
      if (!files) continue;
      const bool known = p.subject.empty() || p.subject == fp->target().argument || p.text.find(p.subject) != std::string::npos;
      const std::string more = files > 1 ? " (and the same of " + std::to_string(files - 1) + (files > 2 ? " more files)" : " more file)") : "";
      say(id + ": " + p.step + ": " + (known ? "" : p.subject + ": ") + p.text + more);
      files = 0;
    }
  }
  if (comparison_->failed()) say("a comparator failed: see \"errors\" in the pairs");
}

void Report::format(Plan& plan, Session& session, const std::string& formatter, const std::function<void(std::string_view)>& write) const {
  PlannedStep& step = plan.formatter(formatter);
  Call call(session, step.name());
  Instance& instance = step.instance(plan.registry(), call);
  struct Output { const std::function<void(std::string_view)>& write; Call& call; char last = '\n'; } output{write, call};
  const ms_sink sink = {&output, [](void* ctx, const std::uint8_t* data, std::size_t size) -> ms_status {
    auto& to = *static_cast<Output*>(ctx);
    if (!size) return MS_OK;
    try {
      to.write({reinterpret_cast<const char*>(data), size});
      to.last = static_cast<char>(data[size - 1]);
      return MS_OK;
    } catch (const std::exception& error) {
      return to.call.fail(MS_UNAVAILABLE, error.what());
    }
  }};
  {
    const auto lock = instance.lock();
    call.require(call.enter([&] { return instance.formatter().format(instance.self(), call.raw(), node(root_), sink); }));
  }
  if (output.last != '\n') write("\n");
}

}  // namespace modelsig
