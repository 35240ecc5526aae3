#include "tests/acceptance/readers.h"

#include "base/check.h"
#include "services/api/context.h"
#include "services/views/find.h"

namespace kith::acceptance {
namespace {

constexpr size_t kLinesMax = 1000;

disclosure::Reader ReaderOf(World& world, absl::string_view agency,
                            agency::v1::Role role) {
  disclosure::Reader reader;
  reader.agency = std::string(agency);
  reader.role = role;
  reader.purpose = "early_help";
  reader.at = world.now();
  return reader;
}

}  // namespace

disclosure::Reader PractitionerOf(World& world, absl::string_view named,
                                  agency::v1::Role role) {
  const agency::v1::LocalRef who = Local(named);
  disclosure::Reader reader = ReaderOf(world, who.agency(), role);
  reader.practitioner = who.local_id();
  const auto number = views::FindPractitioner(
      world.views(), who.agency(), who.local_id(), core::testing::TestHash());
  KITH_CHECK(number.ok());
  reader.practitioner_number = *number;
  return reader;
}

disclosure::Reader MemberOf(World& world, absl::string_view record,
                            absl::string_view purpose) {
  disclosure::Reader reader =
      ReaderOf(world, "council", agency::v1::ROLE_FAMILY_MEMBER);
  reader.record = world.Record(record);
  reader.purpose = std::string(purpose);
  return reader;
}

std::shared_ptr<const disclosure::Context> ContextOf(
    World& world, const views::Concerned& concerned) {
  auto known = api::KnownOf(world.views(), concerned, world.now());
  KITH_CHECK(known.ok());
  return {*known, &(*known)->context};
}

disclosure::Reason WhyFor(World& world, const disclosure::Reader& reader,
                          const ledger::v1::ItemLabel& label) {
  views::Concerned concerned;
  concerned.Add(label);
  return disclosure::Decide(reader, label, *ContextOf(world, concerned)).reason;
}

std::vector<std::string> TimelineShownTo(World& world,
                                         const disclosure::Reader& reader,
                                         core::EntityNumber family) {
  views::PageFrom all;
  all.limit = kLinesMax;
  const auto page = views::Timeline(world.views(), family, world.now(), all);
  KITH_CHECK(page.ok() && page->next.empty());
  std::vector<std::string> lines;
  for (const auto& entry : page->entries) {
    const auto disclosed = DisclosedTo(world, reader, entry.pieces);
    if (disclosed.account().shown()) lines.push_back(disclosed.value().what());
  }
  return lines;
}

}  // namespace kith::acceptance
