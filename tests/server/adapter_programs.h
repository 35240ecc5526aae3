// The adapters as the programs that agencies run, and a kithd that they speak
// to over its socket. Needs kithd, kith and the programs of the agencies built.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "kith/ledger/v1/facts.pb.h"
#include "nlohmann/json.hpp"
#include "tests/server/kithd_process.h"

namespace kith::server_tests {

using Words = std::vector<std::string>;

// An adapter, and the agency that runs it.
struct Kind {
  const char* name;
  const char* program;
  const char* agency;
  const char* system;
};
inline constexpr Kind kCouncil = {"council", KITH_COUNCIL_PROGRAM, "council",
                                  "mosaic"};
inline constexpr Kind kEducation = {"education", KITH_EDUCATION_PROGRAM,
                                    "school", "ctf"};
inline constexpr Kind kHealth = {"health", KITH_HEALTH_PROGRAM, "nhs", "fhir"};

// A kithd, and the outboxes of the agencies that speak to it.
class Place {
 public:
  Place() { Start("127.0.0.1:0"); }

  Kithd& kithd() { return *kithd_; }

  // Kills the server where it stands.
  void KillServer();
  // Starts it again, where the adapters know it.
  void StartServerAgain() { Start(address_); }
  // Lets it verify its ledger, ends it and returns the facts it holds.
  std::vector<ledger::v1::Fact> EndAndRead();

  // Registers the adapter's source; to be done before it runs.
  void Register(const Kind& kind);
  // Writes a file of that adapter's; returns its path.
  std::string Write(const Kind& kind, const std::string& text) const;

  // Runs the adapter over `files`, options of its command line among them.
  Ended Run(const Kind& kind, const Words& files) const;
  // Starts that and waits for nothing.
  std::unique_ptr<Process> Start(const Kind& kind, const Words& files) const;
  // Waits until the ledger holds so many facts.
  void WaitForFacts(uint64_t facts) const;

 private:
  std::string data() const { return folder_.path() + "/data"; }
  Words Running(const Kind& kind, const Words& files) const;
  void Start(const std::string& listen);

  const TestFolder folder_;
  std::string address_;
  std::unique_ptr<Kithd> kithd_;
};

// The surname of a made-up person. They are as different as can be, so that
// nobody is weighed against many others.
std::string SurnameOf(int row);

// The report of a run (adapters/common/report.h, `Json`).
nlohmann::json ReportOf(const Ended& ended);
// How many items of it ended like that ("changed_nothing"); -1: it says no such
// thing.
int CountOf(const nlohmann::json& report, const char* ending);

}  // namespace kith::server_tests
