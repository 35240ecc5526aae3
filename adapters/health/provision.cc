// The parts of one provision of a Consent.
#include <algorithm>

#include "absl/strings/str_cat.h"
#include "adapters/health/consent.h"

namespace kith::adapters::health {
namespace {

using agency::v1::ItemClass;
using agency::v1::Recipient;

bool HasCode(const json& concept_or_list,
             std::initializer_list<absl::string_view> codes) {
  for (const std::string& word : Words(concept_or_list)) {
    if (std::find(codes.begin(), codes.end(), word) != codes.end()) return true;
  }
  return false;
}

std::optional<Recipient> ReadRecipient(const Reading& reading,
                                       const json& reference) {
  Recipient recipient;
  const std::string key = Resolve(reading, reference);
  if (IsPersonKey(key)) {
    *recipient.mutable_person() = PersonOf(reading.feed, key);
    return recipient;
  }
  const std::string agency = Agency(reading, reference);
  if (!agency.empty()) {
    recipient.set_agency(agency);
    return recipient;
  }
  if (auto who = Practitioner(reading, reference)) {
    *recipient.mutable_practitioner() = *who;
    return recipient;
  }
  return std::nullopt;
}

void ReadActors(const Reading& reading, const json& from, Provision& out) {
  for (const json& actor : List(from, "actor")) {
    out.names_somebody = true;
    if (!HasCode(At(actor, "role"), {"PRCP", "IRCP"})) {
      // A custodian or author is no recipient: it limits what is meant.
      out.recipients_complete = false;
      continue;
    }
    if (auto who = ReadRecipient(reading, At(actor, "reference"))) {
      out.recipients.push_back(*who);
    } else {
      out.recipients_complete = false;
    }
  }
}

void ReadClasses(const Reading& reading, const json& from, Provision& out) {
  for (const json& one : List(from, "class")) {
    const auto word = reading.mapping.Find("item_classes", Text(one, "code"));
    ItemClass parsed;
    if (word && agency::v1::ItemClass_Parse(absl::StrCat("ITEM_CLASS_", *word),
                                            &parsed)) {
      out.classes.push_back(parsed);
    } else {
      out.classes_complete = false;
    }
  }
}

void ReadPurposes(const Reading& reading, const json& from, Provision& out) {
  for (const json& one : List(from, "purpose")) {
    const auto word = reading.mapping.Find("purposes", Text(one, "code"));
    const bool first = !out.has_purpose;
    out.has_purpose = true;
    if (!word || (!first && *word != out.purpose)) {
      out.purpose.clear();  // not one purpose of the table
      return;
    }
    out.purpose = *word;
  }
}

// Actions of which none is telling somebody permit no telling.
bool ActionsAllowTelling(const json& from) {
  const json& actions = List(from, "action");
  return actions.empty() || HasCode(actions, {"access", "disclose", "use"});
}

}  // namespace

bool Provision::empty() const {
  return !names_somebody && classes.empty() && classes_complete &&
         !has_purpose && !limited && !period.has_from() &&
         !period.has_until() && !has_bad_date;
}

Provision ReadProvision(const Reading& reading, const json& from) {
  Provision out;
  out.type = Text(from, "type");
  ReadActors(reading, from, out);
  ReadClasses(reading, from, out);
  ReadPurposes(reading, from, out);
  out.limited = !List(from, "data").empty() || !List(from, "code").empty() ||
                !List(from, "securityLabel").empty() ||
                !At(from, "dataPeriod").is_null() || HasModifier(from) ||
                !ActionsAllowTelling(from);
  out.has_bad_date = !ReadPeriod(At(from, "period"), out.period);
  return out;
}

}  // namespace kith::adapters::health
