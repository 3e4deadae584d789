#include <modelsig/abi.h>
#include <stdlib.h>

#include "../trace.h"

__attribute__((constructor)) static void loaded(void) { leave_trace("plain"); }

struct layer { const ms_host *host; int64_t limit; };

static ms_status create(const ms_host *host, ms_call *call, const ms_node *options, void **self) {
  struct layer *layer = malloc(sizeof *layer);
  if (!layer) return host->fail(call, MS_LIMIT, (ms_str){"out of memory", 13});
  layer->host = host;
  layer->limit = host->node_i64(host->node_get(options, (ms_str){"limit", 5}), -1);
  *self = layer;
  return MS_OK;
}

static void destroy(void *self) { free(self); }

static ms_status run(void *self, ms_call *call, ms_model *model, const ms_node *so_far, ms_writer *out) {
  const struct layer *layer = self;
  (void)call, (void)model, (void)so_far;
  return layer->host->put_i64(out, layer->limit);
}

static const ms_layer table = {sizeof(ms_layer), 0, run};
static const ms_role roles[] = {{sizeof(ms_role), MS_LAYER, "layer.plain", &table, create, destroy}};
const ms_plugin modelsig_plugin_v1 = {MS_MAGIC, sizeof(ms_plugin), MS_ABI_MAJOR, MS_ABI_MINOR, 0, 1,
                                      "org.modelsig.test.plain", "0.1", "Apache-2.0", roles, sizeof(ms_role), 0};
