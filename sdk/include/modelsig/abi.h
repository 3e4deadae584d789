/* modelsig/abi.h - the binary contract between the modelsig kernel and a plugin.
 *
 * Plain C11. No allocation, exception, std:: type or file handle crosses it.
 * Rules that hold for every function below, stated once, here:
 *   strings   ms_str: UTF-8, pointer + length, need not end in NUL, NULL only if length 0
 *   memory    nobody frees the other side's memory. Arguments are borrowed until the call returns.
 *             Results go out through a writer, or into a buffer of the caller. Nodes, models and the
 *             strings in them live until the end of the run.
 *   errors    functions return ms_status; before a non-OK return call host->fail() once. A failed
 *             step is reported with that text and does not stop the others.
 *   unwinding no exception, longjmp or panic may leave a function on either side
 *   threads   the kernel calls one instance from several threads only if the plugin sets
 *             MS_PLUGIN_THREAD_SAFE; every host function may be called from any thread, a writer
 *             only from one at a time
 *   growth    structs only grow at the end; read a newer field only if MS_HAS(type, p, field).
 *             MS_..._SIZE_1_0 are the sizes that every 1.x side may rely on.
 */
#ifndef MODELSIG_ABI_H
#define MODELSIG_ABI_H
#include <stddef.h>
#include <stdint.h>

#define MS_ABI_MAJOR 1u          /* also in the symbol name: modelsig_plugin_v1 */
#define MS_ABI_MINOR 0u          /* +1 whenever a struct grows or an enum gains a value */
#define MS_MAGIC     0x4749534Du /* "MSIG" read as little-endian bytes */
#define MS_HAS(type, p, field) ((p)->struct_size >= offsetof(type, field) + sizeof((p)->field))
#define MS_SIZE_UNKNOWN UINT64_MAX

