// A kithd of its own, on free ports, over a folder of a test.
#pragma once

#include <grpcpp/channel.h>

#include <memory>
#include <string>
#include <vector>

#include "tests/server/process.h"
#include "tests/server/test_server.h"

namespace kith::server_tests {

// The command line of a kithd over `folder`; `flags` stand above the usual.
std::vector<std::string> KithdCommand(
    const std::string& folder, const std::vector<std::string>& flags = {});

class Kithd {
 public:
  // Starts it and waits until it is ready; fails the test when it is not.
  explicit Kithd(const std::string& folder,
                 const std::vector<std::string>& flags = {});

  int grpc_port() const { return grpc_port_; }
  int http_port() const { return http_port_; }
  Process& process() { return process_; }
  const std::shared_ptr<grpc::Channel>& channel() const { return channel_; }

  template <class Stub, class Request, class Response>
  Answer<Response> Call(const Who& who,
                        grpc::Status (Stub::*method)(grpc::ClientContext*,
                                                     const Request&, Response*),
                        const Request& request) const {
    grpc::ClientContext context;
    Introduce(who, context);
    Stub stub(channel_);
    Answer<Response> answer;
    answer.status = (stub.*method)(&context, request, &answer.value);
    return answer;
  }

  // Runs `kith` against it as a practitioner of the council.
  Ended Kith(const std::vector<std::string>& words) const;
  Ended KithAtTerminal(const std::vector<std::string>& words) const;
  uint64_t Facts() const;

 private:
  std::vector<std::string> KithCommand(
      const std::vector<std::string>& words) const;

  const std::string folder_;
  Process process_;
  int grpc_port_ = 0, http_port_ = 0;
  std::shared_ptr<grpc::Channel> channel_;
};

}  // namespace kith::server_tests
