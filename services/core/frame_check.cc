#include "services/core/frame_check.h"

#include "base/crypto.h"
#include "kith/agency/v1/frame.pb.h"

namespace kith::core {

bool VerifyFrame(absl::string_view frame_bytes, const KeyLookup& keys) {
  agency::v1::Frame frame;
  if (!frame.ParseFromArray(frame_bytes.data(),
                            static_cast<int>(frame_bytes.size()))) {
    return false;
  }
  const std::optional<std::string> key = keys(frame.key_id());
  return key.has_value() &&
         base::EqualInConstantTime(frame.mac(),
                                   base::HmacSha256(*key, frame.body()));
}

std::string SignFrame(absl::string_view body, absl::string_view key_id,
                      absl::string_view key) {
  agency::v1::Frame frame;
  frame.set_body(std::string(body));
  frame.set_key_id(std::string(key_id));
  frame.set_mac(base::HmacSha256(key, body));
  return frame.SerializeAsString();
}

}  // namespace kith::core