#if defined(_WIN32)
#  define MS_EXPORT __declspec(dllexport)
#else
#  define MS_EXPORT __attribute__((visibility("default")))
#endif
#ifdef __cplusplus
extern "C" {
#endif

typedef struct { const char *data; size_t size; } ms_str;

typedef int32_t ms_status;       /* fixed width on purpose: the size of a C enum is not ABI */
enum { MS_OK = 0, MS_CANCELLED = 1, MS_INVALID_ARGUMENT = 2, MS_NOT_FOUND = 3, MS_DATA_LOSS = 4,
       MS_UNSUPPORTED = 5, MS_UNAVAILABLE = 6, MS_INTERNAL = 7, MS_DENIED = 8, MS_LIMIT = 9 };
enum { MS_TRACE = 0, MS_DEBUG = 1, MS_INFO = 2, MS_WARN = 3, MS_ERROR = 4 };
enum { MS_STORE = 1, MS_FORMAT = 2, MS_LAYER = 3, MS_COMPARATOR = 4, MS_ADVISOR = 5, MS_FORMATTER = 6 };

typedef struct ms_call   ms_call;   /* one step of one run: cancellation, log prefix, error slot */
typedef struct ms_repo   ms_repo;   /* the named files of one model, behind any store */
typedef struct ms_file   ms_file;   /* one of them */
typedef struct ms_model  ms_model;  /* tensor table, name groups, documents (config, graph ...) */
typedef struct ms_node   ms_node;   /* an immutable JSON-like value */
typedef struct ms_writer ms_writer; /* where a value is emitted, in document order; the kernel checks it */
typedef struct ms_expression ms_expression; /* a compiled expression of the rule language */

/* One wanted byte range. Hand over all ranges of all files at once: the kernel merges, the store
 * parallelises. `status` and `got` are set for each; one bad range does not fail the others. */
typedef struct ms_range {
  ms_file  *file;
  ms_str    name;      /* out of the kernel: the file's name, for stores */
  uint64_t  offset, size;
  uint8_t  *into;      /* `size` bytes of the caller */
  uint64_t  got;       /* bytes written; less than size only with MS_RANGE_SHORT_OK */
  uint64_t  file_size; /* set by a store that learns it while reading, else MS_SIZE_UNKNOWN */
  ms_status status;
  uint32_t  flags;
} ms_range;
enum { MS_RANGE_SHORT_OK = 1u }; /* the file may end inside the range: a guess, not an error */

typedef struct ms_file_info { uint32_t struct_size, flags; ms_str name; uint64_t size; } ms_file_info;

/* One row of the tensor table. Set struct_size before asking for one. */
typedef struct ms_tensor {
  uint32_t struct_size, rank;
  ms_str name;
  ms_str dtype;            /* spelled as in the container: "BF16", "F8_E4M3", "Q4_K" ... */
  const uint64_t *shape;   /* `rank` axes, outermost first (GGUF and Fortran order are turned round) */
  uint64_t offset, size;   /* bytes in `file`; MS_SIZE_UNKNOWN if the container does not say */
  ms_file *file;           /* NULL: no file behind it (generated from a config) */
  ms_str component;        /* "" = the model itself, else "vision", "text_encoder" ... */
  uint32_t group;          /* out of the kernel: see group_at; ignored in add_tensor */
  uint32_t flags;          /* MS_TENSOR_... */
  /* From here on: what a container knows that its names and shapes don't show. All of it may be 0. */
  uint32_t stored_rank, alias_count;
  const uint64_t *stored_shape;  /* as written, where `shape` is the logical one (transposed, unpacked); NULL: as shape */
  /* Other names it may go by, best first: an exporter's decorations stripped, the scope of the node that reads
   * it. The kernel keeps the first (its own name before them) that the family or a rule of table "role" knows.
   * "@attn.q 3" is one too: a role, a suffix and its indices, where only the place in a graph is known. */
  const ms_str *aliases;
  ms_str known_as;         /* out of the kernel: that name; ignored in add_tensor */
  ms_str of;               /* the tensor it belongs to (scale, zero point ...) or shares its bytes with */
} ms_tensor;
enum { MS_TENSOR_TRANSPOSED = 1u,   /* stored the other way round than `shape` says */
       MS_TENSOR_COMPANION  = 2u,   /* part of the stored form of `of`: scale, zero point, group index */
       MS_TENSOR_CONSTANT   = 4u,   /* no weight: shape vector, mask, rotary cache */
       MS_TENSOR_SHARED     = 8u }; /* the bytes of `of` once more, in another use (a tied head) */

/* Services of the kernel. One table per process; `call` says on whose behalf. */
typedef struct ms_host {
  uint32_t struct_size, abi_minor;

  /* diagnostics. problem: goes into the report; level MS_ERROR marks the model incomplete, so no
   * confident verdict is drawn from it. subject: the file, tensor or field it is about. */
  void      (*log)(ms_call *, int32_t level, ms_str text);
  ms_status (*fail)(ms_call *, ms_status code, ms_str text); /* keeps the text, returns code */
  ms_status (*problem)(ms_call *, int32_t level, ms_str subject, ms_str text);
  int32_t   (*cancelled)(ms_call *);                         /* poll in every long loop */
  void      (*progress)(ms_call *, uint64_t done, uint64_t total);
  /* runs task(ctx, 0 .. count-1) on the kernel's threads, returns when all are done, with the first
   * non-OK status by index. Tasks may read; writers and add_tensor take no lock: one task of a call at most may use them. */
  ms_status (*parallel)(ms_call *, size_t count, ms_status (*task)(void *ctx, size_t index), void *ctx);

  /* the files of a model */
  ms_str     (*repo_uri)(ms_repo *);                         /* without secrets */
  ms_str     (*repo_select)(ms_repo *);                      /* what stands behind '#': a chosen file or variant */
  size_t     (*file_count)(ms_repo *);
  ms_status  (*file_at)(ms_repo *, size_t index, ms_file_info *out);
  ms_file   *(*file_find)(ms_repo *, ms_str name);           /* NULL if the repository has no such file */
  ms_str     (*file_name)(ms_file *);
  uint64_t   (*file_size)(ms_file *);                        /* MS_SIZE_UNKNOWN until a read tells */
  ms_status  (*read)(ms_call *, ms_range *ranges, size_t count); /* OK if every range is */
  ms_str     (*range_error)(ms_call *, const ms_range *);    /* why a range's status is not OK */
  /* for stores: sets range->status and keeps the text */
  ms_status  (*range_fail)(ms_call *, ms_range *, ms_status code, ms_str text);

  /* the model under study. add_*: only inside parse(), the model is frozen behind it. */
  ms_status      (*add_tensor)(ms_model *, const ms_tensor *);
  ms_writer     *(*add_part)(ms_model *, ms_str part);       /* "config", "graph", "vision/config" ... */
  size_t         (*tensor_count)(ms_model *);
  ms_status      (*tensor_at)(ms_model *, size_t index, ms_tensor *out);
  /* Tensors whose names differ in indices only form a group, in order of first appearance:
   * {"name": "model.layers.N.mlp.up_proj.weight", "count": 32, "first": 7,
   *  "labels": {"layer_type": {"value": "FFN", "rule": "ffn", "at": "layer_types.toml:12"}, ...}}
   * A label table that collects holds a list of such objects. "first" is a tensor index. */
  size_t         (*group_count)(ms_model *);
  const ms_node *(*group_at)(ms_model *, size_t group);
  /* A document by name, NULL if there is none. Formats add "config", "graph" ...; the kernel adds
   * "source" ({"format", "alternatives", "files"}) and, where a family file serves the model,
   * "family" ({"name", "at", "options", "absent", "unexpected", ...}). */
  const ms_node *(*model_part)(ms_model *, ms_str part);

  /* emit a value; the first error sticks, so a plugin may check only the last status */
  ms_status (*begin)(ms_writer *, char open);                /* '{' or '[' */
  ms_status (*end)(ms_writer *);
  ms_status (*key)(ms_writer *, ms_str);
  ms_status (*put_null)(ms_writer *);
  ms_status (*put_bool)(ms_writer *, int32_t);
  ms_status (*put_i64)(ms_writer *, int64_t);
  ms_status (*put_u64)(ms_writer *, uint64_t);
  ms_status (*put_f64)(ms_writer *, double);                 /* NaN and Inf: only in a model's parts */
  ms_status (*put_str)(ms_writer *, ms_str);
  ms_status (*put_node)(ms_writer *, const ms_node *);       /* a copy of the whole value */

  /* read a value. Every function takes NULL and answers 0, "", NULL or `otherwise`. */
  char           (*node_kind)(const ms_node *);              /* '{' '[' 's' 'i' 'u' 'd' 'b' 'n', 0 for NULL */
  size_t         (*node_size)(const ms_node *);              /* members, items or bytes */
  const ms_node *(*node_get)(const ms_node *, ms_str key);   /* NULL if absent */
  const ms_node *(*node_at)(const ms_node *, size_t index);  /* item, or value of the index-th member */
  ms_str         (*node_key)(const ms_node *, size_t index); /* key of the index-th member, in file order */
  ms_str         (*node_str)(const ms_node *);
  int64_t        (*node_i64)(const ms_node *, int64_t otherwise);  /* 'i', 'u' that fits, 'b' */
  uint64_t       (*node_u64)(const ms_node *, uint64_t otherwise);
  double         (*node_f64)(const ms_node *, double otherwise);
  int32_t        (*node_bool)(const ms_node *, int32_t otherwise); /* only 'b' */

  /* rules: the kernel matches, the plugin only asks. A rule is a node with its own fields and "id", "at" (file:line). rule_table:
   * all rules of a table in order, a list; NULL if there is none. Table "plan": what the engine will be run with (sdk/README.md). */
  const ms_node *(*rule_match)(ms_call *, ms_str table, ms_str subject); /* NULL = nothing matched */
  const ms_node *(*rule_table)(ms_call *, ms_str table);

  /* families: what a family file and a config say, without a checkpoint.
   * family_model: config -> tensors, a frozen model whose groups carry the label "role" ({"value", "rule",
   * "at", "axes", "condition"}); NULL if no family serves the config, or the config is wrong (then fail() was
   * called for you). family_match: tensor name -> line of the family: {"role": ..., "pattern", "indices",
   * "absent_because" if this config does not make it}, null for a name it does not know; NULL without a family.
   * The third operation, checkpoint against family, is model_part(model, "family"). */
  ms_model      *(*family_model)(ms_call *, const ms_node *config);
  const ms_node *(*family_match)(ms_call *, ms_model *, ms_str tensor_name);

  /* expressions: the language of families and rules, for whoever brings rules of their own.
   * expression: compiles; NULL if it is wrong (then fail() was called for you, `at` in front). Lives until the end
   * of the run. evaluate: asks `lookup` for every name it meets (writes one value; nothing written: none), returns
   * the value, valid until the next evaluate() of the same call; NULL after fail(). */
  const ms_expression *(*expression)(ms_call *, ms_str text, ms_str at);
  const ms_node *(*evaluate)(ms_call *, const ms_expression *, ms_status (*lookup)(void *ctx, ms_str name, ms_writer *value), void *ctx);
} ms_host;

/* What a role offers. `self` is what create() returned. Every function may be called until destroy(). */

typedef struct ms_store {         /* "hf://org/name" -> named files of one model */
  uint32_t struct_size, reserved;
  ms_status (*open)(void *self, ms_call *, ms_str uri, void **repo);
  /* a list of {"name": ..., "size": ...}; size may be missing. Names use '/', never "..". */
  ms_status (*list)(void *self, ms_call *, void *repo, ms_writer *files);
  ms_status (*read)(void *self, ms_call *, void *repo, ms_range *ranges, size_t count);
  /* an object for the report: what was really read ("uri", "revision", "requests", "bytes" ...) */
  ms_status (*describe)(void *self, ms_call *, void *repo, ms_writer *provenance);
  void      (*close)(void *self, void *repo);
} ms_store;

typedef struct ms_format {        /* files -> tensor table, config, graph */
  uint32_t struct_size, reserved;
  /* 0: not mine, up to 100: surely mine. Looks at the file list first, reads little. */
  ms_status (*probe)(void *self, ms_call *, ms_repo *, int32_t *score);
  ms_status (*parse)(void *self, ms_call *, ms_repo *, ms_model *out);
} ms_format;

typedef struct ms_layer {         /* model -> one section of the fingerprint */
  uint32_t struct_size, reserved;
  /* so_far: what earlier layers of the pipeline have emitted for this model */
  ms_status (*run)(void *self, ms_call *, ms_model *, const ms_node *so_far, ms_writer *section);
} ms_layer;

typedef struct ms_comparator {    /* two fingerprints -> one section of a pair */
  uint32_t struct_size, reserved;
  /* N models: N prepares and N(N-1)/2 compares. compare() only reads the handles. */
  ms_status (*prepare)(void *self, ms_call *, const ms_node *fingerprint, void **handle);
  ms_status (*compare)(void *self, ms_call *, void *a, void *b, const ms_node *so_far, ms_writer *section);
  void      (*release)(void *self, void *handle);
} ms_comparator;

typedef struct ms_advisor {       /* the whole report -> members merged into it */
  uint32_t struct_size, reserved;
  ms_status (*advise)(void *self, ms_call *, const ms_node *report, ms_writer *members);
} ms_advisor;

typedef struct ms_sink { void *ctx; ms_status (*write)(void *ctx, const uint8_t *data, size_t size); } ms_sink;
typedef struct ms_formatter {     /* report -> bytes, pushed chunk by chunk */
  uint32_t struct_size, reserved;
  ms_status (*format)(void *self, ms_call *, const ms_node *report, ms_sink sink);
} ms_formatter;

typedef struct ms_role {
  uint32_t    struct_size;
  int32_t     kind;               /* MS_STORE ... */
  const char *name;               /* the name a pipeline file uses, e.g. "layer.shape" */
  const void *table;              /* ms_store, ms_format ... according to kind */
  /* options: an object, checked against the manifest, every default filled in */
  ms_status (*create)(const ms_host *, ms_call *, const ms_node *options, void **self);
  void      (*destroy)(void *self);
} ms_role;

enum { MS_PLUGIN_THREAD_SAFE = 1u };
typedef struct ms_plugin {        /* the first four fields never change, in any major version */
  uint32_t magic, struct_size;
  uint32_t abi_major, abi_minor;
  uint32_t flags, role_count;
  const char    *id, *version, *license; /* id: reverse DNS, "org.example.shape" */
  const ms_role *roles;
  uint32_t       role_stride;            /* sizeof(ms_role) the plugin was built with */
  uint32_t       reserved;
} ms_plugin;

/* Frozen: what a 1.0 plugin has, whatever this header grows to. (64-bit pointers.) */
#define MS_PLUGIN_SIZE_1_0     64u
#define MS_ROLE_SIZE_1_0       40u
#define MS_TENSOR_SIZE_1_0     96u
#define MS_STORE_SIZE_1_0      48u
#define MS_FORMAT_SIZE_1_0     24u
#define MS_LAYER_SIZE_1_0      16u
#define MS_COMPARATOR_SIZE_1_0 32u
#define MS_ADVISOR_SIZE_1_0    16u
#define MS_FORMATTER_SIZE_1_0  16u

/* A plugin exports these two objects and nothing else. The manifest is TOML text (sdk/README.md says
 * what it holds); an array of char needs no relocation and is read from the file without loading it. */
MS_EXPORT extern const ms_plugin modelsig_plugin_v1;
MS_EXPORT extern const char      modelsig_manifest[];

#ifdef __cplusplus
}
#endif
#endif
