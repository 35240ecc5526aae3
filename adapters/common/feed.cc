#include "adapters/common/feed.h"

namespace kith::adapters {
namespace {

void End(Item& item, Ending ending, absl::string_view reason) {
  item.ending = ending;
  item.reason = std::string(reason);
  item.said.clear();
}

}  // namespace

agency::v1::LocalRef Local(const Feed& feed, absl::string_view local_id) {
  agency::v1::LocalRef ref;
  ref.set_system(feed.system);
  ref.set_local_id(std::string(local_id));
  return ref;
}

agency::v1::PersonRef PersonOf(const Feed& feed, absl::string_view local_id) {
  agency::v1::PersonRef ref;
  *ref.mutable_record() = Local(feed, local_id);
  return ref;
}

agency::v1::ThingRef ThingOf(const Feed& feed, absl::string_view local_id) {
  agency::v1::ThingRef ref;
  *ref.mutable_local() = Local(feed, local_id);
  return ref;
}

agency::v1::Identifier OtherRecord(const Feed& feed, absl::string_view value) {
  agency::v1::Identifier identifier;
  identifier.set_value(std::string(value));
  if (feed.local_agency.empty()) return identifier;
  identifier.set_kind(agency::v1::IDENTIFIER_KIND_LOCAL);
  agency::v1::LocalRef* local = identifier.mutable_local();
  local->set_agency(feed.local_agency);
  local->set_system(feed.local_system);
  local->set_local_id(std::string(value));
  return identifier;
}

agency::v1::Statement& Say(const Feed& feed, absl::string_view key,
                           absl::Time occurred_at, Item& item) {
  Said& said = item.said.emplace_back();
  said.occurred_at = occurred_at;
  agency::v1::Snapshot* snapshot = said.statement.mutable_snapshot();
  *snapshot->mutable_key() = Local(feed, key);
  const absl::Duration since = feed.extracted_at - absl::UnixEpoch();
  const int64_t seconds =
      absl::ToInt64Seconds(absl::Floor(since, absl::Seconds(1)));
  snapshot->mutable_extracted_at()->set_seconds(seconds);
  snapshot->mutable_extracted_at()->set_nanos(static_cast<int32_t>(
      absl::ToInt64Nanoseconds(since - absl::Seconds(seconds))));
  return said.statement;
}

void Refuse(Item& item, absl::string_view reason) {
  End(item, Ending::kRefused, reason);
}
void SetAside(Item& item, absl::string_view reason) {
  End(item, Ending::kSetAside, reason);
}
void Skip(Item& item, absl::string_view reason) {
  End(item, Ending::kSkipped, reason);
}
void Note(Item& item, absl::string_view what) {
  item.remarks.push_back({item.place, std::string(what)});
}

}  // namespace kith::adapters
