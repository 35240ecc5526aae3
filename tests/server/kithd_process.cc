#include "tests/server/kithd_process.h"

#include <grpcpp/create_channel.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdio>
#include <utility>

#include "kith/api/v1/operations_service.grpc.pb.h"

namespace kith::server_tests {

std::vector<std::string> KithdCommand(const std::string& folder,
                                      const std::vector<std::string>& flags) {
  std::vector<std::string> command = {KITH_KITHD_PROGRAM};
  const std::pair<std::string, std::string> usual[] = {
      {"--data", absl::StrCat(folder, "/data")},
      {"--partnership", "hackney"},
      {"--listen", "127.0.0.1:0"},
      {"--http", "127.0.0.1:0"}};
  for (const auto& [flag, value] : usual) {
    if (std::find(flags.begin(), flags.end(), flag) == flags.end()) {
      command.insert(command.end(), {flag, value});
    }
  }
  command.insert(command.end(), flags.begin(), flags.end());
  if (std::find(flags.begin(), flags.end(), "--identity") == flags.end()) {
    command.push_back("--development-plaintext");
  }
  return command;
}

Kithd::Kithd(const std::string& folder, const std::vector<std::string>& flags)
    : folder_(folder), process_(KithdCommand(folder, flags), folder) {
  const std::string ready = process_.WaitForLine("kithd ready: ");
  EXPECT_EQ(std::sscanf(ready.c_str(),
                        "kithd ready: partnership=hackney grpc_port=%d "
                        "http_port=%d",
                        &grpc_port_, &http_port_),
            2)
      << ready << "\n"
      << process_.Errors();
  channel_ = grpc::CreateChannel(absl::StrCat("127.0.0.1:", grpc_port_),
                                 grpc::InsecureChannelCredentials());
}

std::vector<std::string> Kithd::KithCommand(
    const std::vector<std::string>& words) const {
  std::vector<std::string> command = {KITH_KITH_PROGRAM,
                                      "--server",
                                      absl::StrCat("127.0.0.1:", grpc_port_),
                                      "--plaintext",
                                      "--agency",
                                      "council",
                                      "--as",
                                      "w1",
                                      "--purpose",
                                      "early_help"};
  command.insert(command.end(), words.begin(), words.end());
  return command;
}

Ended Kithd::Kith(const std::vector<std::string>& words) const {
  return RunProgram(KithCommand(words), folder_);
}

Ended Kithd::KithAtTerminal(const std::vector<std::string>& words) const {
  return RunAtTerminal(KithCommand(words));
}

uint64_t Kithd::Facts() const {
  const auto answer = Call(Of("hub", "h1", "hub_administrator"),
                           &api::v1::OperationsService::Stub::GetStatus,
                           api::v1::GetStatusRequest());
  EXPECT_EQ(ReasonOf(answer.status), "OK");
  return answer.value.status().facts();
}

}  // namespace kith::server_tests
