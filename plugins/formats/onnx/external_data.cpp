#include "external_data.hpp"

namespace onnx {

namespace {

// Why a path leads out of the model's folder; empty: it does not.
std::string escape(std::string_view path) {
  if (path.empty()) return "is empty";
  if (path.find('\0') != path.npos) return "holds a NUL";
  if (path.front() == '/' || path.front() == '\\' || (path.size() > 1 && path[1] == ':')) return "is absolute";
  for (std::size_t at = 0; at <= path.size();) {
    const std::size_t end = std::min(path.find_first_of("/\\", at), path.size());
    if (path.substr(at, end - at) == "..") return "leads out of the model's folder";
    at = end + 1;
  }
  return {};
}

}  // namespace

ExternalData::ExternalData(const ms::Call& call, ms::Repo repo, std::string model_file)
    : call_(call), repo_(repo), model_file_(std::move(model_file)), folder_(model_file_.substr(0, model_file_.rfind('/') + 1)) {}

ms::File ExternalData::find(const ModelFile& model, const Tensor& tensor) {
  const std::string location(model.texts[tensor.location]);
  const std::string name(model.texts[tensor.name]);
  ++tensors_[location];
  if (const std::string why = escape(location); !why.empty()) {
    if (!wrong_[location]) call_.problem(MS_ERROR, model_file_, "the weights of tensor '" + name + "' are said to be in '" + location + "', which " + why + "; it is not opened");
    wrong_[location] = true;
    return {};
  }
  const ms::File file = repo_.find(folder_ + location);
  if (!file || file.size() == MS_SIZE_UNKNOWN) return file;
  const std::uint64_t end = tensor.offset + (tensor.size_known ? tensor.size : 0);
  if ((end < tensor.offset || end > file.size()) && !wrong_[location]) {
    call_.problem(MS_ERROR, model_file_, "tensor '" + name + "' is said to be at bytes " + std::to_string(tensor.offset) + " to " + std::to_string(end) + " of " + location +
                                             ", which has " + std::to_string(file.size()) + ": it is cut short, or of another model");
    wrong_[location] = true;
  }
  return file;
}

void ExternalData::report() {
  for (const auto& [location, count] : tensors_)
    if (!wrong_[location] && !repo_.find(folder_ + location))
      call_.problem(MS_INFO, model_file_, "the weights of " + std::to_string(count) + " tensors are in " + location + ", which is not here; nothing of it is needed");
}

}  // namespace onnx
