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

typedef struct { char *uri, *path, *name; uint64_t size; } one_file;

static void close_file(void *self, void *repo) {
  (void)self;
  free(((one_file *)repo)->uri);
  free(repo);
}

static ms_status open_file(void *self, ms_call *call, ms_str uri, void **repo) {
  const @CLASS@ *mine = self;
  const ms_host *host = mine->host;
  one_file *file = calloc(1, sizeof *file);
  if (!file || !(file->uri = malloc(uri.size + 1))) return free(file), host->fail(call, MS_LIMIT, STR("out of memory"));
  memcpy(file->uri, uri.data, uri.size);
  file->uri[uri.size] = 0;
  const char *colon = strchr(file->uri, ':'), *slash = strrchr(file->uri, '/');
  file->path = colon ? file->uri + (colon - file->uri) + 1 : file->uri;
  file->name = slash && slash >= file->path ? file->uri + (slash - file->uri) + 1 : file->path;
  FILE *in = fopen(file->path, "rb");
  const long size = in && fseek(in, 0, SEEK_END) == 0 ? ftell(in) : -1;
  if (in) fclose(in);
  if (size < 0 || size == __LONG_MAX__ || !*file->name) return close_file(self, file), host->fail(call, MS_NOT_FOUND, STR("the path leads to no file"));
  if ((uint64_t)size > mine->max_bytes) return close_file(self, file), host->fail(call, MS_LIMIT, STR("the file is larger than max_bytes"));
  file->size = (uint64_t)size;
  *repo = file;
  return MS_OK;
}

static ms_status list(void *self, ms_call *call, void *repo, ms_writer *out) {
  const ms_host *host = ((const @CLASS@ *)self)->host;
  const one_file *file = repo;
  (void)call;
  host->begin(out, '['), host->begin(out, '{');
  host->key(out, STR("name")), host->put_str(out, (ms_str){file->name, strlen(file->name)});
  host->key(out, STR("size")), host->put_u64(out, file->size);
  host->end(out);
  return host->end(out);
}

static ms_status read_ranges(void *self, ms_call *call, void *repo, ms_range *ranges, size_t count) {
  const ms_host *host = ((const @CLASS@ *)self)->host;
  const one_file *file = repo;
  for (size_t i = 0; i < count; ++i) {
    ms_range *range = &ranges[i];
    if (host->cancelled(call)) return MS_CANCELLED;
    if (range->name.size != strlen(file->name) || memcmp(range->name.data, file->name, range->name.size) != 0) {
      host->range_fail(call, range, MS_NOT_FOUND, STR("there is only one file here"));
      continue;
    }
    range->file_size = file->size;
    const uint64_t left = range->offset < file->size ? file->size - range->offset : 0, there = range->size < left ? range->size : left;
    if (there < range->size && !(range->flags & MS_RANGE_SHORT_OK)) {
      host->range_fail(call, range, MS_DATA_LOSS, STR("the file ends inside the range"));
      continue;
    }
    FILE *in = fopen(file->path, "rb");
    const int ok = in && fseek(in, (long)range->offset, SEEK_SET) == 0 && fread(range->into, 1, (size_t)there, in) == there;
    if (in) fclose(in);
    if (!ok) { host->range_fail(call, range, MS_DATA_LOSS, STR("the file cannot be read")); continue; }
    range->got = there;
    range->status = MS_OK;
  }
  return MS_OK;
}

static ms_status describe(void *self, ms_call *call, void *repo, ms_writer *out) {
  const ms_host *host = ((const @CLASS@ *)self)->host;
  const one_file *file = repo;
  (void)call;
  host->begin(out, '{');
  host->key(out, STR("uri")), host->put_str(out, (ms_str){file->uri, strlen(file->uri)});
  return host->end(out);
}

static const ms_store table = {sizeof(ms_store), 0, open_file, list, read_ranges, describe, close_file};
static const ms_role roles[] = {{sizeof(ms_role), MS_STORE, "@ROLE@", &table, create, destroy}};
const ms_plugin modelsig_plugin_v1 = {MS_MAGIC, sizeof(ms_plugin), MS_ABI_MAJOR, MS_ABI_MINOR, MS_PLUGIN_THREAD_SAFE, 1,
                                      "org.example.@NAME@", "1.0.0", "Apache-2.0", roles, sizeof(ms_role), 0};
