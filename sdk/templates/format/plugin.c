#include <modelsig/abi.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define STR(literal) ((ms_str){literal, sizeof(literal) - 1})

typedef struct { const ms_host *host; uint64_t max_bytes; } @CLASS@;

static ms_status create(const ms_host *host, ms_call *call, const ms_node *options, void **self) {
  @CLASS@ *out = malloc(sizeof *out);
  if (!out) return host->fail(call, MS_LIMIT, STR("out of memory"));
  out->host = host;
  out->max_bytes = host->node_u64(host->node_get(options, STR("max_bytes")), 0);
  *self = out;
  return MS_OK;
}
static void destroy(void *self) { free(self); }

static int ends_with(ms_str text, const char *suffix) {
  const size_t size = strlen(suffix);
  return text.size >= size && memcmp(text.data + text.size - size, suffix, size) == 0;
}
static ms_file *find(const ms_host *host, ms_repo *repo) {
  for (size_t i = 0; i < host->file_count(repo); ++i) {
    ms_file_info info = {.struct_size = sizeof info};
    if (host->file_at(repo, i, &info) == MS_OK && ends_with(info.name, ".@NAME@")) return host->file_find(repo, info.name);
  }
  return NULL;
}

static ms_status probe(void *self, ms_call *call, ms_repo *repo, int32_t *score) {
  (void)call;
  *score = find(((const @CLASS@ *)self)->host, repo) ? 90 : 0;
  return MS_OK;
}

/* "wte BF16 50257x768"; 0 if it is no such line */
static int add_line(const ms_host *host, ms_model *model, const char *line, size_t size, ms_status *status) {
  const char *end = line + size, *first = memchr(line, ' ', size);
  if (!first || first == line) return 0;
  const char *second = memchr(first + 1, ' ', (size_t)(end - first - 1));
  if (!second) return 0;
  uint64_t shape[64];
  uint32_t rank = 0;
  for (const char *at = second + 1;; ++at) {
    if (rank == 64 || at == end || *at < '0' || *at > '9') return 0;
    uint64_t axis = 0;
    for (; at < end && *at >= '0' && *at <= '9'; ++at)
      if (__builtin_mul_overflow(axis, 10, &axis) || __builtin_add_overflow(axis, (uint64_t)(*at - '0'), &axis)) return 0;
    shape[rank++] = axis;
    if (at == end) break;
    if (*at != 'x') return 0;
  }
  const ms_tensor row = {.struct_size = sizeof row, .rank = rank, .name = {line, (size_t)(first - line)}, .dtype = {first + 1, (size_t)(second - first - 1)},
                         .shape = shape, .size = MS_SIZE_UNKNOWN};
  *status = host->add_tensor(model, &row);
  return 1;
}

static ms_status parse(void *self, ms_call *call, ms_repo *repo, ms_model *model) {
  const @CLASS@ *mine = self;
  const ms_host *host = mine->host;
  ms_file *file = find(host, repo);
  if (!file) return host->fail(call, MS_NOT_FOUND, STR("no file whose name ends in .@NAME@"));
  const uint64_t known = host->file_size(file), want = known == MS_SIZE_UNKNOWN ? mine->max_bytes : known;
  if (want > mine->max_bytes) return host->fail(call, MS_LIMIT, STR("the file is longer than max_bytes"));
  char *text = malloc((size_t)want + 1);
  if (!text) return host->fail(call, MS_LIMIT, STR("out of memory"));
  ms_range range = {.file = file, .size = want, .into = (uint8_t *)text, .flags = MS_RANGE_SHORT_OK};
  ms_status status = host->read(call, &range, 1);
  if (status != MS_OK && status != MS_CANCELLED) host->fail(call, status, host->range_error(call, &range));
  size_t number = 1;
  for (size_t at = 0; status == MS_OK && at < range.got; ++number) {
    if (host->cancelled(call)) { status = MS_CANCELLED; break; }
    const char *newline = memchr(text + at, '\n', (size_t)range.got - at);
    const size_t end = newline ? (size_t)(newline - text) : (size_t)range.got;
    if (end > at && !add_line(host, model, text + at, end - at, &status)) {
      char why[512];
      const ms_str name = host->file_name(file);
      const int size = snprintf(why, sizeof why, "%.*s:%zu: expected a name, a dtype and a shape, as 'wte BF16 50257x768'", (int)(name.size > 300 ? 300 : name.size), name.data, number);
      status = host->fail(call, MS_DATA_LOSS, (ms_str){why, (size_t)size});
    }
    at = end + 1;
  }
  free(text);
  return status;
}

static const ms_format table = {sizeof(ms_format), 0, probe, parse};
static const ms_role roles[] = {{sizeof(ms_role), MS_FORMAT, "@ROLE@", &table, create, destroy}};
const ms_plugin modelsig_plugin_v1 = {MS_MAGIC, sizeof(ms_plugin), MS_ABI_MAJOR, MS_ABI_MINOR, MS_PLUGIN_THREAD_SAFE, 1,
                                      "org.example.@NAME@", "1.0.0", "Apache-2.0", roles, sizeof(ms_role), 0};
