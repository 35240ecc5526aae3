#include "services/views/read.h"

#include <algorithm>

#include "base/civil_date.h"
#include "services/core/family/resolve.h"
#include "services/views/compose.h"
#include "services/views/paging.h"

namespace kith::views {
namespace {

using api::v1::AssessmentView;
using api::v1::GetLeadResponse;
using api::v1::LeadAnswer;
using api::v1::ListConsentsResponse;
using api::v1::MeetingView;
using api::v1::OverrideView;
using api::v1::PersonView;
using api::v1::PlanView;
using api::v1::ReferralView;

class PersonAnswer {
 public:
  PersonAnswer(Reading& reading, absl::CivilDay today)
      : scene_{reading, today} {}

  absl::StatusOr<Pieces<PersonView>> Compose(
      const std::vector<EntityNumber>& records) {
    for (const EntityNumber record : records) {
      ASSIGN_OR_RETURN(const Things things, scene_.reading.Of(record));
      for (const Thing* thing : things) RETURN_IF_ERROR(Add(record, *thing));
    }
    RETURN_IF_ERROR(AddFormerIds(records));
    return std::move(pieces_);
  }

 private:
  absl::Status Add(EntityNumber record, const Thing& thing) {
    if (thing.row.has_record()) {
      ASSIGN_OR_RETURN(auto parts, OfRecord(scene_, record, thing.row));
      Append(&pieces_, std::move(parts));
    } else if (thing.row.has_owner()) {
      return AddFamily(record, LeadsTo(thing));
    } else {
      ASSIGN_OR_RETURN(auto parts, AboutPerson(scene_, record, thing));
      Append(&pieces_, std::move(parts));
    }
    return absl::OkStatus();
  }

  absl::Status AddFamily(EntityNumber record, const ThingKey& key) {
    if (key.kind != Kind::kMember) return absl::OkStatus();
    ASSIGN_OR_RETURN(const Thing* thing, scene_.reading.Get(key));
    if (thing == nullptr ||
        !core::family::IsCurrent(thing->row.member(), scene_.today)) {
      return absl::OkStatus();
    }
    Piece<PersonView> piece{
        LabelOf(scene_, agency::v1::ITEM_CLASS_FAMILY, thing->row,
                thing->row.member().agency(), {record}),
        {}};
    ASSIGN_OR_RETURN(const EntityNumber family,
                     scene_.reading.Resolve(key.subject));
    piece.label.set_family(family);
    ASSIGN_OR_RETURN(*piece.part.mutable_person_id(),
                     scene_.reading.PersonId(record));
    ASSIGN_OR_RETURN(*piece.part.add_family_ids(),
                     scene_.reading.FamilyId(family));
    pieces_.push_back(std::move(piece));
    return absl::OkStatus();
  }

  // Each with the record that once gave the person that id.
  absl::Status AddFormerIds(const std::vector<EntityNumber>& records) {
    for (size_t i = 1; i < records.size(); ++i) {
      ASSIGN_OR_RETURN(const ThingRow* row, scene_.reading.Record(records[i]));
      if (row == nullptr || row->record().gone()) continue;
      Piece<PersonView> piece{
          LabelOf(scene_, agency::v1::ITEM_CLASS_IDENTITY, *row,
                  row->record().agency(), {records[i]}),
          {}};
      piece.label.set_shielded(IsRestricted(*row));
      ASSIGN_OR_RETURN(*piece.part.mutable_person_id(),
                       scene_.reading.PersonId(records[i]));
      piece.part.add_former_person_ids(row->thing().id());
      pieces_.push_back(std::move(piece));
    }
    return absl::OkStatus();
  }

