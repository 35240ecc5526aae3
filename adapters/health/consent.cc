#include "adapters/health/consent.h"

#include "absl/strings/str_cat.h"
#include "adapters/common/dates.h"
#include "adapters/common/text.h"

namespace kith::adapters::health {
namespace {

using agency::v1::ConsentStated;
using agency::v1::RestrictionStated;

constexpr int kRecipientsMax = 50;
constexpr int kProvisionsMax = 50;

// The policy rule: what holds where no provision says otherwise.
enum class Base { kUnknown, kOptIn, kOptOut };

struct Form {
  std::string patient;
  std::string answered_by;
  agency::v1::Date dated;  // year 0: not dated
  Base base = Base::kUnknown;
  Provision root;
  std::vector<Provision> nested;
  bool too_deep = false;
};

Base BaseOf(const json& resource) {
  for (const std::string& word : Words(At(resource, "policyRule"))) {
    if (word == "OPTIN") return Base::kOptIn;
    if (word == "OPTOUT") return Base::kOptOut;
  }
  return Base::kUnknown;
}

absl::Time When(const Reading& reading) {
  return ParseInstant(Text(reading.resource, "dateTime"))
      .value_or(reading.feed.extracted_at);
}

Form ReadForm(const Reading& reading) {
  const json& resource = reading.resource;
  Form form;
  form.patient = Resolve(reading, At(resource, "patient"));
  const json& performers = List(resource, "performer");
  if (!performers.empty()) {
    const std::string who = Resolve(reading, performers[0]);
    if (IsPersonKey(who)) form.answered_by = who;
  }
  if (const auto date = ParseFhirDate(Text(resource, "dateTime"))) {
    form.dated = *date;
  }
  form.base = BaseOf(resource);
  const json& root = At(resource, "provision");
  form.root = ReadProvision(reading, root);
  for (const json& nested : List(root, "provision")) {
    form.nested.push_back(ReadProvision(reading, nested));
    form.too_deep = form.too_deep || !List(nested, "provision").empty();
  }
  form.too_deep = form.too_deep || form.nested.size() > kProvisionsMax;
  return form;
}

ConsentStated& SayConsent(Reading& reading, const Form& form,
                          agency::v1::ConsentAnswer answer) {
  ConsentStated& consent =
      *Say(reading.feed, reading.key, When(reading), reading.item)
           .mutable_consent_stated();
  *consent.mutable_consent() = Local(reading.feed, reading.key);
  *consent.add_about() = PersonOf(reading.feed, form.patient);
  consent.set_kind(agency::v1::CONSENT_KIND_SHARE);
  consent.set_answer(answer);
  consent.set_own_records_only(true);
  if (!form.answered_by.empty()) {
    *consent.mutable_answered_by() = PersonOf(reading.feed, form.answered_by);
  }
  return consent;
}

// A permission to nobody: what stands in the place of one that cannot be read.
void SayNobody(Reading& reading, const Form& form) {
  SayConsent(reading, form, agency::v1::CONSENT_ANSWER_GIVEN);
}

void SetAsideForm(Reading& reading, const Form& form,
                  absl::string_view reason) {
  SetAside(reading.item, reason);
  SayNobody(reading, form);
}

// Says the permission of `provision`; or why it cannot be represented.
std::string SayPermission(Reading& reading, const Form& form,
                          const Provision& provision) {
  if (provision.limited) return "it permits only what cannot be represented";
  if (!provision.recipients_complete) {
    return "it permits somebody whom the table does not know";
  }
  if (provision.recipients.empty()) return "it permits nobody by name";
  if (provision.recipients.size() > kRecipientsMax) {
    return "it permits more than 50";
  }
  if (provision.purpose.empty()) {
    return provision.has_purpose ? "its purpose is not one of the table"
                                 : "it permits without a purpose";
  }
  if (!provision.classes_complete) {
    return "it permits a class of data that cannot be represented";
  }
  ConsentStated& consent =
      SayConsent(reading, form, agency::v1::CONSENT_ANSWER_GIVEN);
  for (const auto& who : provision.recipients) *consent.add_recipients() = who;
  for (const auto item : provision.classes) consent.add_classes(item);
  consent.set_purpose(provision.purpose);
  *consent.mutable_period() = provision.period;
  if (!consent.period().has_from() && form.dated.year() != 0) {
    *consent.mutable_period()->mutable_from() = form.dated;
  }
  return "";
}

// A restriction, widened where its limits cannot be represented. `until`: the
// form is no longer in force since that day.
void SayRestriction(Reading& reading, const Form& form,
                    const Provision& provision, int number,
                    const agency::v1::Date* until) {
  const std::string key = absl::StrCat(reading.key, "/deny", number);
  RestrictionStated& restriction =
      *Say(reading.feed, key, When(reading), reading.item)
           .mutable_restriction_stated();
  *restriction.mutable_restriction() = Local(reading.feed, key);
  *restriction.add_about() = PersonOf(reading.feed, form.patient);
  restriction.set_own_records_only(true);
  const bool named = provision.recipients_complete &&
                     provision.recipients.size() <= kRecipientsMax;
  if (named) {
    for (const auto& who : provision.recipients) {
      *restriction.add_barred() = who;
    }
  } else {
    Note(reading.item, "a denial names somebody unknown: it bars everybody");
  }
  if (provision.classes_complete && !provision.limited) {
    for (const auto item : provision.classes) restriction.add_classes(item);
  } else {
    Note(reading.item, "a denial's limits are not ours: it covers everything");
  }
  if (!provision.has_bad_date) *restriction.mutable_period() = provision.period;
  if (until != nullptr) *restriction.mutable_period()->mutable_until() = *until;
  if (!form.answered_by.empty()) {
    *restriction.mutable_asked_by() = PersonOf(reading.feed, form.answered_by);
  }
}

// How the root is meant, once the setting has been asked.
std::string RootType(const Reading& reading, const Form& form) {
  if (!form.root.type.empty() || form.root.empty()) return form.root.type;
  const std::string setting =
      reading.mapping.Setting("untyped_root", "set_aside");
  if (form.base == Base::kUnknown) return "unclear";
  const bool opt_in = form.base == Base::kOptIn;
  if (setting == "limits") return opt_in ? "permit" : "deny";
  if (setting == "excepts") return opt_in ? "deny" : "permit";
  return "unclear";
}

// Says all denials; returns how many. An exception whose type is not given is
// read as a denial: the careful way.
int SayDenials(Reading& reading, const Form& form, const std::string& root,
               const agency::v1::Date* until) {
  int number = 0;
  if (root == "deny") SayRestriction(reading, form, form.root, number++, until);
  for (const Provision& nested : form.nested) {
    if (nested.type == "permit" || root == "deny") continue;
    SayRestriction(reading, form, nested, number++, until);
  }
  return number;
}

// The one permission that the form gives, if any: the root's, or that of the
// only permitted exception from OPTOUT. Empty and null: it gives none.
const Provision* FindPermission(const Form& form, const std::string& root,
                                std::string& problem) {
  if (root == "permit") return &form.root;
  if (root == "deny" || root == "unclear") return nullptr;
  const Provision* found = nullptr;
  for (const Provision& nested : form.nested) {
    if (nested.type != "permit") continue;
    if (found != nullptr) problem = "it gives several permissions at once";
    found = &nested;
  }
  return found;
}

void ReadActive(Reading& reading, const Form& form) {
  const std::string root = RootType(reading, form);
  const bool opt_out = form.base == Base::kOptOut;
  if (root == "unclear" && !opt_out) {
    return SetAsideForm(reading, form,
                        "its provision has no type and the source's setting "
                        "does not say what that means");
  }
  std::string problem;
  const Provision* permission = FindPermission(form, root, problem);
  // Exceptions from a permission that permit something narrower add nothing we
  // can represent; those that deny are restrictions beside it.
  const int denials = SayDenials(reading, form, root, nullptr);
  if (permission != nullptr && problem.empty()) {
    problem = SayPermission(reading, form, *permission);
    if (problem.empty()) return;
  }
  if (opt_out) {
    if (!problem.empty()) Note(reading.item, problem);
    SayConsent(reading, form, agency::v1::CONSENT_ANSWER_REFUSED);
    return;
  }
  if (denials > 0) {
    if (!problem.empty()) Note(reading.item, problem);
    SayNobody(reading, form);
    return;
  }
  if (!problem.empty()) return SetAsideForm(reading, form, problem);
  Skip(reading.item, "it neither permits anybody by name nor denies anything");
  SayNobody(reading, form);
}

// Rejected, inactive or entered in error: it permits no more, and its denials
// end.
void ReadEnded(Reading& reading, const Form& form, const std::string& status) {
  const agency::v1::Date today =
      ToDate(absl::ToCivilDay(reading.feed.extracted_at, absl::UTCTimeZone()));
  if (status == "entered-in-error") {
    agency::v1::ConsentWithdrawn& withdrawn =
        *Say(reading.feed, reading.key, reading.feed.extracted_at, reading.item)
             .mutable_consent_withdrawn();
    *withdrawn.mutable_consent() = ThingOf(reading.feed, reading.key);
    withdrawn.set_wording("entered in error");
  } else {
    SayConsent(reading, form, agency::v1::CONSENT_ANSWER_REFUSED)
        .set_wording(status);
  }
  SayDenials(reading, form, RootType(reading, form), &today);
}

// Empty, or why nothing in the form may be relied upon.
std::string NotToBeRelied(const Reading& reading, const Form& form) {
  const json& resource = reading.resource;
  if (HasModifier(resource)) return "an extension changes what it means";
  for (const json& verification : List(resource, "verification")) {
    const json& verified = At(verification, "verified");
    if (verified.is_boolean() && !verified.get<bool>()) {
      return "it was not verified";
    }
  }
  if (form.too_deep) return "provisions are nested too deeply";
  if (form.root.has_bad_date) return "a date that cannot be one";
  for (const Provision& nested : form.nested) {
    if (nested.has_bad_date) return "a date that cannot be one";
  }
  return "";
}

bool IsAboutSharing(const json& resource) {
  for (const std::string& word : Words(At(resource, "scope"))) {
    if (word == "patient-privacy") return true;
  }
  return false;
}

}  // namespace

void ReadConsent(Reading& reading) {
  const std::string status = Text(reading.resource, "status");
  if (!IsAboutSharing(reading.resource)) {
    return Skip(reading.item, "a consent that is not about sharing data");
  }
  if (status == "draft" || status == "proposed") {
    return Skip(reading.item, "a consent not yet in force");
  }
  const Form form = ReadForm(reading);
  if (!IsPersonKey(form.patient)) {
    return SetAside(reading.item, "it is about nobody of whom an id is known");
  }
  if (reading.directory.animals.count(form.patient) > 0) {
    return Refuse(reading.item, "it belongs to an animal's record");
  }
  if (status == "rejected" || status == "inactive" ||
      status == "entered-in-error") {
    return ReadEnded(reading, form, status);
  }
  if (status != "active") {
    return SetAsideForm(reading, form, "unknown status of a consent");
  }
  const std::string problem = NotToBeRelied(reading, form);
  if (!problem.empty()) return SetAsideForm(reading, form, problem);
  ReadActive(reading, form);
}

}  // namespace kith::adapters::health
