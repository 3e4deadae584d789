// Any bytes as a GGUF file, as the first or the second of a split set. The first byte chooses: bits 0-1 the place, bit 2 whether
// the size is known, bit 3 small windows.
#include <modelsig/testing/loaded_plugin.hpp>

#include <cstdlib>

using namespace ms::testing;

namespace {

constexpr std::string_view SMALL("GGUF\x03\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0", 24);

Value rules(std::vector<Value::Members> all) {
  std::vector<Value> out;
  for (auto& one : all) out.push_back(Value::object(std::move(one)));
  return Value::list(std::move(out));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const unsigned place = data[0] & 3;
  const std::string bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
  FakeHost host;
  host.threads = 1;
  host.add_file(place == 0 ? "m.gguf" : "m-00001-of-00002.gguf", place == 2 ? std::string(SMALL) : bytes).size_known = data[0] & 4;
  if (place != 0) host.add_file("m-00002-of-00002.gguf", place == 2 ? bytes : std::string(SMALL)).size_known = data[0] & 4;
  host.rules["ggml_type"] = rules({{{"id", "F32"}, {"number", 0}, {"block", 1}, {"bytes", 4}}, {{"id", "Q4_K"}, {"number", 12}, {"block", 256}, {"bytes", 144}}});
  host.rules["gguf_field"] = rules({{{"id", "a"}, {"field", "a"}, {"value", "{embedding_length}"}},
                                    {{"id", "b"}, {"field", "b"}, {"value", "{max:attention.head_count_kv} + {first:attention.head_count_kv}"}},
                                    {{"id", "c"}, {"field", "c"}, {"value", "{len:tokenizer.ggml.tokens}"}},
                                    {{"id", "d"}, {"field", "d"}, {"value", "{item} > 0"}, {"each", "attention.head_count_kv"}},
                                    {{"id", "e"}, {"field", "e"}, {"value", "{rows:token_embd.weight} if {tensor:output.weight} else {general.name}"}}});
  const Value known = Value::object({{"id", "any"}, {"model_type", "any"}});
  host.match = [&](std::string_view table, std::string_view) { return table == "gguf_architecture" ? &known : nullptr; };
  host.evaluate = [](std::string_view text, const auto&) { return Value(std::string(text)); };
  Instance<ms_format> format(host, modelsig_plugin_v1.roles[0], Value::object({{"first_window", data[0] & 8 ? 64 : 4096}}));
  const ms_status status = format->parse(format.self(), host.call(), host.repo(), host.model());
  if (status != MS_OK && host.failure.empty()) std::abort();  // no sentence
  if (status == MS_OK) {
    host.close_parts();
    if (!host.failure.empty()) std::abort();                  // a part that is not complete
  }
  std::uint64_t read = 0;
  for (const auto& r : host.reads) read += r.size;
  if (read > 4 * (size + 2 * 4096)) std::abort();              // more was asked for than is there: a size was believed
  return 0;
}
