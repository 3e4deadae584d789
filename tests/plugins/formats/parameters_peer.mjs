// Logical parameters of local folders as @huggingface/hub counts them, a line each: parameters_peer.mjs FOLDER...
// Run where the package is installed; the folders are served to it as a hub would.
import { createRequire } from "node:module";
import { open, stat } from "node:fs/promises";
import path from "node:path";
import { pathToFileURL } from "node:url";
const { parseSafetensorsMetadata } = await import(pathToFileURL(createRequire(path.join(process.cwd(), "x.js")).resolve("@huggingface/hub")));

const serve = (folder) => async (url, init) => {
  const file = path.join(folder, decodeURIComponent(new URL(url).pathname.split(/\/(?:resolve|raw)\/main\//)[1] ?? ""));
  const size = await stat(file).then((s) => (s.isFile() ? s.size : -1), () => -1);
  if (size < 0) return new Response("", { status: 404, headers: { "X-Error-Code": "EntryNotFound" } });
  const range = /bytes=(\d+)-(\d*)/.exec(new Headers(init?.headers).get("range") ?? "");
  const begin = range ? Number(range[1]) : 0, end = range && range[2] ? Math.min(Number(range[2]) + 1, size) : size;
  const bytes = Buffer.alloc(Math.min(end - begin, 64 << 20));
  const handle = await open(file);
  await handle.read(bytes, 0, bytes.length, begin);
  await handle.close();
  return new Response(bytes, { status: range ? 206 : 200, headers: { etag: '"x"', "content-length": `${bytes.length}`, ...(range ? { "content-range": `bytes ${begin}-${end - 1}/${size}` } : {}) } });
};
for (const folder of process.argv.slice(2)) {
  const found = await parseSafetensorsMetadata({ repo: "org/name", computeParametersCount: true, fetch: serve(folder) }).catch((e) => ({ error: `${e}` }));
  const count = Object.values(found.parameterCount ?? {}).reduce((a, b) => a + b, 0);
  console.log(JSON.stringify({ total: count, error: found.error }));
}
