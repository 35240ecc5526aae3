// kith-council: a council's CSV files, told to Kith.
#include <fstream>

#include "adapters/council/reader.h"
#include "adapters/publisher/command.h"

namespace kith::adapters {
namespace {

class CouncilFiles final : public FileReader {
 public:
  explicit CouncilFiles(const Mapping& mapping) : mapping_(mapping) {}

  absl::Status Read(const std::string& path, const Feed& feed,
                    const ItemSink& sink) override {
    std::ifstream file(path, std::ios::binary);
    if (!file) return absl::NotFoundError("the file cannot be opened");
    return council::Read(path, file, feed, mapping_, sink);
  }

 private:
  const Mapping& mapping_;
};

}  // namespace
}  // namespace kith::adapters

int main(int argc, char** argv) {
  using namespace kith::adapters;
  const Adapter adapter{
      "kith-council",
      "Reads a council's CSV: persons, early help episodes, Annex A lists 2 "
      "and "
      "3.",
      "kith-council run persons.csv earlyhelp.csv --partnership hackney "
      "--agency hackney_council --source hackney_mosaic --outbox outbox "
      "--key-file council.key --tls-ca authority.crt "
      "--cert hackney_council.crt --key hackney_council.key",
      "mosaic",
      ".csv",
      DefaultMapping("council"),
      [](const Mapping& mapping) {
        return std::make_unique<CouncilFiles>(mapping);
      }};
  return CommandMain(adapter, argc, argv);
}
