#include "core/pipeline/compare.hpp"

#include <modelsig/abi.h>

#include <algorithm>

#include "core/host/call.hpp"
#include "core/host/host_table.hpp"

namespace modelsig {

Comparison::~Comparison() {
  for (Prepared& p : prepared_)
    for (void* handle : p.handles)
      if (handle) p.instance->comparator().release(p.instance->self(), handle);
}

void Comparison::add(Fingerprint* model) {
  const std::size_t at = sides_.size();
  sides_.push_back({model, {}});
  for (const auto& part : model->components)
    if (part->analysed()) sides_[at].components.push_back(sides_.size()), add(part.get());
}

void Comparison::prepare() {
  for (PlannedStep* step : plan_.steps(MS_COMPARATOR)) {
    Call making(session_, step->name(), nullptr, known_);
    Prepared p{&step->instance(plan_.registry(), making), step, std::vector<void*>(sides_.size()), std::vector<std::string>(sides_.size())};
    session_.parallel(sides_.size(), [&](std::size_t i) {
      Call call(session_, step->name(), &sides_[i].model->problems(), known_);
      try {
        const auto lock = p.instance->lock();
        call.require(call.enter([&] { return p.instance->comparator().prepare(p.instance->self(), call.raw(), node(sides_[i].model->so_far()), &p.handles[i]); }));
      } catch (const Error& error) {
        p.errors[i] = error.what();
      }
    });
    prepared_.push_back(std::move(p));
  }
}

const std::vector<Comparison::Pair>& Comparison::run(const std::vector<Fingerprint*>& models) {
  std::vector<std::size_t> at;
  for (Fingerprint* model : models) at.push_back(sides_.size()), add(model);
  prepare();
  for (std::size_t a = 0; a < models.size(); ++a)
    for (std::size_t b = a + 1; b < models.size(); ++b) pairs_.push_back({a, b, {}});
  const std::size_t chunks = (pairs_.size() + kChunk - 1) / kChunk;
  documents_.resize(chunks);
  std::vector<std::unique_ptr<Error>> errors(chunks);
  session_.parallel(chunks, [&](std::size_t c) {
    documents_[c] = std::make_unique<Document>();
    try {
      for (std::size_t i = c * kChunk; i < std::min(pairs_.size(), (c + 1) * kChunk); ++i) pairs_[i].section = compare(at[pairs_[i].a], at[pairs_[i].b], *documents_[c]);
    } catch (const Error& error) {
      errors[c] = std::make_unique<Error>(error);
    }
  });
  for (const auto& error : errors)
    if (error) throw Error(*error);
  return pairs_;
}

Value Comparison::compare(std::size_t a, std::size_t b, Document& into) {
  if (session_.cancelled()) throw Error("cancelled", MS_CANCELLED);
  std::vector<Member> members, errors, parts;
  for (std::size_t x : sides_[a].components)
    for (std::size_t y : sides_[b].components)
      if (const std::string& id = sides_[x].model->target().id; id == sides_[y].model->target().id) parts.push_back({into.keep(id), compare(x, y, into)});
  if (!parts.empty()) members.push_back({"components", make_object(into, parts)});
  Document scratch;  // holds what only lives during the call: the object so far
  for (Prepared& p : prepared_) {
    Call call(session_, p.step->name(), nullptr, known_);
    try {
      for (std::size_t side : {a, b})
        if (!p.errors[side].empty()) throw Error(p.errors[side]);
      Writer writer(into, plan_.pipeline().report.non_finite);
      const Value so_far = make_object(scratch, members);
      {
        const auto lock = p.instance->lock();
        call.require(call.enter([&] { return p.instance->comparator().compare(p.instance->self(), call.raw(), p.handles[a], p.handles[b], node(so_far), writer.raw()); }), writer);
      }
      const Value section = writer.finish(p.step->name());
      if (!p.step->step().section.empty()) {
        members.push_back({into.keep(p.step->step().section), section});
      } else {
        for (const Member& m : section.members()) {
          const bool taken = std::any_of(members.begin(), members.end(), [&](const Member& o) { return o.key == m.key; });
          if (taken) throw Error(p.step->name() + " emitted '" + std::string(m.key) + "', which the pair already has");
          members.push_back(m);
        }
      }
    } catch (const Error& error) {
      if (error.status() == MS_CANCELLED || plan_.pipeline().abort_on_error) throw;
      failed_ = true;
      errors.push_back({into.keep(p.step->name()), Value::text(into.keep(error.what()))});
    }
  }
  if (!errors.empty()) members.push_back({"errors", make_object(into, errors)});
  return make_object(into, order_.apply(members));
}

}  // namespace modelsig
