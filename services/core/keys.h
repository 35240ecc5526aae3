// Keys of state rows. Each begins with two letters for the kind of row and a
// slash; numbers are eight bytes, big-endian; personal data only as its HMAC.
//
// The second column is the row (state.proto); the subject is the row's.
#pragma once

#include <cstdint>
#include <string>

#include "absl/strings/string_view.h"
#include "services/core/state.h"

namespace kith::core::keys {

std::string Ledger();  // LedgerRow
// The number given last. It moves with most statements; the row above is large.
std::string Counter();                              // NumberRow
std::string Source(absl::string_view source);       // SourceRow
std::string Sources();                              // prefix of the above
std::string SourceOfKey(absl::string_view key_id);  // the source's name
std::string Outcome(absl::string_view source, uint64_t epoch,
                    uint64_t sequence);  // OutcomeRow
std::string Request(absl::string_view agency,
                    absl::string_view request_hash);  // OutcomeRow
std::string Snapshot(absl::string_view hash);         // SnapshotRow
std::string Item(EntityNumber item);                  // ItemRow
std::string Held(absl::string_view source, uint64_t epoch,
                 uint64_t sequence);                                 // ItemRow
std::string Waiting(absl::string_view ref_hash, EntityNumber item);  // empty
std::string WaitingOn(absl::string_view ref_hash);  // prefix of the above
std::string WaitingSince(int64_t micros, EntityNumber item);  // empty
std::string WaitingSincePrefix();  // prefix of the above
// How many items wait: most often none, and then nothing else is read.
std::string WaitingCount();  // NumberRow
std::string Behind(absl::string_view source,
                   absl::string_view order_hash);  // NumberRow

// By reference (kind as in MissingRef) and by id -> number.
std::string Reference(absl::string_view kind, absl::string_view hash);
std::string Id(absl::string_view id);

std::string Practitioner(EntityNumber practitioner);      // PractitionerRow
std::string Record(EntityNumber record);                  // RecordRow
std::string Person(EntityNumber first_record);            // PersonRow
std::string Match(EntityNumber one, EntityNumber other);  // MatchRow
std::string MatchOf(EntityNumber record,
                    EntityNumber other);     // empty, both ways
std::string MatchesOf(EntityNumber record);  // prefix of the above
std::string Block(absl::string_view pass_hash, EntityNumber record);  // empty
std::string BlockOf(absl::string_view pass_hash);  // prefix of the above

std::string Relationship(EntityNumber person, EntityNumber to,
                         absl::string_view agency);  // RelationshipRow
std::string RelationshipsOf(EntityNumber person);    // prefix of the above
std::string RelationshipTo(EntityNumber to, EntityNumber person,
                           absl::string_view agency);  // empty
std::string RelationshipsTo(EntityNumber to);          // prefix of the above

std::string Family(EntityNumber family);  // FamilyRow
std::string Member(EntityNumber family, EntityNumber record,
                   absl::string_view agency);  // MembershipRow
std::string MembersOf(EntityNumber family);    // prefix of the above
std::string MemberOf(EntityNumber record, EntityNumber family,
                     absl::string_view agency);  // empty
std::string FamiliesOf(EntityNumber record);     // prefix of the above

std::string Consent(EntityNumber consent);  // ConsentRow
std::string ConsentAbout(EntityNumber record, EntityNumber consent);  // empty
std::string ConsentsAbout(EntityNumber record);     // prefix of the above
std::string Restriction(EntityNumber restriction);  // RestrictionRow
std::string RestrictionAbout(EntityNumber record,
                             EntityNumber restriction);  // empty
std::string RestrictionsAbout(EntityNumber record);      // prefix of the above

std::string FamilyAgreement(EntityNumber agreement);  // FamilyAgreementRow
std::string AgreementOfFamily(EntityNumber family,
                              EntityNumber agreement);  // empty
std::string AgreementsOfFamily(EntityNumber family);    // prefix of the above
std::string SharingAgreement(
    EntityNumber agreement);                 // SharingAgreementRecorded
std::string SharingNote(EntityNumber note);  // SharingNoteRecorded
std::string PanelItem(EntityNumber item);    // PanelItemRecorded

std::string Override(EntityNumber override);  // OverrideRow
std::string OverrideAbout(EntityNumber record, EntityNumber override);  // empty
std::string OverridesAbout(EntityNumber record);  // prefix of the above
std::string Glass(EntityNumber access);           // GlassRow
std::string GlassBy(EntityNumber practitioner, EntityNumber access);  // empty
std::string AllGlassBy(EntityNumber practitioner);  // prefix of the above

std::string Referral(EntityNumber referral);      // ReferralRow
std::string Assessment(EntityNumber assessment);  // AssessmentRow
std::string Score(EntityNumber assessment, EntityNumber score);  // ScoreRow
std::string ScoresOf(EntityNumber assessment);  // prefix of the above
std::string Plan(EntityNumber plan);            // PlanRow
std::string PlanTouching(EntityNumber record, EntityNumber plan);  // empty
std::string PlansTouching(EntityNumber record);  // prefix of the above
std::string PlanOfFamily(EntityNumber family, EntityNumber plan);  // empty
std::string PlansOfFamily(EntityNumber family);  // prefix of the above
std::string Meeting(EntityNumber meeting);       // MeetingRow
std::string Lead(EntityNumber appointment);      // LeadRow
std::string Case(EntityNumber number);           // CaseRow
std::string CaseOfPlans(EntityNumber one, EntityNumber other);   // NumberRow
std::string CaseOfPlan(EntityNumber plan, EntityNumber number);  // empty
std::string CasesOfPlan(EntityNumber plan);  // prefix of the above
// Two plans lie in one neighbourhood when they share one of these: records
// living at one address (an HMAC). empty
std::string AtAddress(absl::string_view address_hash, EntityNumber record);
std::string RecordsAt(absl::string_view address_hash);  // prefix of the above

// The number at the end of a key made of a prefix above and one number.
EntityNumber LastNumber(absl::string_view key);

}  // namespace kith::core::keys
