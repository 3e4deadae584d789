// Any bytes as a family's lines and files: the first byte says what is read. Good seeds are configs/rules/families/*.toml.
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>

#include "core/families/expression.hpp"
#include "core/families/family.hpp"
#include "core/families/family_model.hpp"
#include "core/families/lexer.hpp"
#include "core/families/module_line.hpp"
#include "core/value/builder.hpp"
#include "core/value/error.hpp"

using namespace modelsig;
using namespace modelsig::families;

namespace {

// kinds and roles that most lines need; the file under test brings the rest
const std::shared_ptr<const Vocabulary>& words() {
  static const auto shared = [] {
    auto out = std::make_shared<Vocabulary>();
    out->roles.read(*TomlFile::parse("unsaid = 'weight'\n[roles]\nattn = ['q', 'k', 'norm']\nhead = ['lm']\nembed = ['tokens']\n", "roles"));
    out->kinds.read(*TomlFile::parse("[inputs]\nbatch = 1\nseq = 8\n[kind.linear]\nargs = 'from -> to, bias = false'\n"
                                     "tensors = { weight = '[to, from]', bias = '[to] when bias' }\ninput = '[rows, from]'\noutput = '[rows, to]'\n", "kinds"));
    out->schemes = std::make_shared<QuantTable>();
    return std::shared_ptr<const Vocabulary>(std::move(out));
  }();
  return shared;
}

void config(Document& document) {
  Builder b(document);
  b.begin('{');
  for (const char* key : {"hidden_size", "num_hidden_layers", "vocab_size", "num_attention_heads", "intermediate_size"}) b.member(key, 3);
  b.end();
  document.set_root(b.finish());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (!size) return 0;
  const std::string_view text(reinterpret_cast<const char*>(data + 1), size - 1);
  try {
    if (data[0] % 3 == 0) {
      const Expression e = Expression::parse(text);
      (void)Expression::parse(e.show());  // what is shown can be read again
      (void)e.evaluate([](std::string_view n) { return n.size() % 2 ? Value(static_cast<std::int64_t>(n.size())) : Value(); });
    } else if (data[0] % 3 == 1) {
      (void)ModuleLine::parse(text);
    } else {
      const auto file = TomlFile::parse(text, "f.toml");
      const auto family = Family::compile(FamilyFile::load("f", [&](std::string_view) { return file; }), words(),
                                          [](std::string_view) -> std::shared_ptr<const Family> { throw Error("no other family", MS_NOT_FOUND); });
      Document document;
      config(document);
      const FamilyModel model = FamilyModel::apply(family, document.root());
      std::size_t n = 0;
      model.tensors([&](const FamilyTensor& t) {
        if (++n > 1000) throw Error("enough");
        (void)model.match(t.name);
      });
    }
  } catch (const SyntaxError&) {
  } catch (const Error&) {
  }
  return 0;
}
