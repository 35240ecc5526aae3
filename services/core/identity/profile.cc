#include "services/core/identity/profile.h"

#include <algorithm>
#include <functional>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "services/core/identity/identifiers.h"
#include "services/core/identity/normalise.h"

namespace kith::core::identity {
namespace {

using agency::v1::Identifier;
using ledger::v1::RecordRow;

// At most so many names and postcodes of a record are indexed.
constexpr size_t kIndexedMax = 4;

std::string RecordKey(const agency::v1::LocalRef& ref,
                      const std::string& agency) {
  const absl::string_view zero("\0", 1);
  return absl::StrCat(ref.agency().empty() ? agency : ref.agency(), zero,
                      ref.system(), zero, ref.local_id());
}

void Sort(std::vector<std::string>& texts) {
  std::sort(texts.begin(), texts.end());
  texts.erase(std::unique(texts.begin(), texts.end()), texts.end());
}

ComparedName Compared(const agency::v1::Name& name) {
  ComparedName compared;
  std::vector<std::string> given = NameTokens(name.given());
  if (!IsPlaceholder(given)) {
    compared.first = given.front();
    given.erase(given.begin());
    compared.middle = absl::StrJoin(given, " ");
  }
  compared.family = absl::StrJoin(NameTokens(name.family()), "");
  return compared;
}

std::vector<ComparedName> Names(const RecordRow& row) {
  std::vector<ComparedName> names;
  for (const agency::v1::Name& name : row.said().names()) {
    ComparedName compared = Compared(name);
    if (compared == ComparedName() ||
        std::find(names.begin(), names.end(), compared) != names.end()) {
      continue;
    }
    names.push_back(std::move(compared));
  }
  return names;
}

std::vector<std::string> Postcodes(const RecordRow& row) {
  std::vector<std::string> postcodes;
  for (const agency::v1::Address& address : row.said().addresses()) {
    std::string code = Postcode(address.postcode());
    if (!code.empty()) postcodes.push_back(std::move(code));
  }
  return postcodes;
}

bool IsGeneric(const std::string& postcode, const ledger::v1::Rules& rules) {
  return std::any_of(rules.generic_postcodes().begin(),
                     rules.generic_postcodes().end(),
                     [&](const std::string& generic) {
                       return absl::StartsWith(postcode, Code(generic));
                     });
}

void AddIdentifier(const Identifier& identifier,
                   ledger::v1::IdentifierCheck check, const std::string& agency,
                   Profile& profile) {
  if (check == ledger::v1::IDENTIFIER_CHECK_FAILED) return;
  const std::string code = Code(identifier.value());
  const bool superseded =
      identifier.status() == agency::v1::IDENTIFIER_STATUS_SUPERSEDED;
  switch (identifier.kind()) {
    case agency::v1::IDENTIFIER_KIND_NHS_NUMBER:
      profile.nhs.push_back(code);
      if (check == ledger::v1::IDENTIFIER_CHECK_VERIFIED && !superseded) {
        profile.nhs_verified.push_back(code);
      }
      return;
    case agency::v1::IDENTIFIER_KIND_UPN:
      if (IsTemporaryUpn(code)) return;
      (superseded ? profile.former_upns : profile.upns).push_back(code);
      return;
    case agency::v1::IDENTIFIER_KIND_FORMER_UPN:
      if (!IsTemporaryUpn(code)) profile.former_upns.push_back(code);
      return;
    case agency::v1::IDENTIFIER_KIND_ULN:
      profile.ulns.push_back(code);
      return;
    case agency::v1::IDENTIFIER_KIND_LOCAL:
      profile.same_as.push_back(RecordKey(identifier.local(), agency));
      return;
    default:  // a national insurance number is never a key (formats.md)
      return;
  }
}

void AddIdentifiers(const RecordRow& row, Profile& profile) {
  for (int i = 0; i < row.said().identifiers_size(); ++i) {
    const auto check = i < row.checks_size()
                           ? row.checks(i)
                           : ledger::v1::IDENTIFIER_CHECK_FAILED;
    AddIdentifier(row.said().identifiers(i), check, row.agency(), profile);
  }
  if (!row.said().replaced_by().local_id().empty()) {
    profile.same_as.push_back(
        RecordKey(row.said().replaced_by(), row.agency()));
  }
  for (auto* list : {&profile.nhs_verified, &profile.nhs, &profile.upns,
                     &profile.former_upns, &profile.ulns, &profile.same_as}) {
    Sort(*list);
  }
}

void SetBirth(const agency::v1::Date& date, Profile& profile) {
  profile.has_birth = date.month() != 0 && date.day() != 0;
  profile.birth = absl::CivilDay(date.year(), date.month(), date.day());
}

Profile Unfiltered(const RecordRow& row) {
  Profile profile;
  profile.key = RecordKey(row.said().record(), row.agency());
  profile.names = Names(row);
  SetBirth(row.said().birth_date(), profile);
  profile.postcodes = Postcodes(row);
  AddIdentifiers(row, profile);
  profile.gone = row.gone();
  return profile;
}

template <class T>
bool Same(const T& one, const T& other) {
  return one.SerializeAsString() == other.SerializeAsString();
}

template <class List, class Equal>
bool SameLists(const List& one, const List& other, const Equal& equal) {
  return std::equal(one.begin(), one.end(), other.begin(), other.end(), equal);
}

// Equal for a date and the same with day and month swapped.
std::string BirthKey(const Profile& profile) {
  const int day = profile.birth.day();
  const int month = profile.birth.month();
  return absl::StrCat(profile.birth.year(), "-", std::min(day, month), "-",
                      std::max(day, month));
}

void AddIdentifierKeys(const Profile& profile,
                       std::vector<std::string>& blocks) {
  for (const std::string& nhs : profile.nhs) {
    blocks.push_back(absl::StrCat("nhs ", nhs));
  }
  for (const auto* upns : {&profile.upns, &profile.former_upns}) {
    for (const std::string& upn : *upns) {
      blocks.push_back(absl::StrCat("upn ", upn));
    }
  }
  for (const std::string& uln : profile.ulns) {
    blocks.push_back(absl::StrCat("uln ", uln));
  }
  blocks.push_back(absl::StrCat("local ", profile.key));
  for (const std::string& key : profile.same_as) {
    blocks.push_back(absl::StrCat("local ", key));
  }
}

void AddNameKeys(const Profile& profile, std::vector<std::string>& blocks) {
  const size_t postcodes = std::min(kIndexedMax, profile.postcodes.size());
  size_t names = 0;
  for (const ComparedName& name : profile.names) {
    if (name.first.empty() || name.family.empty()) continue;
    if (++names > kIndexedMax) break;
    const std::string text = absl::StrCat(name.first, " ", name.family);
    if (profile.has_birth) {
      blocks.push_back(
          absl::StrCat("name birth ", text, " ", BirthKey(profile)));
    }
    for (size_t i = 0; i < postcodes; ++i) {
      blocks.push_back(
          absl::StrCat("name postcode ", text, " ", profile.postcodes[i]));
    }
  }
}

void AddBirthKeys(const Profile& profile, std::vector<std::string>& blocks) {
  if (!profile.has_birth) return;
  const size_t postcodes = std::min(kIndexedMax, profile.postcodes.size());
  for (size_t i = 0; i < postcodes; ++i) {
    blocks.push_back(absl::StrCat("birth postcode ", BirthKey(profile), " ",
                                  profile.postcodes[i]));
  }
}

}  // namespace

Profile ProfileOf(const RecordRow& row, const ledger::v1::Rules& rules) {
  Profile profile = Unfiltered(row);
  auto& postcodes = profile.postcodes;
  postcodes.erase(std::remove_if(postcodes.begin(), postcodes.end(),
                                 [&](const std::string& postcode) {
                                   return IsGeneric(postcode, rules);
                                 }),
                  postcodes.end());
  Sort(postcodes);
  return profile;
}

std::vector<std::string> BlockingKeys(const RecordRow& row) {
  std::vector<std::string> blocks;
  if (row.gone()) return blocks;
  const Profile profile = Unfiltered(row);
  AddIdentifierKeys(profile, blocks);
  AddNameKeys(profile, blocks);
  AddBirthKeys(profile, blocks);
  Sort(blocks);
  return blocks;
}

bool LinksAlike(const RecordRow& row, const ledger::v1::RecordStated& stated) {
  const agency::v1::PersonStated& one = row.said();
  const agency::v1::PersonStated& other = stated.said();
  const auto same_name = [](const auto& a, const auto& b) {
    return a.given() == b.given() && a.family() == b.family();
  };
  const auto same_postcode = [](const auto& a, const auto& b) {
    return a.postcode() == b.postcode();
  };
  return !row.gone() && row.agency() == other.record().agency() &&
         SameLists(one.names(), other.names(), same_name) &&
         SameLists(one.addresses(), other.addresses(), same_postcode) &&
         SameLists(one.identifiers(), other.identifiers(),
                   Same<agency::v1::Identifier>) &&
         SameLists(row.checks(), stated.checks(), std::equal_to<>()) &&
         Same(one.birth_date(), other.birth_date()) &&
         Same(one.record(), other.record()) &&
         Same(one.replaced_by(), other.replaced_by());
}

}  // namespace kith::core::identity
