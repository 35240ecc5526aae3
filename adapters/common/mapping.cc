#include "adapters/common/mapping.h"

#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "adapters/common/text.h"
#include "base/status.h"
#include "yaml-cpp/yaml.h"

namespace kith::adapters {
namespace {

// "b) Female" -> "Female"; empty when there is no letter before a bracket.
absl::string_view WithoutLetter(absl::string_view word) {
  const size_t bracket = word.find(')');
  if (bracket == absl::string_view::npos || bracket == 0 || bracket > 2) {
    return "";
  }
  word.remove_prefix(bracket + 1);
  return word;
}

absl::Status AddWord(const std::string& theirs, const std::string& ours,
                     bool wins, Mapping::Words& words) {
  const std::string folded = Folded(theirs);
  const auto [place, added] = words.emplace(folded, ours);
  if (added || place->second == ours) return absl::OkStatus();
  if (!wins) {
    return absl::InvalidArgumentError(absl::StrCat(
        "\"", theirs, "\" stands for ", place->second, " and for ", ours));
  }
  place->second = ours;
  return absl::OkStatus();
}

absl::Status AddList(const YAML::Node& list, bool wins, Mapping::Words& words) {
  if (!list.IsMap()) {
    return absl::InvalidArgumentError("a table must be a map of lists");
  }
  for (const auto& entry : list) {
    const std::string ours = entry.first.as<std::string>();
    if (!entry.second.IsSequence()) {
      return absl::InvalidArgumentError(
          absl::StrCat("the words for ", ours, " must be a list"));
    }
    for (const auto& theirs : entry.second) {
      RETURN_IF_ERROR(AddWord(theirs.as<std::string>(), ours, wins, words));
    }
  }
  return absl::OkStatus();
}

std::optional<std::string> Look(const Mapping::Words& words,
                                absl::string_view theirs) {
  const auto found = words.find(Folded(theirs));
  if (found == words.end()) return std::nullopt;
  return found->second;
}

}  // namespace

absl::Status Mapping::Add(absl::string_view yaml, bool wins) {
  const YAML::Node root = YAML::Load(std::string(yaml));
  if (!root.IsMap()) return absl::InvalidArgumentError("no table in the file");
  for (const auto& section : root) {
    const std::string name = section.first.as<std::string>();
    if (name == "version") {
      version_ = section.second.as<int>();
    } else if (name == "headers") {
      RETURN_IF_ERROR(AddList(section.second, wins, headers_));
    } else if (name == "settings") {
      for (const auto& entry : section.second) {
        settings_[entry.first.as<std::string>()] =
            entry.second.as<std::string>();
      }
    } else if (name == "tables") {
      for (const auto& table : section.second) {
        RETURN_IF_ERROR(AddList(table.second, wins,
                                tables_[table.first.as<std::string>()]));
      }
    } else {
      return absl::InvalidArgumentError(absl::StrCat("unknown section ", name));
    }
  }
  return absl::OkStatus();
}

absl::StatusOr<Mapping> Mapping::Parse(absl::string_view yaml,
                                       absl::string_view overlay) {
  Mapping mapping;
  try {
    RETURN_IF_ERROR(mapping.Add(yaml, /*wins=*/false));
    if (!overlay.empty()) {
      RETURN_IF_ERROR(mapping.Add(overlay, /*wins=*/true));
    }
  } catch (const YAML::Exception& wrong) {
    return absl::InvalidArgumentError(
        absl::StrCat("mapping table: ", wrong.what()));
  }
  if (mapping.version_ < 1) {
    return absl::InvalidArgumentError("the mapping table has no version");
  }
  return mapping;
}

std::optional<std::string> Mapping::Find(absl::string_view table,
                                         absl::string_view theirs) const {
  const auto words = tables_.find(std::string(table));
  if (words == tables_.end()) return std::nullopt;
  if (auto ours = Look(words->second, theirs)) return ours;
  const absl::string_view bare = WithoutLetter(theirs);
  if (bare.empty()) return std::nullopt;
  return Look(words->second, bare);
}

std::optional<std::string> Mapping::Header(absl::string_view header) const {
  return Look(headers_, header);
}

std::string Mapping::Setting(absl::string_view name,
                             absl::string_view otherwise) const {
  const auto found = settings_.find(std::string(name));
  return found == settings_.end() ? std::string(otherwise) : found->second;
}

}  // namespace kith::adapters
