#include "tools/modelsig/heap.hpp"

#include <cstdint>
#include <cstdlib>

#if defined(__GLIBC__) && !defined(__SANITIZE_ADDRESS__)
#  include <malloc.h>
#  include <sys/mman.h>
#  include <unistd.h>
#endif

namespace modelsig {

void prepare_heap() {
#if defined(__GLIBC__) && !defined(__SANITIZE_ADDRESS__)
  constexpr std::uintptr_t HUGE_PAGE = 2u << 20;
  constexpr int RESERVE = 64 << 20;        // address space, not memory: only what is touched counts
  constexpr int LARGEST_ON_HEAP = 32 << 20;  // the bound of glibc; larger blocks get mappings of their own
  mallopt(M_MMAP_THRESHOLD, LARGEST_ON_HEAP);
  mallopt(M_TRIM_THRESHOLD, RESERVE * 2);
  mallopt(M_TOP_PAD, RESERVE);
  void* grow = std::malloc(HUGE_PAGE);     // moves the end of the heap by RESERVE
  if (!grow) return;
  const std::uintptr_t begin = (reinterpret_cast<std::uintptr_t>(grow) + HUGE_PAGE - 1) & ~(HUGE_PAGE - 1);
  const std::uintptr_t end = reinterpret_cast<std::uintptr_t>(sbrk(0)) & ~(HUGE_PAGE - 1);
  std::free(grow);
  if (end > begin) madvise(reinterpret_cast<void*>(begin), end - begin, MADV_HUGEPAGE);
#endif
}

}  // namespace modelsig
