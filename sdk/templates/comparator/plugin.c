#include <modelsig/abi.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define STR(literal) ((ms_str){literal, sizeof(literal) - 1})

typedef struct { const ms_host *host; ms_str section; } @CLASS@;

/* Options live until the end of the run, so their text need not be copied. */
static ms_status create(const ms_host *host, ms_call *call, const ms_node *options, void **self) {
  @CLASS@ *out = malloc(sizeof *out);
  if (!out) return host->fail(call, MS_LIMIT, STR("out of memory"));
  out->host = host;
  out->section = host->node_str(host->node_get(options, STR("section")));
  *self = out;
  return MS_OK;
}
static void destroy(void *self) { free(self); }

/* A node lives until the end of the run: the handle is the section itself, or this where there is none. */
static const char absent;

static ms_status prepare(void *self, ms_call *call, const ms_node *fingerprint, void **handle) {
  const @CLASS@ *mine = self;
  const ms_node *section = mine->host->node_get(fingerprint, mine->section);
  (void)call;
  *handle = (void *)(section && mine->host->node_kind(section) == '{' ? (const void *)section : &absent);
  return MS_OK;
}
static void release(void *self, void *handle) { (void)self, (void)handle; }

static ms_status compare(void *self, ms_call *call, void *a, void *b, const ms_node *so_far, ms_writer *out) {
  const ms_host *host = ((const @CLASS@ *)self)->host;
  const ms_node *first = a == &absent ? NULL : a, *second = b == &absent ? NULL : b;
  uint64_t shared = 0;
  (void)so_far;
  for (size_t i = 0; i < host->node_size(first); ++i) {
    if (host->cancelled(call)) return MS_CANCELLED;
    if (host->node_get(second, host->node_key(first, i))) ++shared;
  }
  host->begin(out, '{');
  host->key(out, STR("shared")), host->put_u64(out, shared);
  host->key(out, STR("only_in_a")), host->put_u64(out, host->node_size(first) - shared);
  host->key(out, STR("only_in_b")), host->put_u64(out, host->node_size(second) - shared);
  return host->end(out);
}

static const ms_comparator table = {sizeof(ms_comparator), 0, prepare, compare, release};
static const ms_role roles[] = {{sizeof(ms_role), MS_COMPARATOR, "@ROLE@", &table, create, destroy}};
const ms_plugin modelsig_plugin_v1 = {MS_MAGIC, sizeof(ms_plugin), MS_ABI_MAJOR, MS_ABI_MINOR, MS_PLUGIN_THREAD_SAFE, 1,
                                      "org.example.@NAME@", "1.0.0", "Apache-2.0", roles, sizeof(ms_role), 0};
