// ModelProto, read forwards once.
#pragma once
#include <string_view>

#include "graph.hpp"
#include "wire.hpp"

namespace onnx {

struct ReadLimits { std::uint64_t nodes; };

class ModelReader {
 public:
  // scope_key: the node metadata that tells where an exporter found the node; "" for none
  ModelReader(ModelFile& out, ReadLimits limits, std::string_view scope_key) : out_(out), limits_(limits), scope_key_(scope_key) {}
  void read(Message model);

 private:
  std::uint32_t graph(Message m);
  void node(Message m, std::vector<Node>& into);
  Attribute attribute(Message m);
  void function(Message m);
  Port port(Message m);
  void type(Message m, Port& out);
  void shape(Message m, Port& out);
  std::pair<Text, Text> entry(Message m);
  OperatorSet opset(Message m);
  Text text(Message& m) { return out_.texts.id(m.text()); }

  ModelFile& out_;
  ReadLimits limits_;
  std::string scope_key_;
};

}  // namespace onnx
