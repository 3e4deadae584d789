#include <modelsig/kit/json_text.hpp>
#include <modelsig/plugin.hpp>

namespace {

class Json {
 public:
  explicit Json(ms::Node options) : indent_(static_cast<std::size_t>(options["indent"].u64())) {}

  void format(ms::Call& call, ms::Node report, ms::Sink& sink) {
    std::string text;
    const auto flush = [&](std::string& full) {
      if (full.size() < kChunk) return;
      call.check_cancelled();
      sink.write(full);
      full.clear();
    };
    ms::kit::append_json(text, report, flush, indent_);
    text += '\n';
    sink.write(text);
  }

 private:
  static constexpr std::size_t kChunk = 1 << 16;
  std::size_t indent_;
};

}  // namespace

MODELSIG_PLUGIN("org.modelsig.formatters.json", "1.0.0", "Apache-2.0", ms::formatter<Json>("formatter.json"))
