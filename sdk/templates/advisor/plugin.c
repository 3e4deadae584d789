#include <modelsig/abi.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define STR(literal) ((ms_str){literal, sizeof(literal) - 1})

typedef struct { const ms_host *host; ms_str member; } @CLASS@;

/* Options live until the end of the run, so their text need not be copied. */
static ms_status create(const ms_host *host, ms_call *call, const ms_node *options, void **self) {
  @CLASS@ *out = malloc(sizeof *out);
  if (!out) return host->fail(call, MS_LIMIT, STR("out of memory"));
  out->host = host;
  out->member = host->node_str(host->node_get(options, STR("member")));
  *self = out;
  return MS_OK;
}
static void destroy(void *self) { free(self); }

static ms_status advise(void *self, ms_call *call, const ms_node *report, ms_writer *out) {
  const @CLASS@ *mine = self;
  const ms_host *host = mine->host;
  const ms_node *models = host->node_get(report, STR("models"));
  if (host->node_kind(models) != '{') models = NULL;
  if (host->cancelled(call)) return MS_CANCELLED;
  host->begin(out, '{');
  host->key(out, mine->member), host->begin(out, '{');
  host->key(out, STR("models")), host->put_u64(out, host->node_size(models));
  host->key(out, STR("incomplete")), host->begin(out, '[');
  for (size_t i = 0; i < host->node_size(models); ++i)
    if (!host->node_bool(host->node_get(host->node_at(models, i), STR("complete")), 0)) host->put_str(out, host->node_key(models, i));
  host->end(out), host->end(out);
  return host->end(out);
}

static const ms_advisor table = {sizeof(ms_advisor), 0, advise};
static const ms_role roles[] = {{sizeof(ms_role), MS_ADVISOR, "@ROLE@", &table, create, destroy}};
const ms_plugin modelsig_plugin_v1 = {MS_MAGIC, sizeof(ms_plugin), MS_ABI_MAJOR, MS_ABI_MINOR, MS_PLUGIN_THREAD_SAFE, 1,
                                      "org.example.@NAME@", "1.0.0", "Apache-2.0", roles, sizeof(ms_role), 0};
