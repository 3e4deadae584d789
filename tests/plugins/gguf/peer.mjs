// The same lines as dump.cpp, by @huggingface/gguf. Run it where the package is installed:  node peer.mjs FILE
import { createRequire } from "node:module";

const { gguf, GGMLQuantizationType } = createRequire(process.cwd() + "/")("@huggingface/gguf");
const { metadata, tensorInfos } = await gguf(process.argv[2], { allowLocalFile: true });
for (const { name, dtype, shape } of tensorInfos) {
  const axes = shape.map(Number);
  while (axes.length > 1 && axes.at(-1) === 1) axes.pop();
  console.log("tensor", name, GGMLQuantizationType[dtype], axes.reverse().join(","));
}
for (const key of Object.keys(metadata)) if (!["version", "tensor_count", "kv_count"].includes(key)) console.log("key", key);
