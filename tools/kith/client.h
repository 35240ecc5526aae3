// A call to a node, by any method of its services.
//
// Messages are found by name among the ones this program was built with, so no
// generated client is needed. Not thread-safe.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "google/protobuf/message.h"

namespace kith::cli {

// Who calls (services/api/caller.h) and where to.
struct Identity {
  std::string agency, practitioner, role = "practitioner", purpose;
  std::string name, profession, contact, person, reason, partnership;
};

// How the node knows the caller: PEM files and an access token.
struct Credentials {
  std::string authority;    // of the node's certificate
  std::string certificate;  // the agency's, and its key
  std::string key;
  std::string token;
  // For a node in development: no TLS, and it believes who we say we are.
  bool plaintext = false;
};

struct ClientOptions {
  std::string server = "127.0.0.1:7400";
  Credentials credentials;
  Identity who;
  absl::Duration timeout = absl::Seconds(30);
};

class Client {
 public:
  // Nothing is read or connected before the first call, which is
  // INVALID_ARGUMENT when the credentials are not complete.
  explicit Client(const ClientOptions& options);
  ~Client();

  // `method` is "FamilyService.GetFamily". Errors carry the server's code and
  // text; their reason and requirement rows stand in `last_error_info`.
  absl::Status Call(const std::string& method,
                    const google::protobuf::Message& request,
                    google::protobuf::Message* response);

  // The same for a stream of answers: `each` gets them in order and ends the
  // call by returning false.
  absl::Status Stream(
      const std::string& method, const google::protobuf::Message& request,
      google::protobuf::Message* response,
      const std::function<bool(const google::protobuf::Message&)>& each);

  // What the server said beside the last error: "PLAN_CLOSED (R-222)".
  const std::string& last_error_info() const { return last_error_info_; }

 private:
  struct Channel;

  absl::Status Connect();

  std::unique_ptr<Channel> channel_;  // null before the first call
  const ClientOptions options_;
  std::string last_error_info_;
};

// The descriptor of "FamilyService.GetFamily"; NOT_FOUND.
absl::StatusOr<const google::protobuf::MethodDescriptor*> FindMethod(
    const std::string& method);
// All methods, "Service.Method".
std::vector<std::string> AllMethods();

}  // namespace kith::cli
