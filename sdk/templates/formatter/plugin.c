#include <modelsig/abi.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define STR(literal) ((ms_str){literal, sizeof(literal) - 1})

typedef struct { const ms_host *host; ms_str separator; } @CLASS@;

/* Options live until the end of the run, so their text need not be copied. */
static ms_status create(const ms_host *host, ms_call *call, const ms_node *options, void **self) {
  @CLASS@ *out = malloc(sizeof *out);
  if (!out) return host->fail(call, MS_LIMIT, STR("out of memory"));
  out->host = host;
  out->separator = host->node_str(host->node_get(options, STR("separator")));
  *self = out;
  return MS_OK;
}
static void destroy(void *self) { free(self); }

typedef struct { ms_sink sink; ms_status status; } output;

static void put(output *out, const char *text, size_t size) {
  if (out->status == MS_OK) out->status = out->sink.write(out->sink.ctx, (const uint8_t *)text, size);
}
/* as RFC 4180 wants it */
static void put_quoted(output *out, ms_str text) {
  put(out, "\"", 1);
  for (size_t i = 0; i < text.size; ++i) put(out, text.data[i] == '"' ? "\"\"" : text.data + i, text.data[i] == '"' ? 2 : 1);
  put(out, "\"", 1);
}

static ms_status format(void *self, ms_call *call, const ms_node *report, ms_sink sink) {
  const @CLASS@ *mine = self;
  const ms_host *host = mine->host;
  const ms_str by = mine->separator.size ? mine->separator : STR(",");
  const ms_node *models = host->node_get(report, STR("models"));
  if (host->node_kind(models) != '{') models = NULL;
  output out = {sink, MS_OK};
  put(&out, "model", 5), put(&out, by.data, by.size), put(&out, "complete", 8), put(&out, by.data, by.size), put(&out, "groups\n", 7);
  for (size_t i = 0; i < host->node_size(models); ++i) {
    if (host->cancelled(call)) return MS_CANCELLED;
    const ms_node *model = host->node_at(models, i), *groups = host->node_get(model, STR("static_weight_signature"));
    const ms_str complete = host->node_bool(host->node_get(model, STR("complete")), 0) ? STR("true") : STR("false");
    char count[32];
    const int size = snprintf(count, sizeof count, "%zu\n", host->node_kind(groups) == '{' ? host->node_size(groups) : (size_t)0);
    put_quoted(&out, host->node_key(models, i)), put(&out, by.data, by.size);
    put(&out, complete.data, complete.size), put(&out, by.data, by.size), put(&out, count, (size_t)size);
  }
  return out.status;
}

static const ms_formatter table = {sizeof(ms_formatter), 0, format};
static const ms_role roles[] = {{sizeof(ms_role), MS_FORMATTER, "@ROLE@", &table, create, destroy}};
const ms_plugin modelsig_plugin_v1 = {MS_MAGIC, sizeof(ms_plugin), MS_ABI_MAJOR, MS_ABI_MINOR, MS_PLUGIN_THREAD_SAFE, 1,
                                      "org.example.@NAME@", "1.0.0", "Apache-2.0", roles, sizeof(ms_role), 0};
