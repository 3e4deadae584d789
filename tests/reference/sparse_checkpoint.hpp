// A listing of tensors becomes a real safetensors checkpoint whose data is a hole in the file.
#pragma once
#include <filesystem>

// Copies a folder of models. Where there is a tensors.tsv, "[file TAB] name TAB dtype TAB d0,d1,..." a line, its
// rows become that file, or model.safetensors.
void expand_models(const std::filesystem::path& from, const std::filesystem::path& to);
