#include <modelsig/abi.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define STR(literal) ((ms_str){literal, sizeof(literal) - 1})

typedef struct { const ms_host *host; uint64_t smallest; } @CLASS@;

static ms_status create(const ms_host *host, ms_call *call, const ms_node *options, void **self) {
  @CLASS@ *out = malloc(sizeof *out);
  if (!out) return host->fail(call, MS_LIMIT, STR("out of memory"));
  out->host = host;
  out->smallest = host->node_u64(host->node_get(options, STR("smallest")), 1);
  *self = out;
  return MS_OK;
}
static void destroy(void *self) { free(self); }

static ms_status run(void *self, ms_call *call, ms_model *model, const ms_node *so_far, ms_writer *out) {
  const @CLASS@ *mine = self;
  const ms_host *host = mine->host;
  uint64_t tensors = 0, parameters = 0, most = 0;
  ms_str largest = {NULL, 0};
  (void)so_far;
  for (size_t i = 0; i < host->tensor_count(model); ++i) {
    if (host->cancelled(call)) return MS_CANCELLED;
    ms_tensor tensor = {.struct_size = sizeof tensor};
    const ms_status status = host->tensor_at(model, i, &tensor);
    if (status != MS_OK) return status;
    uint64_t elements = 1;
    for (uint32_t axis = 0; axis < tensor.rank; ++axis)
      if (__builtin_mul_overflow(elements, tensor.shape[axis], &elements)) return host->fail(call, MS_DATA_LOSS, STR("a tensor has more elements than can be counted"));
    if (elements < mine->smallest) continue;
    ++tensors;
    if (__builtin_add_overflow(parameters, elements, &parameters)) return host->fail(call, MS_DATA_LOSS, STR("the model has more parameters than can be counted"));
    if (elements > most) most = elements, largest = tensor.name;
  }
  host->begin(out, '{');
  host->key(out, STR("tensors")), host->put_u64(out, tensors);
  host->key(out, STR("parameters")), host->put_u64(out, parameters);
  host->key(out, STR("largest")), host->put_str(out, largest);
  return host->end(out); /* the first error sticks: it is enough to look at the last status */
}

static const ms_layer table = {sizeof(ms_layer), 0, run};
static const ms_role roles[] = {{sizeof(ms_role), MS_LAYER, "@ROLE@", &table, create, destroy}};
const ms_plugin modelsig_plugin_v1 = {MS_MAGIC, sizeof(ms_plugin), MS_ABI_MAJOR, MS_ABI_MINOR, MS_PLUGIN_THREAD_SAFE, 1,
                                      "org.example.@NAME@", "1.0.0", "Apache-2.0", roles, sizeof(ms_role), 0};
