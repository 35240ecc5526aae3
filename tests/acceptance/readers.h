// Readers of the world: what disclosure shows them of what the views hold, by
// the door and with the context of a node's own answers. Nothing is kept of
// who looked.
//
//   const auto nurse = PractitionerOf(world, "health/nurse");
//   ShownTo(world, nurse, views::testing::Held(views::PlanPieces(...)));
//
// Everybody reads at the world's time.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "services/disclosure/disclosed.h"
#include "services/views/piece.h"
#include "services/views/read.h"
#include "services/views/standing.h"
#include "services/views/timeline.h"
#include "tests/acceptance/world.h"

namespace kith::acceptance {

// For early help.
disclosure::Reader PractitionerOf(
    World& world, absl::string_view named,
    agency::v1::Role role = agency::v1::ROLE_PRACTITIONER);
// Somebody of a family, by any of their records.
disclosure::Reader MemberOf(World& world, absl::string_view record,
                            absl::string_view purpose = "early_help");

// What disclosure must know of these people and families now.
std::shared_ptr<const disclosure::Context> ContextOf(
    World& world, const views::Concerned& concerned);

// Why the reader sees the item, or does not.
disclosure::Reason WhyFor(World& world, const disclosure::Reader& reader,
                          const ledger::v1::ItemLabel& label);

template <class T>
disclosure::Disclosed<T> DisclosedTo(World& world,
                                     const disclosure::Reader& reader,
                                     const views::Pieces<T>& pieces) {
  views::Concerned concerned;
  concerned.Add(pieces);
  disclosure::Discloser door(reader);
  door.Use(ContextOf(world, concerned));
  return door.Compose<T>(
      pieces, [](T* whole) { return whole; },
      [](T* whole) { views::Finish(whole); });
}

template <class T>
T ShownTo(World& world, const disclosure::Reader& reader,
          const views::Pieces<T>& pieces) {
  return DisclosedTo(world, reader, pieces).value();
}

// What the reader sees happen around a family, oldest first, as "plan opened".
std::vector<std::string> TimelineShownTo(World& world,
                                         const disclosure::Reader& reader,
                                         core::EntityNumber family);

}  // namespace kith::acceptance
