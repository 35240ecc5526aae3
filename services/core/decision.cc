#include "services/core/decision.h"

#include <utility>

#include "base/bytes.h"
#include "base/check.h"
#include "base/civil_date.h"
#include "services/core/keys.h"
#include "services/core/ledger_row.h"

namespace kith::core {
namespace {

constexpr absl::string_view kPractitioner = "practitioner";

agency::v1::LocalRef PractitionerKey(absl::string_view agency,
                                     const std::string& local_id) {
  agency::v1::LocalRef ref;
  ref.set_agency(std::string(agency));
  ref.set_local_id(local_id);
  return ref;
}

absl::Time TimeOf(const google::protobuf::Timestamp& stamp) {
  return absl::FromUnixSeconds(stamp.seconds()) +
         absl::Nanoseconds(stamp.nanos());
}

// Takes what `said` has; what it leaves empty stays. When another agency says
// it, only what was empty changes.
agency::v1::PractitionerIdentity Updated(
    agency::v1::PractitionerIdentity before,
    const agency::v1::PractitionerIdentity& said, bool own) {
  const auto update = [own](const std::string& to, std::string* from) {
    if (!to.empty() && (own || from->empty())) *from = to;
  };
  update(said.name(), before.mutable_name());
  update(said.profession(), before.mutable_profession());
  update(said.contact(), before.mutable_contact());
  return before;
}

bool Same(const agency::v1::PractitionerIdentity& a,
          const agency::v1::PractitionerIdentity& b) {
  return a.name() == b.name() && a.profession() == b.profession() &&
         a.contact() == b.contact();
}

}  // namespace

Decision::Decision(const StateReader& state,
                   const agency::v1::Envelope& envelope, bool reported,
                   const Setting& setting)
    : before_(state),
      overlay_(state),
      envelope_(envelope),
      reported_(reported),
      setting_(setting),
      occurred_at_(TimeOf(envelope.occurred_at())),
      day_(base::LondonDay(occurred_at_)) {
  // The kernel has read both rows before it makes a desk: they are whole.
  auto ledger = ReadLedger(state);
  auto counter = ReadRow<ledger::v1::NumberRow>(state, keys::Counter());
  KITH_CHECK(ledger.ok() && counter.ok());
  ledger_ = *ledger != nullptr ? *std::move(ledger)
                               : std::make_shared<ledger::v1::LedgerRow>();
  if (counter->has_value()) last_number_ = (*counter)->number();
}

ledger::v1::Identity Decision::NewIdentity(base::IdKind kind) {
  ledger::v1::Identity identity;
  identity.set_number(++last_number_);
  identity.set_id(
      base::MakeId(ledger_->partnership(), ledger_->genesis_digest(), kind,
                   setting_.position, ids_made_++, envelope_.salt()));
  ledger::v1::NumberRow counter;
  counter.set_number(last_number_);
  PutRow(overlay_, 0, keys::Counter(), counter);
  return identity;
}

agency::v1::LocalRef Decision::Own(agency::v1::LocalRef ref) const {
  if (ref.agency().empty()) ref.set_agency(agency());
  return ref;
}

absl::StatusOr<EntityNumber> Decision::Find(absl::string_view kind,
                                            const agency::v1::LocalRef& ref) {
  ASSIGN_OR_RETURN(auto row, ReadRow<ledger::v1::NumberRow>(
                                 overlay_, ReferenceKey(setting_.hash, kind,
                                                        ref, agency())));
  return row.has_value() ? row->number() : 0;
}

absl::StatusOr<EntityNumber> Decision::ById(absl::string_view kind,
                                            base::IdKind letter,
                                            absl::string_view id) {
  const auto parsed = base::ParseId(id);
  if (!parsed.has_value() || parsed->kind != letter) return MissingId(kind);
  ASSIGN_OR_RETURN(auto row,
                   ReadRow<ledger::v1::NumberRow>(overlay_, keys::Id(id)));
  if (!row.has_value()) return MissingId(kind);
  return row->number();
}

absl::StatusOr<EntityNumber> Decision::Record(
    const agency::v1::PersonRef& ref) {
  agency::v1::ThingRef thing;
  switch (ref.which_case()) {
    case agency::v1::PersonRef::kRecord:
      *thing.mutable_local() = ref.record();
      break;
    case agency::v1::PersonRef::kPersonId:
      thing.set_id(ref.person_id());
      break;
    case agency::v1::PersonRef::WHICH_NOT_SET:
      break;
  }
  return Thing("person", base::IdKind::kPerson, thing);
}

absl::StatusOr<EntityNumber> Decision::Thing(absl::string_view kind,
                                             base::IdKind letter,
                                             const agency::v1::ThingRef& ref) {
  if (ref.has_id()) return ById(kind, letter, ref.id());
  if (!ref.has_local() || ref.local().local_id().empty()) {
    return Senseless("REFERENCE_EMPTY", "a reference names nothing", kind);
  }
  ASSIGN_OR_RETURN(const EntityNumber number, Find(kind, ref.local()));
  if (number == 0) return Missing(kind, Own(ref.local()));
  return number;
}

absl::StatusOr<EntityNumber> Decision::Known(
    absl::string_view of_agency, agency::v1::PractitionerIdentity said) {
  ASSIGN_OR_RETURN(
      EntityNumber number,
      Find(kPractitioner, PractitionerKey(of_agency, said.local_id())));
  ledger::v1::Fact fact;
  auto& known = *fact.mutable_practitioner_known();
  if (number != 0) {
    ASSIGN_OR_RETURN(auto row, ReadRow<ledger::v1::PractitionerRow>(
                                   overlay_, keys::Practitioner(number)));
    // Erased: the number stays, and nothing is known of them any more.
    if (!row.has_value()) return number;
    said = Updated(row->said(), said, of_agency == agency());
    if (Same(said, row->said())) return number;
    known.mutable_practitioner()->set_number(number);
  } else {
    *known.mutable_practitioner() = NewIdentity(base::IdKind::kPractitioner);
    number = known.practitioner().number();
  }
  known.set_agency(std::string(of_agency));
  *known.mutable_said() = std::move(said);
  const bool is_actor =
      of_agency == agency() &&
      known.said().local_id() == envelope_.actor().practitioner().local_id();
  if (is_actor) actor_ = number;
  ASSIGN_OR_RETURN(const EntityNumber by, Actor());
  RETURN_IF_ERROR(AddAs(by, number, {}, std::move(fact)));
  return number;
}

absl::StatusOr<EntityNumber> Decision::Practitioner(
    const agency::v1::PractitionerRef& ref) {
  if (ref.local_id().empty()) {
    return Senseless("PRACTITIONER_EMPTY", "a practitioner has no local id");
  }
  agency::v1::PractitionerIdentity said;
  said.set_local_id(ref.local_id());
  said.set_name(ref.name());
  said.set_profession(ref.profession());
  said.set_contact(ref.contact());
  return Known(ref.agency().empty() ? agency() : ref.agency(), std::move(said));
}

absl::StatusOr<EntityNumber> Decision::Actor() {
  if (actor_ != 0) return actor_;
  if (envelope_.actor().practitioner().local_id().empty()) return 0;
  ASSIGN_OR_RETURN(actor_, Known(agency(), envelope_.actor().practitioner()));
  return actor_;
}

void Decision::NoteUnmet(absl::string_view row) {
  unmet_.push_back(std::string(row));
}

absl::Status Decision::Require(bool holds, const absl::Status& refusal) {
  if (holds) return absl::OkStatus();
  if (!reported_) return refusal;
  const ledger::v1::Reason reason = ReasonOf(refusal);
  for (const std::string& row : reason.rows()) NoteUnmet(row);
  return absl::OkStatus();
}

absl::Status Decision::Add(Subject subject, std::vector<Subject> also_about,
                           ledger::v1::Fact fact) {
  ASSIGN_OR_RETURN(const EntityNumber practitioner, Actor());
  for (const std::string& row : unmet_) fact.add_unmet(row);
  return AddAs(practitioner, subject, std::move(also_about), std::move(fact));
}

absl::Status Decision::AddOfStatement(Subject subject, ledger::v1::Fact fact) {
  EntityNumber practitioner = 0;
  const std::string& local_id = envelope_.actor().practitioner().local_id();
  if (!local_id.empty()) {
    ASSIGN_OR_RETURN(practitioner,
                     Find(kPractitioner, PractitionerKey(agency(), local_id)));
  }
  return AddAs(practitioner, subject, {}, std::move(fact));
}

absl::Status Decision::AddAs(EntityNumber practitioner, Subject subject,
                             std::vector<Subject> also_about,
                             ledger::v1::Fact fact) {
  ledger::v1::Provenance& by = *fact.mutable_by();
  by.set_agency(agency());
  by.set_practitioner(practitioner);
  by.set_role(envelope_.actor().role());
  if (envelope_.has_occurred_at()) {
    *by.mutable_occurred_at() = envelope_.occurred_at();
  }
  by.set_reported(reported_);
  by.set_basis(basis_);
  RETURN_IF_ERROR(setting_.fold(overlay_, fact, subject, setting_.hash));
  facts_.push_back({subject, std::move(also_about), std::move(fact)});
  return absl::OkStatus();
}

Overlay::Changes Decision::TakeChanges() { return overlay_.TakeChanges(); }

absl::Status EvolvePractitioner(StateWriter& state,
                                const ledger::v1::Fact& fact, Subject subject,
                                const KeyHash& hash) {
  if (!fact.has_practitioner_known()) return absl::OkStatus();
  const auto& known = fact.practitioner_known();
  const std::string key = keys::Practitioner(known.practitioner().number());
  ASSIGN_OR_RETURN(auto row, ReadRow<ledger::v1::PractitionerRow>(state, key));
  if (!row.has_value()) row.emplace();
  if (!known.practitioner().id().empty()) {
    *row->mutable_practitioner() = known.practitioner();
    PutNames(state, hash, kPractitioner,
             PractitionerKey(known.agency(), known.said().local_id()),
             known.agency(), known.practitioner());
  }
  row->set_agency(known.agency());
  *row->mutable_said() = known.said();
  PutRow(state, subject, key, *row);
  return absl::OkStatus();
}

std::string ReferenceKey(const KeyHash& hash, absl::string_view kind,
                         const agency::v1::LocalRef& ref,
                         absl::string_view agency) {
  // Lengths stand before what varies, so that no two references read alike.
  std::string bytes = "reference";
  for (absl::string_view part :
       {ref.agency().empty() ? agency : absl::string_view(ref.agency()),
        absl::string_view(ref.system()), absl::string_view(ref.local_id())}) {
    base::AppendBigEndian64(part.size(), bytes);
    bytes.append(part.data(), part.size());
  }
  return keys::Reference(kind, hash(bytes));
}

void PutNames(StateWriter& state, const KeyHash& hash, absl::string_view kind,
              const agency::v1::LocalRef& ref, absl::string_view agency,
              const ledger::v1::Identity& made) {
  ledger::v1::NumberRow row;
  row.set_number(made.number());
  if (!ref.local_id().empty()) {
    PutRow(state, made.number(), ReferenceKey(hash, kind, ref, agency), row);
  }
  if (!made.id().empty())
    PutRow(state, made.number(), keys::Id(made.id()), row);
}

}  // namespace kith::core
