/* A plugin's constructor writes its name into the file that MODELSIG_TEST_TRACE names: the proof that code of
 * it ran. */
#include <stdio.h>
#include <stdlib.h>

static void leave_trace(const char *name) {
  const char *path = getenv("MODELSIG_TEST_TRACE");
  FILE *file = path ? fopen(path, "a") : NULL;
  if (!file) return;
  fprintf(file, "%s\n", name);
  fclose(file);
}
