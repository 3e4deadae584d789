/* A plugin that works, unless a BROKEN_... macro takes away or changes one thing. */
#include <modelsig/abi.h>

#include "../trace.h"

__attribute__((constructor)) static void loaded(void) { leave_trace(BROKEN); }

static ms_status create(const ms_host *host, ms_call *call, const ms_node *options, void **self) {
  (void)host, (void)call, (void)options, (void)self;
  return MS_OK;
}
static void destroy(void *self) { (void)self; }

#if defined(BROKEN_UNDEFINED_SYMBOL)
ms_status nowhere_defined(void *, ms_call *, ms_model *, const ms_node *, ms_writer *);
#define RUN nowhere_defined
#else
static ms_status run(void *self, ms_call *call, ms_model *model, const ms_node *so_far, ms_writer *out) {
  (void)self, (void)call, (void)model, (void)so_far, (void)out;
  return MS_OK;
}
#define RUN run
#endif

#if defined(BROKEN_NO_RUN)
static const ms_layer table = {sizeof(ms_layer), 0, NULL};
#elif defined(BROKEN_SMALL_TABLE)
static const ms_layer table = {8, 0, RUN};
#else
static const ms_layer table = {sizeof(ms_layer), 0, RUN};
#endif

#define ROLE_SIZE sizeof(ms_role)
#define KIND MS_LAYER
#define NAME "layer.broken"
#define TABLE &table
#define CREATE create
#define STRIDE sizeof(ms_role)
#define ID "org.modelsig.test.broken"
#if defined(BROKEN_SMALL_ROLE)
#undef ROLE_SIZE
#define ROLE_SIZE 24
#elif defined(BROKEN_SMALL_STRIDE)
#undef STRIDE
#define STRIDE 32
#elif defined(BROKEN_WRONG_KIND)
#undef KIND
#define KIND MS_STORE
#elif defined(BROKEN_WRONG_NAME)
#undef NAME
#define NAME "layer.other"
#elif defined(BROKEN_NO_TABLE)
#undef TABLE
#define TABLE NULL
#elif defined(BROKEN_NO_CREATE)
#undef CREATE
#define CREATE NULL
#elif defined(BROKEN_NO_ID)
#undef ID
#define ID NULL
#endif

static const ms_role roles[] = {
    {ROLE_SIZE, KIND, NAME, TABLE, CREATE, destroy},
#if defined(BROKEN_TWO_ROLES) || defined(BROKEN_TWICE)
    {ROLE_SIZE, KIND, NAME, TABLE, CREATE, destroy},
#endif
};

#if defined(BROKEN_GENERATION_2)
MS_EXPORT extern const ms_plugin modelsig_plugin_v2;
#define ENTRY modelsig_plugin_v2
#else
#define ENTRY modelsig_plugin_v1
#endif
#if defined(BROKEN_NO_BYTES) /* in .bss: nothing of it is in the file */
MS_EXPORT char modelsig_plugin_v1_zero[sizeof(ms_plugin)] __asm__("modelsig_plugin_v1");
#else
const ms_plugin ENTRY = {MS_MAGIC, sizeof(ms_plugin), MS_ABI_MAJOR, MS_ABI_MINOR, 0, sizeof roles / sizeof roles[0],
                         ID, "0.1", "Apache-2.0",
#if defined(BROKEN_NULL_ENTRY)
                         NULL,
#else
                         roles,
#endif
                         STRIDE, 0};
#endif

#if defined(BROKEN_NO_MANIFEST)
#elif defined(BROKEN_BAD_TOML)
const char modelsig_manifest[] = "[[role]]\nname = \n";
#elif defined(BROKEN_UNKNOWN_KEY)
const char modelsig_manifest[] = "[[role]]\nnmae = \"layer.broken\"\n";
#elif defined(BROKEN_NO_ROLE)
const char modelsig_manifest[] = "summary = \"nothing\"\n";
#elif defined(BROKEN_OTHER_ID)
const char modelsig_manifest[] = "id = \"org.modelsig.test.other\"\n[[role]]\nname = \"layer.broken\"\n";
#elif defined(BROKEN_TWICE)
const char modelsig_manifest[] = "[[role]]\nname = \"layer.broken\"\n[[role]]\nname = \"layer.second\"\n";
#else
const char modelsig_manifest[] = "[[role]]\nname = \"layer.broken\"\n";
#endif
