// What one reader is shown: of every id that there is by the method that gets
// it alone, and of every list by walking its pages.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "kith/api/v1/views.pb.h"
#include "tests/server/ledger_index.h"
#include "tests/server/test_server.h"

namespace kith::server_tests {

// By id.
template <class View>
using ShownById = std::map<std::string, View>;

// What the Gets show.
struct Shown {
  ShownById<api::v1::FamilyView> families;
  ShownById<api::v1::PersonView> persons;
  ShownById<api::v1::PlanView> plans;
  ShownById<api::v1::ReferralView> referrals;
  ShownById<api::v1::AssessmentView> assessments;
  ShownById<api::v1::DuplicateView> cases;
  ShownById<api::v1::MatchView> matches;
  ShownById<api::v1::OverrideView> overrides;
  ShownById<api::v1::QuarantineItem> items;
  ShownById<api::v1::LeadView> leads;  // by family
};
// Asks for each thing of the ledger alone.
Shown GetAll(const TestServer& server, const Who& reader,
             const LedgerIndex& ledger);

// Visits all pages of a list; OK, or why it was refused. Fails the test when it
// does not end, or a page holds more than was asked for.
template <class Stub, class Request, class Response, class Visit>
grpc::StatusCode Walk(const TestServer& server, const Who& reader,
                      grpc::Status (Stub::*method)(grpc::ClientContext*,
                                                   const Request&, Response*),
                      Request request, int page_size, const Visit& visit) {
  constexpr int kPagesMax = 500;
  request.mutable_page()->set_page_size(page_size);
  for (int pages = 0; pages < kPagesMax; ++pages) {
    const auto page = server.Call(reader, method, request);
    if (!page.ok()) return page.code();
    EXPECT_LE(visit(page.value), page_size);
    if (page.value.next_page_token().empty()) return grpc::StatusCode::OK;
    request.mutable_page()->set_page_token(page.value.next_page_token());
  }
  ADD_FAILURE() << "a list without an end";
  return grpc::StatusCode::UNKNOWN;
}

}  // namespace kith::server_tests
