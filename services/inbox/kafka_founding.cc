#include "services/inbox/kafka_founding.h"

#include <memory>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "base/status.h"
#include "services/inbox/kafka_reader.h"
#include "services/inbox/kafka_writer.h"
#include "wire/event.h"
#include "wire/topics.h"

namespace kith::inbox {
namespace {

KafkaTopicCheck CheckOf(const KafkaFounding& founding) {
  KafkaTopicCheck check;
  check.partnership = founding.partnership;
  check.settings = founding.check_settings;
  return check;
}

bool IsFounding(const KafkaRecord& record) {
  return record.value.has_value() &&
         wire::FitnessOf(record.value->size(), record.type) ==
             wire::Fitness::kGenesis;
}

absl::Status BeginsTooLate(const KafkaFounding& founding, int64_t low) {
  return absl::FailedPreconditionError(absl::StrCat(
      wire::InboxTopic(founding.partnership), " begins at record ", low,
      ": the records before, among them how the ledger began, are gone. A new "
      "node starts from a checkpoint of another one (docs/kafka.md)"));
}

// Looks at the records up to `high` - 1.
absl::StatusOr<std::optional<std::string>> FindIn(
    KafkaReader& reader, int64_t high, absl::Time give_up,
    const std::function<absl::Status(const std::string&)>& is_believed) {
  absl::Status first_doubt;
  while (reader.next() < high) {
    if (absl::Now() > give_up) {
      return absl::UnavailableError("the topic could not be read to its end");
    }
    ASSIGN_OR_RETURN(const std::optional<KafkaRecord> record,
                     reader.Next(absl::Milliseconds(100)));
    if (!record.has_value() || !IsFounding(*record)) continue;
    const absl::Status believed = is_believed(*record->value);
    if (believed.ok()) return record->value;
    first_doubt.Update(believed);
  }
  if (!first_doubt.ok()) return first_doubt;
  return std::optional<std::string>();
}

}  // namespace

absl::StatusOr<std::optional<std::string>> FindFounding(
    const KafkaFounding& founding,
    const std::function<absl::Status(const std::string&)>& is_believed) {
  ASSIGN_OR_RETURN(const KafkaExtent extent,
                   CheckInboxTopic(founding.connection, CheckOf(founding)));
  if (extent.low > 0) return BeginsTooLate(founding, extent.low);
  KafkaReaderOptions options;
  options.topic = CheckOf(founding);
  options.connection = founding.connection;
  options.node = founding.node;
  ASSIGN_OR_RETURN(const auto reader, KafkaReader::Make(options, {}));
  return FindIn(*reader, extent.high, absl::Now() + founding.patience,
                is_believed);
}

absl::Status AddFounding(const KafkaFounding& founding, std::string frame_bytes,
                         absl::Time now) {
  KafkaWriterOptions options;
  options.topic = wire::InboxTopic(founding.partnership);
  options.connection = founding.connection;
  options.node = founding.node;
  options.patience = founding.patience;
  ASSIGN_OR_RETURN(const auto writer, KafkaWriter::Make(options, nullptr));
  wire::Event event;
  event.id =
      absl::StrCat("founding/", founding.node, "/", absl::ToUnixMicros(now));
  event.source = absl::StrCat("/kith/", founding.partnership);
  event.type = wire::kGenesisType;
  event.time = now;
  event.data_schema = wire::EventSchema(wire::kGenesisType);
  event.trace_parent = wire::NewTraceParent();
  RETURN_IF_ERROR(writer->Write(
      {"", std::move(frame_bytes), wire::HeadersOf(event)}, /*ticket=*/0));
  return writer->Flush();
}

}  // namespace kith::inbox
