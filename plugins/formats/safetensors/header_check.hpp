// Whether a header describes its file: what a loader would refuse, refused with the numbers in the sentence.
#pragma once
#include <string>

#include "header.hpp"

namespace safetensors {

// data_size: bytes behind the header, UINT64_MAX if not known. Empty: nothing is wrong.
// A file that holds nothing but its header passes: a dump made for tools like this one.
std::string check(const Header& header, std::uint64_t data_size);

// Later rows of the same name give their value to the first, as a Python dict does, and are dropped.
void merge_duplicates(Header& header);

// Of all rows
std::uint64_t data_end(const Header& header);

}  // namespace safetensors
