// A kithd with certificates and tokens, and the callers who come to it.
#pragma once

#include <grpcpp/channel.h>
#include <grpcpp/support/status.h>

#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "tests/server/kithd_process.h"
#include "tools/authority/certificates.h"
#include "tools/authority/development.h"
#include "tools/authority/tokens.h"

namespace kith::hostile {

using Metadata = std::vector<std::pair<std::string, std::string>>;

// Ends the test program when there is an error.
template <class T>
T Need(absl::StatusOr<T> value) {
  KITH_CHECK(value.ok());
  return *std::move(value);
}

// A folder of identity for the agencies "council" and "school", and a kithd
// that believes it. Started with `flags` in addition.
class Besieged {
 public:
  explicit Besieged(std::vector<std::string> flags = {});

  server_tests::Kithd& kithd() const { return *kithd_; }
  int port() const { return kithd_->grpc_port(); }
  // Starts it again over the same data, as a supervisor would.
  void StartAgain();

  const std::string& authority_pem() const { return authority_.certificate; }
  std::string PathOf(const std::string& name) const;
  std::string Read(const std::string& name) const;
  // In one piece, as an operator should.
  void Write(const std::string& name, const std::string& text) const;

  // The certificate of an agency, and others of the same authority.
  authority::Identity Of(const std::string& agency) const;
  authority::Identity Issue(const authority::CertificateSpec& spec) const;
  // What an agency's certificate holds.
  static authority::CertificateSpec SpecOf(const std::string& agency);

  std::string TokenOf(const std::string& agency,
                      const std::string& role = "practitioner") const;
  // Claims of such a token, and any claims signed by the issuer.
  std::string Claims(const std::string& agency) const;
  const authority::SigningKey& issuer() const { return issuer_; }

  // A connection of its own; an empty certificate is not shown.
  std::shared_ptr<grpc::Channel> Connect(
      const authority::Identity& identity) const;

 private:
  server_tests::TestFolder folder_;
  std::vector<std::string> flags_;
  authority::Identity authority_;
  authority::SigningKey issuer_;
  std::unique_ptr<server_tests::Kithd> kithd_;
};

// A person's call: GetFamily of a family that is not there, so that NOT_FOUND
// says: admitted. UNAVAILABLE: no connection came about.
grpc::Status Ask(const std::shared_ptr<grpc::Channel>& channel,
                 const std::string& token, Metadata metadata = {});

}  // namespace kith::hostile
