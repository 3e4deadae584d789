#include "model_reader.hpp"

#include "tensor_reader.hpp"

namespace onnx {

void ModelReader::read(Message m) {
  bool seen = false;
  while (m.next()) {
    switch (m.field()) {
      case 1: out_.ir_version = m.integer(); break;
      case 2: out_.producer = text(m); break;
      case 3: out_.producer_version = text(m); break;
      case 7:
        if (seen) m.fail("a second graph; a model has one");
        seen = true;
        graph(m.sub("the graph"));
        break;
      case 8: out_.opsets.push_back(opset(m.sub("an operator set"))); break;
      case 14: out_.metadata.push_back(entry(m.sub("metadata"))); break;
      case 25: function(m.sub("a function")); break;
      default: break;
    }
  }
  if (!seen) m.wire().fail(0, "no graph is in it: this is no ONNX model");
}

std::uint32_t ModelReader::graph(Message m) {
  const auto index = static_cast<std::uint32_t>(out_.graphs.size());
  Graph& g = out_.graphs.emplace_back();
  while (m.next()) {
    switch (m.field()) {
      case 1: node(m.sub("a node"), g.nodes); break;
      case 2: g.name = text(m); break;
      case 5: g.initialisers.push_back(TensorReader(out_).tensor(m.sub("an initialiser"), true)); break;
      case 11: g.inputs.push_back(port(m.sub("a graph input"))); break;
      case 12: g.outputs.push_back(port(m.sub("a graph output"))); break;
      case 13: g.infos.push_back(port(m.sub("a value's type"))); break;
      case 15: g.initialisers.push_back(TensorReader(out_).sparse(m.sub("a sparse initialiser"), true)); break;
      default: break;
    }
  }
  return index;
}

void ModelReader::node(Message m, std::vector<Node>& into) {
  if (++out_.node_count > limits_.nodes)
    m.wire().fail(m.value_at(), "more than " + std::to_string(limits_.nodes) + " nodes (option max_nodes)");
  if (out_.node_count % 1024 == 0) m.wire().call().check_cancelled();
  Node n;
  while (m.next()) {
    switch (m.field()) {
      case 1: n.inputs.push_back(text(m)); break;
      case 2: n.outputs.push_back(text(m)); break;
      case 3: n.name = text(m); break;
      case 4: n.op = text(m); break;
      case 5: n.attributes.push_back(attribute(m.sub("an attribute"))); break;
      case 7: {
        const std::string domain = m.text();
        n.domain = out_.texts.id(domain == "ai.onnx" ? "" : domain);  // the same domain, written in full
        break;
      }
      case 8: n.overload = text(m); break;
      case 9: {
        if (scope_key_.empty()) break;
        const auto [key, value] = entry(m.sub("metadata of a node"));
        if (out_.texts[key] == scope_key_) n.scopes = value;
        break;
      }
      default: break;
    }
  }
  into.push_back(std::move(n));
}

Attribute ModelReader::attribute(Message m) {
  Attribute a;
  while (m.next()) {
    switch (m.field()) {
      case 1: a.name = text(m); break;
      case 2: a.real = m.real(); a.has_real = true; break;
      case 3: a.integer = m.integer(); a.has_integer = true; break;
      case 5: a.tensors.push_back(TensorReader(out_).tensor(m.sub("a tensor"), false)); break;
      case 6: a.graphs.push_back(graph(m.sub("a graph"))); break;
      case 7: case 9: a.list = true; break;
      case 8: m.numbers([&](std::uint64_t v) { a.integers.push_back(static_cast<std::int64_t>(v)); }); a.list = true; break;
      case 10: a.tensors.push_back(TensorReader(out_).tensor(m.sub("a tensor"), false)); a.list = true; break;
      case 11: a.graphs.push_back(graph(m.sub("a graph"))); break;
      case 21: a.ref = text(m); break;
      case 22: a.tensors.push_back(TensorReader(out_).sparse(m.sub("a sparse tensor"), false)); break;
      default: break;
    }
  }
  return a;
}

void ModelReader::function(Message m) {
  Function f;
  while (m.next()) {
    switch (m.field()) {
      case 1: f.name = text(m); break;
      case 4: f.inputs.push_back(text(m)); break;
      case 5: f.outputs.push_back(text(m)); break;
      case 7: node(m.sub("a node"), f.nodes); break;
      case 10: f.domain = text(m); break;
      case 11: f.defaults.push_back(attribute(m.sub("an attribute"))); break;
      case 13: f.overload = text(m); break;
      default: break;
    }
  }
  out_.functions.push_back(std::move(f));
}

Port ModelReader::port(Message m) {
  Port p;
  while (m.next()) {
    if (m.field() == 1) p.name = text(m);
    else if (m.field() == 2) type(m.sub("a type"), p);
  }
  return p;
}

void ModelReader::type(Message m, Port& out) {
  while (m.next()) {
    if (m.field() != 1 && m.field() != 8) continue;  // dense and sparse tensors; sequences, maps and optionals have no shape
    for (Message t = m.sub("a tensor's type"); t.next();) {
      if (t.field() == 1) out.type = static_cast<std::uint32_t>(t.number());
      else if (t.field() == 2) out.shaped = true, shape(t.sub("a shape"), out);
    }
  }
}

void ModelReader::shape(Message m, Port& out) {
  while (m.next()) {
    if (m.field() != 1) continue;
    Dim dim;
    for (Message d = m.sub("an axis"); d.next();) {
      if (d.field() == 1) dim.value = d.integer();
      else if (d.field() == 2) dim.param = text(d);
    }
    out.shape.push_back(dim);
  }
}

std::pair<Text, Text> ModelReader::entry(Message m) {
  std::pair<Text, Text> out{0, 0};
  while (m.next()) {
    if (m.field() == 1) out.first = text(m);
    else if (m.field() == 2 && m.size() <= 65536) out.second = text(m);
  }
  return out;
}

OperatorSet ModelReader::opset(Message m) {
  OperatorSet out;
  while (m.next()) {
    if (m.field() == 1) out.domain = text(m);
    else if (m.field() == 2) out.version = m.integer();
  }
  return out;
}

}  // namespace onnx
