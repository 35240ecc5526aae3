#include "services/identity/strict_json.h"

#include <set>
#include <vector>

namespace kith::identity {
namespace {

constexpr int kDepthMax = 8;

// Watches the parser for what it would let pass.
class Watch {
 public:
  bool operator()(int depth, nlohmann::json::parse_event_t event,
                  nlohmann::json& parsed) {
    using Event = nlohmann::json::parse_event_t;
    if (depth > kDepthMax) strange_ = true;
    if (event == Event::object_start) members_.emplace_back();
    if (event == Event::object_end) members_.pop_back();
    if (event == Event::key &&
        !members_.back().insert(parsed.get<std::string>()).second) {
      strange_ = true;
    }
    return true;
  }
  bool strange() const { return strange_; }

 private:
  std::vector<std::set<std::string>> members_;  // of the objects that are open
  bool strange_ = false;
};

}  // namespace

absl::StatusOr<nlohmann::json> ReadStrictJson(absl::string_view text) {
  Watch watch;
  nlohmann::json parsed = nlohmann::json::parse(
      text.begin(), text.end(),
      [&watch](int depth, nlohmann::json::parse_event_t event,
               nlohmann::json& value) { return watch(depth, event, value); },
      /*allow_exceptions=*/false);
  if (watch.strange() || !parsed.is_object()) {
    return absl::InvalidArgumentError("no JSON object that is clear");
  }
  return parsed;
}

std::string TextOf(const nlohmann::json& object, const char* member) {
  const auto found = object.find(member);
  if (found == object.end() || !found->is_string()) return "";
  return found->get<std::string>();
}

}  // namespace kith::identity
