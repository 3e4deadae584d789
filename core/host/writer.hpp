// What stands behind ms_writer: a Builder whose first error sticks, so a plugin may look only at the end.
#pragma once
#include <modelsig/abi.h>

#include <string>

#include "core/value/builder.hpp"
#include "core/value/error.hpp"

namespace modelsig {

class Writer {
 public:
  // a section of a report: what a plugin writes beside it is refused
  Writer(Document& document, bool non_finite) : Writer(document, Builder::Duplicates::refuse, non_finite ? Builder::NonFinite::keep : Builder::NonFinite::refuse) {}
  explicit Writer(Document& document, Builder::Duplicates duplicates = Builder::Duplicates::refuse,
                  Builder::NonFinite non_finite = Builder::NonFinite::refuse)
      : builder_(document, duplicates, non_finite) {}

  ms_writer* raw() { return reinterpret_cast<ms_writer*>(this); }
  static Writer& of(ms_writer* writer) { return *reinterpret_cast<Writer*>(writer); }

  template <class Step>
  ms_status run(Step step) noexcept {
    if (status_ != MS_OK) return status_;
    try {
      step(builder_);
    } catch (const Error& error) {
      status_ = error.status(), text_ = error.what();
    } catch (...) {
      status_ = MS_LIMIT, text_ = "out of memory";
    }
    return status_;
  }

  const std::string& error() const { return text_; }  // "": none so far
  bool untouched() const { return status_ == MS_OK && builder_.empty(); }
  // Throws Error "<who> emitted no valid document: ..."; an untouched writer too.
  Value finish(const std::string& who) {
    std::string text = text_;
    if (status_ == MS_OK) {
      try { return builder_.finish(); } catch (const Error& error) { text = error.what(); }
    }
    throw Error(who + " emitted no valid document: " + text, MS_INTERNAL);
  }

 private:
  Builder builder_;
  ms_status status_ = MS_OK;
  std::string text_;
};

}  // namespace modelsig
