// One large, lazily filled heap in huge pages. Where a page fault is dear (virtual machines: up to 25 us each), 13,000
// faults of 4 kB cost more than reading and parsing 90,000 tensors does.
#pragma once

namespace modelsig {

// First thing in main(), before anything allocates. Does nothing where the C library or the kernel lacks it.
void prepare_heap();

}  // namespace modelsig