  const Scene scene_;
  Pieces<PersonView> pieces_;
};

// Rows of one kind of the family and of its present members.
absl::StatusOr<Things> OfFamily(Reading& reading, EntityNumber family,
                                absl::CivilDay today, Kind kind) {
  Things things;
  ASSIGN_OR_RETURN(const auto household, HouseholdOf(reading, family, today));
  if (!household.has_value()) return things;
  for (const Thing* thing : household->things) {
    if (thing->key.kind == kind) things.push_back(thing);
  }
  for (const Member& member : household->members) {
    if (!member.current) continue;
    for (const EntityNumber record : member.records) {
      ASSIGN_OR_RETURN(const Things some, reading.Of(record, kind));
      things.insert(things.end(), some.begin(), some.end());
    }
  }
  LatestFirst(&things);
  return things;
}

template <class T, class Compose>
absl::StatusOr<Page<T>> ListOf(const core::StateReader& view,
                               EntityNumber family, absl::Time now,
                               const PageFrom& from, Kind kind,
                               const Compose& compose) {
  Reading reading(view);
  const absl::CivilDay today = base::LondonDay(now);
  ASSIGN_OR_RETURN(const Things things, OfFamily(reading, family, today, kind));
  ASSIGN_OR_RETURN(const EntityNumber standing, reading.Resolve(family));
  const Scene scene{reading, today, standing};
  return PageOf<T>(things, from,
                   [&](const Thing& thing) { return compose(scene, thing); });
}

// One thing by its number.
template <class T, class Compose>
Answer<T> OneOf(const core::StateReader& view, EntityNumber number, Kind kind,
                absl::CivilDay today, const Compose& compose) {
  Reading reading(view);
  ASSIGN_OR_RETURN(const Thing* thing, reading.Numbered(number, kind));
  if (thing == nullptr) return std::optional<Pieces<T>>();
  ASSIGN_OR_RETURN(Pieces<T> pieces, compose(Scene{reading, today, 0}, *thing));
  return std::optional<Pieces<T>>(std::move(pieces));
}

absl::StatusOr<Pieces<ListConsentsResponse>> OfAnswered(const Scene& scene,
                                                        const Thing& thing) {
  Pieces<ListConsentsResponse> pieces;
  if (thing.row.has_consent()) {
    ASSIGN_OR_RETURN(auto consent, OfConsent(scene, thing));
    AddInto(&pieces, std::move(consent), [](ListConsentsResponse& response) {
      return response.add_consents();
    });
    return pieces;
  }
  ASSIGN_OR_RETURN(auto restriction, OfRestriction(scene, thing));
  AddInto(&pieces, std::move(restriction), [](ListConsentsResponse& response) {
    return response.add_restrictions();
  });
  return pieces;
}

absl::StatusOr<Pieces<LeadAnswer>> AnswerOf(Reading& reading,
                                            const Household& household,
                                            absl::CivilDay today) {
  const Scene scene{reading, today, household.family};
  Leads leads = LeadsOf(household.things);
  leads.earlier.clear();
  Pieces<LeadAnswer> pieces;
  ASSIGN_OR_RETURN(auto views, OfLeads(scene, leads, household.StatedNow()));
  for (auto& piece : views) {
    if (piece.label.class_() != agency::v1::ITEM_CLASS_LEAD) continue;
    LeadAnswer answer;
    answer.set_family_id(piece.part.family_id());
    *answer.mutable_practitioner() = piece.part.practitioner();
    answer.set_state(piece.part.state());
    answer.set_disputed(piece.part.disputed());
    pieces.push_back({std::move(piece.label), std::move(answer)});
  }
  return pieces;
}

}  // namespace

Answer<PersonView> PersonPieces(const core::StateReader& view,
                                EntityNumber record, absl::Time now) {
  Reading reading(view);
  ASSIGN_OR_RETURN(const ThingRow* row, reading.Record(record));
  if (row == nullptr) return std::optional<Pieces<PersonView>>();
  const absl::CivilDay today = base::LondonDay(now);
  ASSIGN_OR_RETURN(const auto records, reading.RecordsOf(record));
  PersonAnswer answer(reading, today);
  ASSIGN_OR_RETURN(auto pieces, answer.Compose(records));
  return std::optional<Pieces<PersonView>>(std::move(pieces));
}

Answer<PlanView> PlanPieces(const core::StateReader& view, EntityNumber plan,
                            absl::Time now) {
  return OneOf<PlanView>(view, plan, Kind::kPlan, base::LondonDay(now), OfPlan);
}

Answer<ReferralView> ReferralPieces(const core::StateReader& view,
                                    EntityNumber referral) {
  return OneOf<ReferralView>(view, referral, Kind::kReferral, {}, OfReferral);
}

Answer<AssessmentView> AssessmentPieces(const core::StateReader& view,
                                        EntityNumber assessment) {
  return OneOf<AssessmentView>(view, assessment, Kind::kAssessment, {},
                               OfAssessment);
}

absl::StatusOr<Page<PlanView>> PlansOf(const core::StateReader& view,
                                       EntityNumber family, absl::Time now,
                                       const PageFrom& from) {
  return ListOf<PlanView>(view, family, now, from, Kind::kPlan, OfPlan);
}

absl::StatusOr<Page<ReferralView>> ReferralsOf(const core::StateReader& view,
                                               EntityNumber family,
                                               absl::Time now,
                                               const PageFrom& from) {
  return ListOf<ReferralView>(view, family, now, from, Kind::kReferral,
                              OfReferral);
}

absl::StatusOr<Page<AssessmentView>> AssessmentsOf(
    const core::StateReader& view, EntityNumber family, absl::Time now,
    const PageFrom& from) {
  return ListOf<AssessmentView>(view, family, now, from, Kind::kAssessment,
                                OfAssessment);
}

absl::StatusOr<Page<MeetingView>> MeetingsOf(const core::StateReader& view,
                                             EntityNumber family,
                                             absl::Time now,
                                             const PageFrom& from) {
  return ListOf<MeetingView>(view, family, now, from, Kind::kMeeting,
                             OfMeeting);
}

absl::StatusOr<Page<ListConsentsResponse>> ConsentsAbout(
    const core::StateReader& view, EntityNumber record, const PageFrom& from) {
  Reading reading(view);
  Things things;
  ASSIGN_OR_RETURN(const auto records, reading.RecordsOf(record));
  for (const EntityNumber one : records) {
    for (const Kind kind : {Kind::kConsent, Kind::kRestriction}) {
      ASSIGN_OR_RETURN(const Things some, reading.Of(one, kind));
      things.insert(things.end(), some.begin(), some.end());
    }
  }
  LatestFirst(&things);
  const Scene scene{reading, {}, 0};
  return PageOf<ListConsentsResponse>(things, from, [&](const Thing& thing) {
    return OfAnswered(scene, thing);
  });
}

absl::StatusOr<Page<OverrideView>> OverridesAbout(const core::StateReader& view,
                                                  EntityNumber record,
                                                  const PageFrom& from) {
  Reading reading(view);
  Things things;
  ASSIGN_OR_RETURN(const auto records, reading.RecordsOf(record));
  for (const EntityNumber one : records) {
    for (const Kind kind : {Kind::kOverride, Kind::kGlass}) {
      ASSIGN_OR_RETURN(const Things some, reading.Of(one, kind));
      things.insert(things.end(), some.begin(), some.end());
    }
  }
  LatestFirst(&things);
  const Scene scene{reading, {}, 0};
  return PageOf<OverrideView>(things, from, [&](const Thing& thing) {
    return OfOverride(scene, thing);
  });
}

Answer<OverrideView> OverridePieces(const core::StateReader& view,
                                    EntityNumber override) {
  Reading reading(view);
  for (const Kind kind : {Kind::kOverride, Kind::kGlass}) {
    ASSIGN_OR_RETURN(const Thing* thing, reading.Numbered(override, kind));
    if (thing == nullptr) continue;
    const Scene scene{reading, {}, 0};
    ASSIGN_OR_RETURN(auto pieces, OfOverride(scene, *thing));
    return std::optional<Pieces<OverrideView>>(std::move(pieces));
  }
  return std::optional<Pieces<OverrideView>>();
}

Answer<GetLeadResponse> LeadPieces(const core::StateReader& view,
                                   EntityNumber family, absl::Time now) {
  Reading reading(view);
  const absl::CivilDay today = base::LondonDay(now);
  ASSIGN_OR_RETURN(const auto household, HouseholdOf(reading, family, today));
  if (!household.has_value()) return std::optional<Pieces<GetLeadResponse>>();
  const Scene scene{reading, today, household->family};
  const RecordSet records = household->StatedNow();
  Leads current = LeadsOf(household->things);
  Leads earlier;
  std::swap(earlier.earlier, current.earlier);
  Pieces<GetLeadResponse> pieces;
  ASSIGN_OR_RETURN(auto leads, OfLeads(scene, current, records));
  AddInto(&pieces, std::move(leads),
          [](GetLeadResponse& response) { return response.mutable_lead(); });
  ASSIGN_OR_RETURN(auto before, OfLeads(scene, earlier, records));
  AddInto(&pieces, std::move(before),
          [](GetLeadResponse& response) { return response.add_earlier(); });
  return std::optional<Pieces<GetLeadResponse>>(std::move(pieces));
}

absl::StatusOr<std::vector<Pieces<LeadAnswer>>> LeadAnswers(
    const core::StateReader& view, const std::vector<EntityNumber>& families,
    absl::Time now) {
  Reading reading(view);
  const absl::CivilDay today = base::LondonDay(now);
  std::vector<Pieces<LeadAnswer>> answers;
  for (const EntityNumber family : families) {
    ASSIGN_OR_RETURN(const auto household, HouseholdOf(reading, family, today));
    if (!household.has_value()) continue;
    ASSIGN_OR_RETURN(auto pieces, AnswerOf(reading, *household, today));
    if (!pieces.empty()) answers.push_back(std::move(pieces));
  }
  return answers;
}

absl::StatusOr<absl::btree_set<EntityNumber>> GroupOf(
    const core::StateReader& view, EntityNumber family, absl::Time now) {
  Reading reading(view);
  ASSIGN_OR_RETURN(const auto household,
                   HouseholdOf(reading, family, base::LondonDay(now)));
  if (!household.has_value()) return absl::btree_set<EntityNumber>();
  return absl::btree_set<EntityNumber>(household->group.begin(),
                                       household->group.end());
}

absl::StatusOr<absl::btree_set<EntityNumber>> PeopleOf(
    const core::StateReader& view, EntityNumber family, absl::Time now) {
  Reading reading(view);
  ASSIGN_OR_RETURN(const auto household,
                   HouseholdOf(reading, family, base::LondonDay(now)));
  absl::btree_set<EntityNumber> people;
  if (!household.has_value()) return people;
  for (const Member& member : household->members) {
    if (!member.current) continue;
    people.insert(member.records.begin(), member.records.end());
  }
  return people;
}

}  // namespace kith::views
