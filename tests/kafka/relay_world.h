// A partnership whose node tells two agencies, school and health, and what lies
// in quarantine; and what a school says of its families.
#pragma once

#include <google/protobuf/text_format.h>

#include <map>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/substitute.h"
#include "absl/time/clock.h"
#include "base/check.h"
#include "kith/api/v1/notices.pb.h"
#include "services/relay/feed.h"
#include "tests/kafka/ledger.h"
#include "tests/kafka/server_world.h"

namespace kith::kafka_tests {

inline agency::v1::Statement Said(const std::string& text) {
  agency::v1::Statement statement;
  KITH_CHECK(google::protobuf::TextFormat::ParseFromString(text, &statement));
  return statement;
}

// No two are alike, so that none are taken for one person.
inline agency::v1::Statement Child(int i) {
  static constexpr const char* kSyllables[] = {
      "ba", "ko", "ri", "tu", "me", "sal", "vin", "dor", "gwe", "lux"};
  std::string given = "Zephy";
  for (int rest = i + 10; rest > 0; rest /= 10) given += kSyllables[rest % 10];
  return Said(absl::Substitute(
      R"(person_stated { record { system: "main" local_id: "child-$0" }
           names { given: "$1" family: "Quillfeather" }
           birth_date { year: $2 month: $3 day: $4 } })",
      i, given, 2005 + i % 15, 1 + i % 12, 1 + i % 28));
}

inline agency::v1::Statement FamilyOf(int i) {
  return Said(absl::Substitute(
      R"(family_stated { family { local { system: "main" local_id: "fam-$0" } }
           members { person { record { system: "main" local_id: "child-$0" } }
                     role: "child" } })",
      i));
}

inline agency::v1::Statement NeedOf(int i, const std::string& entry = "first") {
  return Said(absl::Substitute(
      R"(need_stated { entry { system: "main" local_id: "need-$0-$1" }
           person { record { system: "main" local_id: "child-$0" } }
           need: "housing" state: NEED_STATE_IDENTIFIED })",
      i, entry));
}

inline agency::v1::Statement ConsentTo(const std::string& agency, int i) {
  return Said(absl::Substitute(
      R"(consent_stated { consent { system: "main" local_id: "consent-$0" }
           about { record { system: "main" local_id: "child-$0" } }
           kind: CONSENT_KIND_SHARE answer: CONSENT_ANSWER_GIVEN
           recipients { agency: "$1" } purpose: "early_help"
           period { from { year: 2024 month: 1 day: 1 } } })",
      i, agency));
}

inline agency::v1::Statement Withdrawal(int i) {
  return Said(absl::Substitute(
      R"(consent_withdrawn { consent { local { system: "main"
                                               local_id: "consent-$0" } } })",
      i));
}

struct Notice {
  std::string id;
  api::v1::FeedNotice said;
};

class RelayTest : public ServerTest {
 protected:
  void SetUp() override {
    ServerTest::SetUp();
    if (broker_ == nullptr) return;
    // Feeds belong to agencies: each test has its own.
    school_ = "school_" + partnership_;
    health_ = "health_" + partnership_;
    for (const std::string& agency : {school_, health_}) {
      MakeTopic(address(), wire::FeedTopic(agency));
    }
    MakeTopic(address(), wire::QuarantineTopic(partnership_));
  }

  std::string Settings() const {
    std::string settings = "relay:\n  quarantine: true\n  feeds:\n";
    for (const std::string& agency : {school_, health_}) {
      absl::StrAppend(&settings, "    - {agency: ", agency,
                      ", purpose: early_help}\n");
    }
    return settings;
  }

  std::unique_ptr<Node> RelayingNode(const std::string& more = "",
                                     const std::string& node = "node-1") {
    NodeOptions options = OptionsOf(node);
    options.flags = {"--config",
                     folder_.Write("kithd.yaml", Settings() + more)};
    return std::make_unique<Node>(options);
  }

  // The figure of a relay; -1: there is none.
  static double Figure(const Node& node, const std::string& name,
                       const std::string& topic) {
    for (absl::string_view line : absl::StrSplit(node.Metrics(), '\n')) {
      double value = 0;
      if (absl::StartsWith(line, name + "{") &&
          absl::StrContains(line, "topic=\"" + topic + "\"") &&
          absl::SimpleAtod(line.substr(line.rfind(' ') + 1), &value)) {
        return value;
      }
    }
    return -1;
  }

  // Waits until everything recorded was told.
  testing::AssertionResult AwaitTold(const Node& node,
                                     const std::string& topic) {
    for (int i = 0; i < 600; ++i) {
      if (Figure(node, "kith_relay_facts", topic) == 0) {
        return testing::AssertionSuccess();
      }
      absl::SleepFor(absl::Milliseconds(100));
    }
    return testing::AssertionFailure() << node.Metrics() << node.Log();
  }
  testing::AssertionResult AwaitAllTold(const Node& node) {
    for (const std::string& agency : {school_, health_}) {
      auto told = AwaitTold(node, wire::FeedTopic(agency));
      if (!told) return told;
    }
    return AwaitTold(node, wire::QuarantineTopic(partnership_));
  }

  // What a consumer gets that drops repeats by id; of that kind.
  std::vector<Notice> NoticesOf(const std::string& agency,
                                const std::string& kind) {
    std::vector<Notice> notices;
    std::set<std::string> seen;
    for (const Record& record : ReadTopic(address(), wire::FeedTopic(agency))) {
      Notice notice;
      notice.id = record.Header("ce_id").value_or("");
      EXPECT_EQ(record.Header("ce_type"), "kith.api.v1.FeedNotice");
      EXPECT_EQ(record.Header("ce_subject"), agency);
      EXPECT_NE(record.Header("ce_position").value_or(""), "");
      EXPECT_TRUE(notice.said.ParseFromString(record.value.value_or("\xff")));
      if (!seen.insert(notice.id).second || notice.said.kind() != kind) {
        continue;
      }
      notices.push_back(std::move(notice));
    }
    return notices;
  }
  std::vector<std::string> IdsIn(const std::vector<Notice>& notices) {
    std::vector<std::string> ids;
    for (const Notice& notice : notices) ids.push_back(notice.id);
    return ids;
  }

  // Ids of the notices of all needs in the ledger, in its order, of children
  // that `is_one` picks.
  template <class IsOne>
  std::vector<std::string> IdsOfNeeds(const Node& node,
                                      const std::string& agency,
                                      const IsOne& is_one) {
    std::map<uint64_t, std::string> names;
    std::vector<std::string> ids;
    for (const LedgerFact& one : FactsIn(node.data())) {
      if (one.fact.has_record_stated()) {
        const auto& stated = one.fact.record_stated();
        names[stated.record().number()] = stated.said().record().local_id();
      }
      if (!one.fact.has_need_recorded()) continue;
      const std::string& name = names[one.fact.need_recorded().record()];
      int i = -1;
      EXPECT_TRUE(absl::SimpleAtoi(name.substr(6), &i)) << name;
      if (is_one(i)) ids.push_back(relay::IdOfNotice(agency, one.digest));
    }
    return ids;
  }

  std::string school_, health_;
};

}  // namespace kith::kafka_tests
