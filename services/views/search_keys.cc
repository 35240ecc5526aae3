#include "services/views/search_keys.h"

#include <algorithm>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "services/core/identity/identifiers.h"
#include "services/core/identity/normalise.h"

namespace kith::views {
namespace {

using agency::v1::Date;
using agency::v1::Identifier;
using agency::v1::LocalRef;
namespace identity = core::identity;

// Between parts: in none of them.
constexpr absl::string_view kBar = "\x1f";

bool IsWhole(const Date& date) {
  return date.year() > 0 && date.month() > 0 && date.day() > 0;
}

std::string Day(const Date& date) {
  return absl::StrCat(date.year(), "-", date.month(), "-", date.day());
}

bool IsKey(const Identifier& identifier) {
  return identifier.kind() == agency::v1::IDENTIFIER_KIND_NHS_NUMBER ||
         identifier.kind() == agency::v1::IDENTIFIER_KIND_UPN;
}

std::string ByIdentifier(const Identifier& identifier) {
  return absl::StrJoin({std::string("i"), absl::StrCat(identifier.kind()),
                        identity::Code(identifier.value())},
                       kBar);
}

std::string WithBirth(const std::string& key, const Date& birth) {
  return absl::StrCat("b", kBar, key, kBar, Day(birth));
}

// Of a name with where they live.
constexpr absl::string_view kByName = "n";

// Empty unless all parts are known.
std::string ByName(absl::string_view given, absl::string_view family,
                   const Date& birth, absl::string_view postcode) {
  const auto first = identity::NameTokens(given);
  const auto last = identity::NameTokens(family);
  const std::string code = identity::Postcode(postcode);
  if (first.empty() || last.empty() || code.empty() || !IsWhole(birth) ||
      identity::IsPlaceholder(first)) {
    return "";
  }
  return absl::StrJoin({std::string(kByName), first.front(),
                        absl::StrJoin(last, ""), Day(birth), code},
                       kBar);
}

std::string ByReference(const LocalRef& ref) {
  if (ref.local_id().empty() || ref.agency().empty()) return "";
  return absl::StrJoin(
      {std::string("r"), ref.agency(), ref.system(), ref.local_id()}, kBar);
}

std::vector<std::string> Sorted(std::vector<std::string> keys) {
  std::sort(keys.begin(), keys.end());
  keys.erase(std::unique(keys.begin(), keys.end()), keys.end());
  if (!keys.empty() && keys.front().empty()) keys.erase(keys.begin());
  return keys;
}

void AddIdentifiers(const ledger::v1::RecordRow& record,
                    std::vector<std::string>& keys) {
  const auto& said = record.said();
  const int count = std::min(said.identifiers_size(), record.checks_size());
  for (int i = 0; i < count; ++i) {
    const Identifier& identifier = said.identifiers(i);
    if (!IsKey(identifier)) continue;
    const std::string key = ByIdentifier(identifier);
    if (record.checks(i) == ledger::v1::IDENTIFIER_CHECK_VERIFIED) {
      keys.push_back(key);
    }
    const bool sound_upn =
        identifier.kind() == agency::v1::IDENTIFIER_KIND_UPN &&
        record.checks(i) == ledger::v1::IDENTIFIER_CHECK_SOUND &&
        !identity::IsTemporaryUpn(identity::Code(identifier.value()));
    if (sound_upn && IsWhole(said.birth_date())) {
      keys.push_back(WithBirth(key, said.birth_date()));
    }
  }
}

}  // namespace

std::vector<std::string> SearchKeys(const ledger::v1::RecordRow& record) {
  std::vector<std::string> keys;
  if (record.gone() || record.unstored()) return keys;
  const auto& said = record.said();
  AddIdentifiers(record, keys);
  for (const auto& name : said.names()) {
    for (const auto& address : said.addresses()) {
      keys.push_back(ByName(name.given(), name.family(), said.birth_date(),
                            address.postcode()));
    }
  }
  LocalRef own = said.record();
  if (own.agency().empty()) own.set_agency(record.agency());
  keys.push_back(ByReference(own));
  return Sorted(std::move(keys));
}

std::vector<std::string> SearchKeys(const api::v1::PersonQuery& query) {
  std::vector<std::string> keys;
  if (IsKey(query.identifier()) &&
      !identity::Code(query.identifier().value()).empty()) {
    keys.push_back(ByIdentifier(query.identifier()));
    if (IsWhole(query.birth_date())) {
      keys.push_back(WithBirth(keys.back(), query.birth_date()));
    }
  }
  keys.push_back(ByName(query.given(), query.family(), query.birth_date(),
                        query.postcode()));
  keys.push_back(ByReference(query.record()));
  return Sorted(std::move(keys));
}

bool TellsAddress(absl::string_view key) {
  return absl::StartsWith(key, absl::StrCat(kByName, kBar));
}

std::string PractitionerKey(absl::string_view agency,
                            absl::string_view local_id) {
  return absl::StrJoin({absl::string_view("w"), agency, local_id}, kBar);
}

}  // namespace kith::views
