// kith-education: Common Transfer Files of a school, told to Kith.
#include "adapters/common/text.h"
#include "adapters/education/reader.h"
#include "adapters/publisher/command.h"
#include "base/status.h"

namespace kith::adapters {
namespace {

constexpr size_t kFileBytesMax = 1ull << 30;

class EducationFiles final : public FileReader {
 public:
  explicit EducationFiles(const Mapping& mapping) : mapping_(mapping) {}

  absl::Status Read(const std::string& path, const Feed& feed,
                    const ItemSink& sink) override {
    ASSIGN_OR_RETURN(const std::string bytes, ReadFile(path, kFileBytesMax));
    ASSIGN_OR_RETURN(const std::string text, DecodeFile(bytes));
    return education::Read(path, text, feed, mapping_, sink);
  }

 private:
  const Mapping& mapping_;
};

}  // namespace
}  // namespace kith::adapters

int main(int argc, char** argv) {
  using namespace kith::adapters;
  const Adapter adapter{
      "kith-education",
      "Reads Common Transfer Files (CTF), XML.",
      "kith-education run ctf.xml --partnership hackney "
      "--agency oakfield_school --source oakfield_ctf --outbox outbox "
      "--key-file oakfield.key --tls-ca authority.crt "
      "--cert oakfield_school.crt --key oakfield_school.key",
      "ctf",
      ".xml",
      DefaultMapping("education"),
      [](const Mapping& mapping) {
        return std::make_unique<EducationFiles>(mapping);
      }};
  return CommandMain(adapter, argc, argv);
}
