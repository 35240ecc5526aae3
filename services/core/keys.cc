#include "services/core/keys.h"

#include <initializer_list>

#include "absl/strings/str_cat.h"
#include "base/bytes.h"
#include "base/check.h"

namespace kith::core::keys {
namespace {

// `kind`, a slash, and numbers.
std::string Numbers(absl::string_view kind,
                    std::initializer_list<uint64_t> numbers) {
  std::string key = absl::StrCat(kind, "/");
  for (uint64_t number : numbers) base::AppendBigEndian64(number, key);
  return key;
}

// A text before numbers ends with a slash, which no name or kind holds.
std::string Named(absl::string_view kind, absl::string_view name,
                  std::initializer_list<uint64_t> numbers = {}) {
  std::string key = absl::StrCat(kind, "/", name, "/");
  for (uint64_t number : numbers) base::AppendBigEndian64(number, key);
  return key;
}

// HMACs have one length, so that they need no end mark.
std::string Hashed(absl::string_view kind, absl::string_view hash,
                   std::initializer_list<uint64_t> numbers = {}) {
  std::string key = absl::StrCat(kind, "/", hash);
  for (uint64_t number : numbers) base::AppendBigEndian64(number, key);
  return key;
}

}  // namespace

std::string Ledger() { return "aa/"; }
std::string Counter() { return "ab/"; }
std::string Source(absl::string_view source) { return Named("so", source); }
std::string Sources() { return "so/"; }
std::string SourceOfKey(absl::string_view key_id) {
  return absl::StrCat("sk/", key_id);
}
std::string Outcome(absl::string_view source, uint64_t epoch,
                    uint64_t sequence) {
  return Named("oc", source, {epoch, sequence});
}
std::string Request(absl::string_view agency, absl::string_view request_hash) {
  return Named("rq", agency) + std::string(request_hash);
}
std::string Snapshot(absl::string_view hash) { return Hashed("sn", hash); }
std::string Item(EntityNumber item) { return Numbers("it", {item}); }
std::string Held(absl::string_view source, uint64_t epoch, uint64_t sequence) {
  return Named("he", source, {epoch, sequence});
}
std::string Waiting(absl::string_view ref_hash, EntityNumber item) {
  return Hashed("wa", ref_hash, {item});
}
std::string WaitingOn(absl::string_view ref_hash) {
  return Hashed("wa", ref_hash);
}
std::string WaitingSince(int64_t micros, EntityNumber item) {
  return Numbers("ws", {static_cast<uint64_t>(micros), item});
}
std::string WaitingSincePrefix() { return "ws/"; }
std::string WaitingCount() { return "wc/"; }
std::string Behind(absl::string_view source, absl::string_view order_hash) {
  return Named("be", source) + std::string(order_hash);
}

std::string Reference(absl::string_view kind, absl::string_view hash) {
  return Named("rf", kind) + std::string(hash);
}
std::string Id(absl::string_view id) { return absl::StrCat("id/", id); }

std::string Practitioner(EntityNumber practitioner) {
  return Numbers("pr", {practitioner});
}
std::string Record(EntityNumber record) { return Numbers("re", {record}); }
std::string Person(EntityNumber first_record) {
  return Numbers("pe", {first_record});
}
std::string Match(EntityNumber one, EntityNumber other) {
  return Numbers("ma", {one, other});
}
std::string MatchOf(EntityNumber record, EntityNumber other) {
  return Numbers("mo", {record, other});
}
std::string MatchesOf(EntityNumber record) { return Numbers("mo", {record}); }
std::string Block(absl::string_view pass_hash, EntityNumber record) {
  return Hashed("bl", pass_hash, {record});
}
std::string BlockOf(absl::string_view pass_hash) {
  return Hashed("bl", pass_hash);
}

std::string Relationship(EntityNumber person, EntityNumber to,
                         absl::string_view agency) {
  return absl::StrCat(Numbers("rs", {person, to}), agency);
}
std::string RelationshipsOf(EntityNumber person) {
  return Numbers("rs", {person});
}
std::string RelationshipTo(EntityNumber to, EntityNumber person,
                           absl::string_view agency) {
  return absl::StrCat(Numbers("rt", {to, person}), agency);
}
std::string RelationshipsTo(EntityNumber to) { return Numbers("rt", {to}); }

std::string Family(EntityNumber family) { return Numbers("fa", {family}); }
std::string Member(EntityNumber family, EntityNumber record,
                   absl::string_view agency) {
  return absl::StrCat(Numbers("fm", {family, record}), agency);
}
std::string MembersOf(EntityNumber family) { return Numbers("fm", {family}); }
std::string MemberOf(EntityNumber record, EntityNumber family,
                     absl::string_view agency) {
  return absl::StrCat(Numbers("fo", {record, family}), agency);
}
std::string FamiliesOf(EntityNumber record) { return Numbers("fo", {record}); }

std::string Consent(EntityNumber consent) { return Numbers("co", {consent}); }
std::string ConsentAbout(EntityNumber record, EntityNumber consent) {
  return Numbers("ca", {record, consent});
}
std::string ConsentsAbout(EntityNumber record) {
  return Numbers("ca", {record});
}
std::string Restriction(EntityNumber restriction) {
  return Numbers("rn", {restriction});
}
std::string RestrictionAbout(EntityNumber record, EntityNumber restriction) {
  return Numbers("ra", {record, restriction});
}
std::string RestrictionsAbout(EntityNumber record) {
  return Numbers("ra", {record});
}

std::string FamilyAgreement(EntityNumber agreement) {
  return Numbers("ag", {agreement});
}
std::string AgreementOfFamily(EntityNumber family, EntityNumber agreement) {
  return Numbers("af", {family, agreement});
}
std::string AgreementsOfFamily(EntityNumber family) {
  return Numbers("af", {family});
}
std::string SharingAgreement(EntityNumber agreement) {
  return Numbers("sa", {agreement});
}
std::string SharingNote(EntityNumber note) { return Numbers("no", {note}); }
std::string PanelItem(EntityNumber item) { return Numbers("pi", {item}); }

std::string Override(EntityNumber override) {
  return Numbers("ov", {override});
}
std::string OverrideAbout(EntityNumber record, EntityNumber override) {
  return Numbers("oa", {record, override});
}
std::string OverridesAbout(EntityNumber record) {
  return Numbers("oa", {record});
}
std::string Glass(EntityNumber access) { return Numbers("gl", {access}); }
std::string GlassBy(EntityNumber practitioner, EntityNumber access) {
  return Numbers("gb", {practitioner, access});
}
std::string AllGlassBy(EntityNumber practitioner) {
  return Numbers("gb", {practitioner});
}

std::string Referral(EntityNumber referral) {
  return Numbers("rr", {referral});
}
std::string Assessment(EntityNumber assessment) {
  return Numbers("as", {assessment});
}
std::string Score(EntityNumber assessment, EntityNumber score) {
  return Numbers("sc", {assessment, score});
}
std::string ScoresOf(EntityNumber assessment) {
  return Numbers("sc", {assessment});
}
std::string Plan(EntityNumber plan) { return Numbers("pl", {plan}); }
std::string PlanTouching(EntityNumber record, EntityNumber plan) {
  return Numbers("pt", {record, plan});
}
std::string PlansTouching(EntityNumber record) {
  return Numbers("pt", {record});
}
std::string PlanOfFamily(EntityNumber family, EntityNumber plan) {
  return Numbers("pf", {family, plan});
}
std::string PlansOfFamily(EntityNumber family) {
  return Numbers("pf", {family});
}
std::string Meeting(EntityNumber meeting) { return Numbers("me", {meeting}); }
std::string Lead(EntityNumber appointment) {
  return Numbers("le", {appointment});
}
std::string Case(EntityNumber number) { return Numbers("cs", {number}); }
std::string CaseOfPlans(EntityNumber one, EntityNumber other) {
  return Numbers("cp", {one, other});
}
std::string CaseOfPlan(EntityNumber plan, EntityNumber number) {
  return Numbers("cl", {plan, number});
}
std::string CasesOfPlan(EntityNumber plan) { return Numbers("cl", {plan}); }
std::string AtAddress(absl::string_view address_hash, EntityNumber record) {
  return Hashed("ad", address_hash, {record});
}
std::string RecordsAt(absl::string_view address_hash) {
  return Hashed("ad", address_hash);
}

EntityNumber LastNumber(absl::string_view key) {
  KITH_CHECK(key.size() >= 8);
  return *base::ReadBigEndian64(key.substr(key.size() - 8));
}

}  // namespace kith::core::keys
