#include "services/api/looks.h"

#include <algorithm>
#include <utility>

#include "absl/strings/match.h"
#include "base/bytes.h"
#include "base/status.h"
#include "kith/ledger/v1/access.pb.h"
#include "services/disclosure/roles.h"
#include "services/views/find.h"
#include "services/views/read.h"
#include "services/views/standing.h"

namespace kith::api {
namespace {

v1::LookEntry ToApi(const ledger::v1::AccessRecord& record) {
  v1::LookEntry look;
  *look.mutable_at() = record.at();
  look.set_agency(record.agency());
  look.set_practitioner(record.practitioner());
  look.set_role(record.role());
  look.set_purpose(record.purpose());
  look.set_method(record.method());
  look.set_node(record.node());
  look.set_kind(record.kind());
  *look.mutable_basis() = record.basis();
  *look.mutable_legal_basis() = record.legal_basis();
  look.set_copied_to(record.copied_to());
  look.set_policy_version(record.policy_version());
  look.set_roles_version(record.roles_version());
  look.set_position(record.position());
  return look;
}

bool IsOfOverride(const ledger::v1::AccessTally& tally) {
  return tally.class_() == agency::v1::ITEM_CLASS_OVERRIDE;
}

// What was looked at tells of those it is about: whoever is kept from anything
// of theirs learns that somebody looked, and not at what.
views::Piece<v1::LookEntry> AtWhat(const ledger::v1::AccessRecord& record,
                                   ledger::v1::ItemLabel label) {
  views::Piece<v1::LookEntry> piece;
  label.mutable_records()->MergeFrom(record.records());
  piece.label = std::move(label);
  for (const auto& tally : record.tallies()) {
    if (tally.shown()) {
      piece.part.add_shown(tally.class_());
    } else if (!IsOfOverride(tally)) {
      piece.part.add_withheld(tally.class_());
    }
  }
  return piece;
}

// The version of the content: kept from whom what was looked at is.
views::Piece<v1::LookEntry> OfVersion(const ledger::v1::AccessRecord& record,
                                      ledger::v1::ItemLabel label) {
  v1::LookEntry look;
  look.set_etag(record.etag());
  label.mutable_records()->MergeFrom(record.records());
  return {std::move(label), std::move(look)};
}

// Whether the reader learns which version of the content was shown: it tells of
// all that was in the answer, so whoever got that answer does, and the roles
// that watch over looks.
bool LearnsVersion(const disclosure::Reader& reader,
                   const ledger::v1::AccessRecord& record) {
  if (reader.role == agency::v1::ROLE_FAMILY_MEMBER) return false;
  return record.agency() == reader.agency ||
         disclosure::ShippedRoles()
             .RightsFor(reader.role, reader.purpose)
             .everywhere.Has(agency::v1::ITEM_CLASS_ACCESS);
}

// That overrides were withheld tells that there are some: apart, for an embargo
// to cover it alone. Empty: none were.
views::Pieces<v1::LookEntry> AtOverrides(const ledger::v1::AccessRecord& record,
                                         ledger::v1::ItemLabel label) {
  v1::LookEntry look;
  for (const auto& tally : record.tallies()) {
    if (tally.shown() || !IsOfOverride(tally)) continue;
    look.add_withheld(tally.class_());
  }
  if (look.withheld().empty()) return {};
  label.mutable_records()->MergeFrom(record.records());
  return {{std::move(label), std::move(look)}};
}

// Who may know who looked: the agencies that work with the family, its members
// themselves, and the roles that watch over it.
ledger::v1::ItemLabel LabelOfLooks(const ReadCall& call, uint64_t family,
                                   const views::Standing& standing) {
  ledger::v1::ItemLabel label;
  label.set_agency(call.reader().agency);
  label.set_family(family);
  label.set_class_(agency::v1::ITEM_CLASS_ACCESS);
  // Kept to account for what was shown, whatever was said of storing.
  label.set_basis(agency::v1::LEGAL_BASIS_LEGAL_OBLIGATION);
  const uint64_t reader = call.reader().record;
  const auto members = standing.members_of_family.find(family);
  if (reader != 0 && members != standing.members_of_family.end() &&
      members->second.count(reader) > 0) {
    label.add_records(reader);
  }
  return label;
}

// What auditors see of a look besides: each decision, and the reason given.
views::Piece<v1::LookEntry> ForAuditors(
    const ledger::v1::AccessRecord& record) {
  views::Piece<v1::LookEntry> piece;
  piece.label.set_class_(agency::v1::ITEM_CLASS_OVERRIDE);
  *piece.part.mutable_tallies() = record.tallies();
  piece.part.set_reason(record.reason());
  return piece;
}

void AddEmbargo(const ledger::v1::OverrideRow& row, Looked* looked) {
  const auto& recorded = row.recorded();
  if (!views::IsEmbargoed(row)) {
    looked->told.insert(recorded.override().number());
    return;
  }
  looked->embargoed.insert(recorded.override().number());
  for (const auto& recipient : recorded.recipients()) {
    looked->unseen.push_back({recipient.agency(), recipient.practitioner(),
                              recorded.said().purpose()});
  }
}

void AddEmbargo(const ledger::v1::GlassRow& row, Looked* looked) {
  if (!views::IsEmbargoed(row)) {
    looked->told.insert(row.broken().access().number());
    return;
  }
  looked->embargoed.insert(row.broken().access().number());
  looked->unseen.push_back({"", row.broken().practitioner(), ""});
}

// Whether the look shows what opened it, or that there are overrides.
bool TellsOfOverride(const ledger::v1::AccessRecord& record,
                     const Looked& looked) {
  for (const auto& tally : record.tallies()) {
    if (tally.shown() && IsOfOverride(tally)) return true;
    for (const uint64_t number : tally.decided_by()) {
      if (looked.embargoed.count(number) > 0) return true;
    }
  }
  return false;
}

// Whether one looked who may do so unknown to the family: their other looks for
// that purpose, of which nothing was opened, would tell of them too.
absl::StatusOr<bool> IsByUnseen(const ReadCall& call,
                                const ledger::v1::AccessRecord& record,
                                const Looked& looked) {
  // Who calls through an agency's program is not of that agency.
  if (record.role() == agency::v1::ROLE_FAMILY_MEMBER) return false;
  for (const Unseen& one : looked.unseen) {
    if (!one.purpose.empty() && one.purpose != record.purpose()) continue;
    if (!one.agency.empty() && one.agency == record.agency()) return true;
    if (one.practitioner == 0) continue;
    ASSIGN_OR_RETURN(
        const uint64_t practitioner,
        views::FindPractitioner(call.view().view(), record.agency(),
                                record.practitioner(), call.view().hash()));
    if (practitioner == one.practitioner) return true;
  }
  return false;
}

// Whether the act is on what the family knows of. One that was to
// record an override, and says that they are not told, is not known to be one
// that they were told of since: nothing there names it.
bool IsOnWhatIsTold(const ledger::v1::AccessRecord& record,
                    const Looked& looked) {
  const auto& on = record.acted_on();
  if (on.empty()) return record.family_told();
  return std::all_of(on.begin(), on.end(), [&](uint64_t number) {
    return looked.told.count(number) > 0;
  });
}

// Whether the family is not to know of the look. Of overrides they know
// what they are told; what was tried and refused may have been meant so.
absl::StatusOr<bool> IsEmbargoed(const ReadCall& call,
                                 const ledger::v1::AccessRecord& record,
                                 const Looked& looked) {
  if ((record.kind() == ledger::v1::ACCESS_KIND_OVERRIDE &&
       !IsOnWhatIsTold(record, looked)) ||
      (record.denied() &&
       absl::StartsWith(record.method(), "OverrideService."))) {
    return true;
  }
  if (looked.embargoed.empty()) return false;
  if (TellsOfOverride(record, looked)) return true;
  return IsByUnseen(call, record, looked);
}

}  // namespace

absl::StatusOr<Looked> LookedAt(const ReadCall& call, uint64_t family) {
  const core::StateReader& rows = call.view().view();
  Looked looked;
  views::Concerned concerned;
  ASSIGN_OR_RETURN(concerned.families,
                   views::GroupOf(rows, family, call.now()));
  ASSIGN_OR_RETURN(concerned.records,
                   views::PeopleOf(rows, family, call.now()));
  looked.subjects.assign(concerned.families.begin(), concerned.families.end());
  looked.subjects.insert(looked.subjects.end(), concerned.records.begin(),
                         concerned.records.end());
  ASSIGN_OR_RETURN(const views::Standing standing,
                   views::StandingOf(rows, concerned, call.now()));
  looked.label = LabelOfLooks(call, family, standing);
  for (const auto& row : standing.overrides) AddEmbargo(row, &looked);
  for (const auto& row : standing.glass) AddEmbargo(row, &looked);
  return looked;
}

absl::StatusOr<views::Page<v1::LookEntry>> Looks(ReadCall& call,
                                                 const Looked& looked,
                                                 const views::PageFrom& from) {
  const uint64_t before = base::ReadBigEndian64(from.cursor).value_or(0);
  ASSIGN_OR_RETURN(
      const auto looks,
      call.node().access.WhoLooked(looked.subjects, before, from.limit + 1));
  views::Page<v1::LookEntry> page;
  for (const auto& look : looks) {
    if (page.entries.size() == from.limit) {
      page.next = page.entries.back().cursor;
      break;
    }
    views::Entry<v1::LookEntry> entry;
    ledger::v1::ItemLabel label = looked.label;
    ASSIGN_OR_RETURN(const bool embargoed,
                     IsEmbargoed(call, look.record, looked));
    label.set_embargoed(embargoed);
    entry.pieces.push_back({label, ToApi(look.record)});
    entry.pieces.push_back(AtWhat(look.record, label));
    if (LearnsVersion(call.reader(), look.record)) {
      entry.pieces.push_back(OfVersion(look.record, label));
    }
    label.set_embargoed(embargoed || !looked.embargoed.empty());
    for (auto& piece : AtOverrides(look.record, std::move(label))) {
      entry.pieces.push_back(std::move(piece));
    }
    // Nobody else's answer accounts for what it never asked for.
    if (call.reader().role == agency::v1::ROLE_AUDITOR) {
      entry.pieces.push_back(ForAuditors(look.record));
    }
    entry.cursor = base::BigEndian64(look.position);
    page.entries.push_back(std::move(entry));
  }
  return page;
}

}  // namespace kith::api
