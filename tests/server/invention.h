// A partnership that a seed invents: agencies with records of the same people,
// families that overlap, work, permissions, restrictions, overrides, cases and
// frames in quarantine. Said to a server by the agencies' practitioners and
// feeds; what the rules refuse is left out.
#pragma once

#include <cstdint>
#include <map>
#include <random>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "tests/server/family_story.h"
#include "tests/server/test_server.h"

namespace kith::server_tests {

class Invention {
 public:
  // Who could be looked for.
  struct Human {
    std::string given, family, postcode, nhs_number;
    int born = 0;  // the year; on 2 June
  };

  // Says everything at once.
  Invention(TestServer& server, uint64_t seed);

  const std::vector<Human>& humans() const { return humans_; }
  // One of every role and some more, with agency and purpose as it happens. As
  // the last of the readers, members of the families: of `persons`, by the
  // agencies that stated them and, now and then, by another.
  std::vector<Who> Readers(
      const std::vector<std::pair<std::string, std::string>>& persons);
  // From `from` to `to`, both included.
  int Int(int from, int to) {
    return std::uniform_int_distribution<int>(from, to)(random_);
  }

 private:
  // What one agency calls one of the humans.
  struct Record {
    std::string agency, local_id;
    size_t human = 0;
  };
  struct Family {
    std::string agency, id;
    std::vector<size_t> members;  // records
  };
  struct Thing {
    std::string agency, id;
    std::vector<size_t> about;  // records
  };

  bool Chance(int percent) { return Int(1, 100) <= percent; }
  template <class List>
  const auto& Pick(const List& list) {
    return list[Int(0, static_cast<int>(list.size()) - 1)];
  }
  static constexpr int kYear = 2024;  // of the server's clock

  static const std::vector<std::string>& Agencies();
  const std::string& AnyAgency();
  Who By(const std::string& agency, const std::string& role = "practitioner");
  void Pass(int days);

  // The first id that was made; empty: it was refused, or made nothing.
  template <class Stub, class Request, class Response>
  std::string Try(const Who& who,
                  grpc::Status (Stub::*method)(grpc::ClientContext*,
                                               const Request&, Response*),
                  const std::string& request);

  std::string Ref(size_t record) const;  // in text format
  std::string About(const std::vector<size_t>& records,
                    const std::string& field = "about") const;
  std::vector<size_t> Some(const std::vector<size_t>& all, int most);
  std::vector<size_t> RecordsOf(const std::string& agency) const;
  std::vector<size_t> AdultsIn(const std::vector<size_t>& records) const;
  std::string SomeClasses();
  std::string SomeWho(const std::string& field, const std::string& but);

  void InventHumans();
  void StateRecords();
  void StateRecord(const std::string& agency, size_t human);
  void StateFamilies();
  void StateFamily(const std::string& agency);
  void StateKin(const Family& family);
  void StateInvolvements();
  void StateNeeds();
  void OpenPlan(const Family& family);
  void AppointLead(const Family& family);
  void StateMeeting(const Family& family, const std::string& plan);
  void StateAssessment(const std::string& agency);
  void MakeReferral(const std::string& agency);
  void StateConsent(const std::string& agency);
  void StateRestriction(const std::string& agency);
  void TellByOthers();
  void ChangeThings();
  void TellFeeds();
  void TellHub();
  void DecideWorklists();
  void Override();

  TestServer& server_;
  std::mt19937_64 random_;
  std::vector<Human> humans_;
  std::vector<Record> records_;
  std::vector<Family> families_;
  std::vector<Thing> plans_, assessments_, referrals_, consents_, needs_;
};

template <class Stub, class Request, class Response>
std::string Invention::Try(const Who& who,
                           grpc::Status (Stub::*method)(grpc::ClientContext*,
                                                        const Request&,
                                                        Response*),
                           const std::string& request) {
  const auto said = server_.Say(who, method, Text<Request>(request));
  if (!said.ok() || said.value.outcome().made_ids().empty()) return "";
  return said.value.outcome().made_ids(0);
}

}  // namespace kith::server_tests
