// docs/access.md is the role table as it is, and the table names methods that
// there are.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "google/protobuf/descriptor.h"
#include "kith/api/v1/assessment_service.pb.h"
#include "kith/api/v1/audit_service.pb.h"
#include "kith/api/v1/consent_service.pb.h"
#include "kith/api/v1/duplicate_service.pb.h"
#include "kith/api/v1/family_service.pb.h"
#include "kith/api/v1/intake_service.pb.h"
#include "kith/api/v1/lead_service.pb.h"
#include "kith/api/v1/meeting_service.pb.h"
#include "kith/api/v1/operations_service.pb.h"
#include "kith/api/v1/override_service.pb.h"
#include "kith/api/v1/plan_service.pb.h"
#include "kith/api/v1/referral_service.pb.h"
#include "kith/api/v1/watch_service.pb.h"
#include "services/disclosure/roles.h"

namespace kith::oracle {
namespace {

using disclosure::ShippedRoles;

// Every method of every service that is served: each *_service.proto has one.
std::set<std::string> AllMethods() {
  std::set<std::string> methods;
  const auto* pool = google::protobuf::DescriptorPool::generated_pool();
  for (const auto& entry :
       std::filesystem::directory_iterator("proto/kith/api/v1")) {
    const std::string name = entry.path().filename();
    if (!absl::EndsWith(name, "_service.proto")) continue;
    const auto* file = pool->FindFileByName("kith/api/v1/" + name);
    EXPECT_NE(file, nullptr) << name << " is not linked into this test";
    if (file == nullptr) continue;
    EXPECT_EQ(file->service_count(), 1) << name;
    const auto* service = file->service(0);
    for (int i = 0; i < service->method_count(); ++i) {
      methods.insert(
          absl::StrCat(service->name(), ".", service->method(i)->name()));
    }
  }
  return methods;
}

// Brings the services into the pool.
const google::protobuf::Descriptor* const kLinked[] = {
    api::v1::GetAssessmentRequest::descriptor(),
    api::v1::ReplayRequest::descriptor(),
    api::v1::ListConsentsRequest::descriptor(),
    api::v1::GetDuplicateRequest::descriptor(),
    api::v1::GetFamilyRequest::descriptor(),
    api::v1::GetSourceRequest::descriptor(),
    api::v1::GetLeadRequest::descriptor(),
    api::v1::ListMeetingsRequest::descriptor(),
    api::v1::GetStatusRequest::descriptor(),
    api::v1::GetOverrideRequest::descriptor(),
    api::v1::GetPlanRequest::descriptor(),
    api::v1::GetReferralRequest::descriptor(),
    api::v1::WatchFamilyRequest::descriptor()};

TEST(AccessTableTest, TheDocumentIsTheTable) {
  std::ifstream file("docs/access.md");
  std::stringstream text;
  text << file.rdbuf();
  EXPECT_EQ(text.str(), disclosure::DescribeAsMarkdown(ShippedRoles()))
      << "run: kith access explain --all > docs/access.md";
}

TEST(AccessTableTest, EveryMethodOfTheTableExists) {
  const auto methods = AllMethods();
  ASSERT_GT(methods.size(), 80u);
  for (const auto& rights : ShippedRoles().table().roles()) {
    for (const std::string& allowed : rights.methods()) {
      const bool whole = absl::EndsWith(allowed, ".*");
      const std::string prefix = allowed.substr(0, allowed.size() - 1);
      const auto found =
          whole ? methods.lower_bound(prefix) : methods.find(allowed);
      EXPECT_TRUE(found != methods.end() &&
                  (!whole || absl::StartsWith(*found, prefix)))
          << disclosure::NameOf(rights.role()) << ": " << allowed;
    }
  }
}

TEST(AccessTableTest, R262EveryMethodIsSomebodys) {
  for (const std::string& method : AllMethods()) {
    bool somebodys = false;
    for (const auto& rights : ShippedRoles().table().roles()) {
      somebodys = somebodys || ShippedRoles().MayCall(rights.role(), method);
    }
    EXPECT_TRUE(somebodys) << method;
  }
}

// Whoever only watches says nothing.
TEST(AccessTableTest, R262RolesThatWatchHaveNoMethodThatWrites) {
  const std::set<std::string> reads = {"Get",    "List",   "Find",
                                       "Lookup", "Who",    "Explain",
                                       "Count",  "Replay", "Watch"};
  for (const auto role :
       {agency::v1::ROLE_AUDITOR, agency::v1::ROLE_LEADERSHIP_MANAGER}) {
    for (const std::string& method : AllMethods()) {
      if (!ShippedRoles().MayCall(role, method)) continue;
      const std::string verb = method.substr(method.find('.') + 1);
      bool is_read = false;
      for (const std::string& read : reads) {
        is_read = is_read || absl::StartsWith(verb, read);
      }
      EXPECT_TRUE(is_read) << method;
    }
  }
}

}  // namespace
}  // namespace kith::oracle
