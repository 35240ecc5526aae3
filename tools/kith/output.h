// What a command prints: tables for people, JSON for programs.
#pragma once

#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "google/protobuf/message.h"
#include "kith/agency/v1/common.pb.h"
#include "kith/api/v1/views.pb.h"

namespace kith::cli {

enum class Style { kHeading, kGood, kWarn, kFaint };

class Output {
 public:
  // Colour is used only where `terminal`.
  Output(bool json, bool terminal) : json_(json), colour_(terminal && !json) {}

  bool json() const { return json_; }
  // One JSON document on one line; nothing in table mode.
  void Json(const google::protobuf::Message& message) const;

  // Nothing in JSON mode.
  void Heading(absl::string_view text) const;
  void Line(absl::string_view text) const;
  // Columns as wide as their widest cell, cut at 60 characters.
  void Table(const std::vector<std::string>& header,
             const std::vector<std::vector<std::string>>& rows) const;

 private:
  std::string Styled(Style style, absl::string_view text) const;

  const bool json_;
  const bool colour_;
};

// Short texts of values. Empty for what is not known.
std::string Text(const agency::v1::Date& date);
std::string Text(const agency::v1::Period& period);
std::string Text(const google::protobuf::Timestamp& at);
std::string Text(const api::v1::PractitionerView& practitioner);
std::string Text(const api::v1::Said& said);
// "agreed" of PLAN_STATE_AGREED.
std::string EnumText(const google::protobuf::EnumDescriptor& type, int value);
// "Given Family" of the first name; empty without one.
std::string NameText(const agency::v1::PersonStated& said);

}  // namespace kith::cli
