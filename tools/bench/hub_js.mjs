// Baseline: @huggingface/hub parseSafetensorsMetadata on one model. Run it where the package is installed:
//   cd DIR && npm install @huggingface/hub && node .../hub_js.mjs ENDPOINT org/name
import { createRequire } from "node:module";

const { parseSafetensorsMetadata } = createRequire(process.cwd() + "/")("@huggingface/hub");
const [hubUrl, repo] = process.argv.slice(2);
const found = await parseSafetensorsMetadata({ repo, hubUrl, computeParametersCount: true });
const headers = found.sharded ? Object.values(found.headers) : [found.header];
console.log(headers.reduce((n, header) => n + Object.keys(header).filter((k) => k !== "__metadata__").length, 0), "tensors");
