/* Which tensors do not begin on a boundary of their file. Engines that map a checkpoint into memory hand these to kernels that want
 * aligned pointers, and copy the rest. */
#include <modelsig/abi.h>

#include <stdlib.h>

#define STR(literal) ((ms_str){literal, sizeof(literal) - 1})

typedef struct { const ms_host *host; uint64_t boundary, shown; } alignment;

static ms_status create(const ms_host *host, ms_call *call, const ms_node *options, void **self) {
  alignment *out = malloc(sizeof *out);
  if (!out) return host->fail(call, MS_LIMIT, STR("out of memory"));
  out->host = host;
  out->boundary = host->node_u64(host->node_get(options, STR("boundary")), 64);
  out->shown = host->node_u64(host->node_get(options, STR("shown")), 5);
  *self = out;
  return MS_OK;
}
static void destroy(void *self) { free(self); }

static ms_status run(void *self, ms_call *call, ms_model *model, const ms_node *so_far, ms_writer *out) {
  const alignment *mine = self;
  const ms_host *host = mine->host;
  uint64_t stored = 0, odd = 0, bytes = 0;
  (void)so_far;
  host->begin(out, '{');
  host->key(out, STR("boundary")), host->put_u64(out, mine->boundary);
  host->key(out, STR("first_odd")), host->begin(out, '[');
  for (size_t i = 0; i < host->tensor_count(model); ++i) {
    if (host->cancelled(call)) return MS_CANCELLED;
    ms_tensor tensor = {.struct_size = sizeof tensor};
    const ms_status status = host->tensor_at(model, i, &tensor);
    if (status != MS_OK) return status;
    if (!tensor.file) continue; /* made from a config: it stands nowhere */
    ++stored;
    if (tensor.offset % mine->boundary == 0) continue;
    if (odd++ < mine->shown) host->put_str(out, tensor.name);
    if (__builtin_add_overflow(bytes, tensor.size, &bytes)) return host->fail(call, MS_DATA_LOSS, STR("the tensors have more bytes than can be counted"));
  }
  host->end(out);
  host->key(out, STR("stored")), host->put_u64(out, stored);
  host->key(out, STR("odd")), host->put_u64(out, odd);
  host->key(out, STR("odd_bytes")), host->put_u64(out, bytes);
  return host->end(out); /* the first error sticks: it is enough to look at the last status */
}

static const ms_layer table = {sizeof(ms_layer), 0, run};
static const ms_role roles[] = {{sizeof(ms_role), MS_LAYER, "layer.alignment", &table, create, destroy}};
const ms_plugin modelsig_plugin_v1 = {MS_MAGIC, sizeof(ms_plugin), MS_ABI_MAJOR, MS_ABI_MINOR, MS_PLUGIN_THREAD_SAFE, 1,
                                      "org.example.alignment", "1.0.0", "Apache-2.0", roles, sizeof(ms_role), 0};
