/* A layer with one fault, chosen by FAULT_...; what 'modelsig plugins check' must find. */
#include <modelsig/abi.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const ms_host *host;

static ms_status create(const ms_host *h, ms_call *call, const ms_node *options, void **self) {
  host = h;
  (void)call, (void)options;
#if defined FAULT_wordless
  return MS_INTERNAL;
#elif defined FAULT_limit
  if (h->node_i64(h->node_get(options, (ms_str){"size", 4}), 0) == 1000) abort();
#elif defined FAULT_beyond

  if (h->node_kind(h->node_get(options, (ms_str){"size", 4})) != 'i') memset((void *)8, 0, 1);

#elif defined FAULT_no_instance
  *self = NULL;
  return MS_OK;
#endif
  *self = malloc(1);
  return MS_OK;
}
static void destroy(void *self) { free(self); }

static ms_status run(void *self, ms_call *call, ms_model *model, const ms_node *so_far, ms_writer *out) {
  (void)self, (void)so_far;
#if defined FAULT_crash
  if (host->tensor_count(model) == 0) memset((void *)16, 0, 1);
#elif defined FAULT_hang
  for (volatile int forever = 1; forever;) {}
#elif defined FAULT_exit
  exit(3);
#elif defined FAULT_print
  puts("hello there");
#elif defined FAULT_open
  return host->begin(out, '{');
#elif defined FAULT_random
  static int64_t turn;
  return host->put_i64(out, turn++);
#elif defined FAULT_cancel
  if (host->cancelled(call)) abort();
#elif defined FAULT_status
  return 77;
#endif
  (void)call, (void)model;
  return host->put_i64(out, 1);
}

#if defined FAULT_exports
MS_EXPORT int something_more = 1;
#endif

static const ms_layer table = {sizeof(ms_layer), 0, run};
static const ms_role roles[] = {{sizeof(ms_role), MS_LAYER, "layer.faulty", &table, create, destroy}};
const ms_plugin modelsig_plugin_v1 = {MS_MAGIC, sizeof(ms_plugin), MS_ABI_MAJOR, MS_ABI_MINOR, 0, 1,
                                      "org.example.faulty", "0.1", "Apache-2.0", roles, sizeof(ms_role), 0};
const char modelsig_manifest[] = "[[role]]\nname = 'layer.faulty'\n[[role.option]]\nname = 'size'\ntype = 'integer'\ndefault = 1\nmin = 0\nmax = 1000\n";
