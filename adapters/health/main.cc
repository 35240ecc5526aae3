// kith-health: FHIR R4 JSON of a health agency, told to Kith.
#include "adapters/common/text.h"
#include "adapters/health/reader.h"
#include "adapters/publisher/command.h"
#include "base/status.h"

namespace kith::adapters {
namespace {

constexpr size_t kFileBytesMax = 1ull << 30;

absl::StatusOr<std::string> ReadText(const std::string& path) {
  ASSIGN_OR_RETURN(const std::string bytes, ReadFile(path, kFileBytesMax));
  return DecodeFile(bytes);
}

class HealthFiles final : public FileReader {
 public:
  explicit HealthFiles(const Mapping& mapping) : reader_(mapping) {}

  void Prepare(const std::string& path) override {
    const auto text = ReadText(path);
    if (text.ok()) reader_.Index(*text);
  }

  absl::Status Read(const std::string& path, const Feed& feed,
                    const ItemSink& sink) override {
    ASSIGN_OR_RETURN(const std::string text, ReadText(path));
    return reader_.Read(path, text, feed, sink);
  }

 private:
  health::Reader reader_;
};

}  // namespace
}  // namespace kith::adapters

int main(int argc, char** argv) {
  using namespace kith::adapters;
  const Adapter adapter{
      "kith-health",
      "Reads FHIR R4 JSON: bundles, single resources, folders of them.",
      "kith-health run bundle.json --partnership hackney --agency homerton_nhs "
      "--source homerton_fhir --outbox outbox --key-file homerton.key "
      "--tls-ca authority.crt --cert homerton_nhs.crt --key homerton_nhs.key",
      "fhir",
      ".json",
      DefaultMapping("health"),
      [](const Mapping& mapping) {
        return std::make_unique<HealthFiles>(mapping);
      }};
  return CommandMain(adapter, argc, argv);
}
