// One step of one run, seen from both sides of the border: what ms_call stands for. It holds the text of
// the step's failure, knows whose problems it adds to, and asks the session whether it is still wanted.
#pragma once
#include <modelsig/abi.h>

#include <exception>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>

#include "core/host/knowledge.hpp"
#include "core/host/session.hpp"
#include "core/value/value.hpp"

namespace modelsig {

class Writer;

class Call {
 public:
  Call(Session& session, std::string step, Problems* problems = nullptr, const Knowledge& known = {})
      : session_(session), step_(std::move(step)), problems_(problems), known_(known) {}

  ms_call* raw() { return reinterpret_cast<ms_call*>(this); }
  static Call& of(ms_call* call) { return *reinterpret_cast<Call*>(call); }

  Session& session() { return session_; }
  const std::string& step() const { return step_; }
  const Knowledge& known() const { return known_; }
  Problems* problems() { return problems_; }

  ms_status fail(ms_status status, std::string_view text);  // the first text wins
  // Calls into the plugin. An exception that comes straight through its C table is a failure like any other.
  template <class Body>
  ms_status enter(Body body) noexcept {
    try {
      return body();
    } catch (const std::exception& error) {
      return fail(MS_INTERNAL, step_ + " let an exception escape through its C table: " + error.what());
    } catch (...) {
      return fail(MS_INTERNAL, step_ + " let something escape through its C table that is not a std::exception");
    }
  }
  // Throws Error if status is not OK: the plugin's own sentence, or one that says it gave none.
  void require(ms_status status);
  void require(ms_status status, const Writer& emitted);  // what was wrong with the document explains it too
  std::string failure() const;
  std::string_view failure_view() const { return text_; }  // once set, it never changes

  // The result of the last evaluate(), for as long as no other is asked for.
  const Value* hold(std::unique_ptr<Document> document);

  // why single ranges failed (ms_range has no room for text)
  void range_failed(const ms_range* range, std::string_view text);
  std::string_view range_error(const ms_range* range) const;

 private:
  Session& session_;
  std::string step_;
  Problems* problems_;
  Knowledge known_;
  mutable std::mutex lock_;
  std::string text_;
  std::unordered_map<const ms_range*, std::string> range_errors_;
  std::unique_ptr<Document> held_;
};

}  // namespace modelsig
