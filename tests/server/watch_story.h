// Streams of a client that stay open, and a family to watch.
#pragma once

#include <gtest/gtest.h>

#include <chrono>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "kith/api/v1/watch_service.grpc.pb.h"
#include "tests/server/family_story.h"

namespace kith::server_tests {

// One stream of a client, which goes on from its last position where the server
// says that it is too busy to know whether it may.
template <class Request, class Response>
class Watching {
 public:
  using Method = std::unique_ptr<grpc::ClientReader<Response>> (
      api::v1::WatchService::Stub::*)(grpc::ClientContext*, const Request&);

  Watching(const TestServer& server, const Who& who, Method method,
           Request request)
      : stub_(server.channel()),
        who_(who),
        method_(method),
        request_(std::move(request)) {
    Open();
  }

  // The next message; false: the stream ended.
  bool Next(Response& response) {
    while (!reader_->Read(&response)) {
      status_ = reader_->Finish();
      if (!absl::StartsWith(status_.error_message(), "busy")) return false;
      Open();
    }
    request_.set_after_position(response.info().position());
    return true;
  }
  // Reads to the end and says how it ended.
  grpc::Status End() {
    Response response;
    while (Next(response)) rest_.push_back(response);
    return status_;
  }
  // What `End` still read.
  const std::vector<Response>& rest() const { return rest_; }

 private:
  void Open() {
    reader_.reset();
    context_ = std::make_unique<grpc::ClientContext>();
    Introduce(who_, *context_);
    context_->set_deadline(std::chrono::system_clock::now() +
                           std::chrono::seconds(60));
    reader_ = (stub_.*method_)(context_.get(), request_);
  }

  api::v1::WatchService::Stub stub_;
  const Who who_;
  const Method method_;
  Request request_;
  std::unique_ptr<grpc::ClientContext> context_;
  std::unique_ptr<grpc::ClientReader<Response>> reader_;
  grpc::Status status_;
  std::vector<Response> rest_;
};
using FamilyWatch =
    Watching<api::v1::WatchFamilyRequest, api::v1::WatchFamilyResponse>;
using ListWatch =
    Watching<api::v1::WatchWorklistRequest, api::v1::WatchWorklistResponse>;

class WatchTest : public ::testing::Test {
 protected:
  explicit WatchTest(const TestServerOptions& options = {}) : server(options) {}

  FamilyWatch Watch(const Who& who, const std::string& after = "") {
    api::v1::WatchFamilyRequest request;
    request.set_family_id(story.family());
    request.set_after_position(after);
    return FamilyWatch(server, who, &api::v1::WatchService::Stub::WatchFamily,
                       request);
  }
  // Reads on until a message with entries came.
  static api::v1::WatchFamilyResponse NextEntries(FamilyWatch& watch) {
    api::v1::WatchFamilyResponse response;
    while (watch.Next(response)) {
      if (response.entries_size() > 0) return response;
    }
    ADD_FAILURE() << "the stream ended";
    return response;
  }
  static std::vector<std::string> WhatOf(
      const api::v1::WatchFamilyResponse& response) {
    std::vector<std::string> all;
    for (const auto& entry : response.entries()) all.push_back(entry.what());
    return all;
  }

  TestServer server;
  FamilyStory story{server};
  const Who health = Of("health", "hv-7");
};

}  // namespace kith::server_tests
