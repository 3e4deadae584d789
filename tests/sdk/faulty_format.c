/* A format with one fault in how it reads, chosen by FAULT_...; what 'modelsig plugins check' must find. */
#include <modelsig/abi.h>
#include <stdlib.h>
#include <string.h>

static const ms_host *host;

#if defined FAULT_second_load
__attribute__((constructor)) static void loaded(void) {
  if (getenv("FAULTY_FORMAT_IS_LOADED")) abort();
  setenv("FAULTY_FORMAT_IS_LOADED", "1", 1);
}
#endif

static ms_status create(const ms_host *h, ms_call *call, const ms_node *options, void **self) {
  host = h;
  (void)call, (void)options;
  *self = malloc(1);
  return MS_OK;
}
static void destroy(void *self) { free(self); }

static ms_status probe(void *self, ms_call *call, ms_repo *repo, int32_t *score) {
  (void)self, (void)call;
  *score = host->file_count(repo) ? 50 : 0;
  return MS_OK;
}

/* "FAULTY", a byte: how many numbers follow */
static ms_status parse(void *self, ms_call *call, ms_repo *repo, ms_model *out) {
  uint8_t head[8] = {0}, next[8] = {0};
  ms_file_info info = {sizeof info, 0, {0, 0}, 0};
  host->file_at(repo, 0, &info);
  ms_file *file = host->file_find(repo, info.name);
  ms_range range = {file, {0, 0}, 0, 8, head, 0, 0, MS_OK, 0};
  (void)self, (void)out;
  if (host->read(call, &range, 1) != MS_OK) {
#if defined FAULT_unread
    abort();
#endif
    return host->fail(call, range.status, host->range_error(call, &range));
  }
#if defined FAULT_trusting
  if (head[0] == 255) memset((void *)16, 0, head[0]);
#endif
  range = (ms_range){file, {0, 0}, 8, 8, next, 0, 0, MS_OK, 0};
  if (host->read(call, &range, 1) != MS_OK) {
#if defined FAULT_halfway
    if (range.status == MS_UNAVAILABLE) abort();
#endif
    return host->fail(call, range.status, host->range_error(call, &range));
  }
  return MS_OK;
}

static const ms_format table = {sizeof(ms_format), 0, probe, parse};
static const ms_role roles[] = {{sizeof(ms_role), MS_FORMAT, "format.faulty", &table, create, destroy}};
const ms_plugin modelsig_plugin_v1 = {MS_MAGIC, sizeof(ms_plugin), MS_ABI_MAJOR, MS_ABI_MINOR, 0, 1,
                                      "org.example.faulty-format", "0.1", "Apache-2.0", roles, sizeof(ms_role), 0};
const char modelsig_manifest[] = "[[role]]\nname = 'format.faulty'\nprovides = 'tensors'\nsuffixes = ['.faulty']\n";
