#include <memory>
#include <string>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/time/civil_time.h"
#include "base/bytes.h"
#include "base/civil_date.h"
#include "base/status.h"
#include "kith/api/v1/family_service.grpc.pb.h"
#include "services/api/named_things.h"
#include "services/api/person_query.h"
#include "services/api/services.h"
#include "services/api/shell.h"
#include "services/api/whole.h"
#include "services/disclosure/roles.h"
#include "services/views/keeping.h"
#include "services/views/read.h"
#include "services/views/timeline.h"
#include "services/views/worklists.h"

namespace kith::api {
namespace {

// Families of the one person the query matches strongly; none when it matches
// several persons.
absl::StatusOr<std::vector<uint64_t>> FamiliesMatching(
    ReadCall& call, const v1::PersonQuery& query) {
  ASSIGN_OR_RETURN(const std::vector<uint64_t> records, OnePerson(call, query));
  return FamiliesFound(call, records);
}

absl::StatusOr<views::Page<v1::FamilySummary>> Summaries(
    const core::StateReader& rows, const std::vector<uint64_t>& families,
    absl::Time now, const views::PageFrom& from) {
  views::Page<v1::FamilySummary> page;
  for (uint64_t family : families) {
    const std::string cursor = base::BigEndian64(family);
    if (cursor <= from.cursor) continue;
    if (page.entries.size() == from.limit) {
      page.next = page.entries.back().cursor;
      break;
    }
    ASSIGN_OR_RETURN(auto pieces, views::SummaryPieces(rows, family, now));
    if (pieces) page.entries.push_back({*std::move(pieces), cursor});
  }
  return page;
}

absl::StatusOr<access::Recorded<v1::FindFamiliesResponse>> FindFamiliesAnswer(
    ReadCall& call, const v1::FindFamiliesRequest& request) {
  RETURN_IF_ERROR(call.OpenPresent(request.read()));
  RETURN_IF_ERROR(call.Spend());
  ASSIGN_OR_RETURN(const std::vector<uint64_t> families,
                   FamiliesMatching(call, request.person()));
  return call.List<v1::FindFamiliesResponse>(
      request.page(), request.person().SerializeAsString(),
      [&](const core::StateReader& rows, absl::Time now,
          const views::PageFrom& from) {
        return Summaries(rows, families, now, from);
      },
      [](v1::FindFamiliesResponse* response) {
        return response->add_families();
      },
      // Nobody and shielded look alike, to a clock as well.
      [&](v1::FindFamiliesResponse* response) {
        if (response->families().empty()) call.LeaveOnBeat();
      });
}

using WholeFamily = Whole<v1::FamilyView, v1::GetFamilyResponse>;
using EncodedFamily = Encoded<v1::GetFamilyResponse>;

size_t MemoryOf(const std::shared_ptr<const WholeFamily>& family) {
  if (family == nullptr) return sizeof(family);
  // As pieces, and as answers that are remembered.
  return sizeof(*family) + 2 * views::MemoryOfPieces(family->pieces);
}

// Kept for all who read while nothing of the family changes. Null: there is no
// such family.
absl::StatusOr<std::shared_ptr<const WholeFamily>> KeptFamily(
    const core::StateReader& rows, uint64_t family, absl::Time now) {
  using Family = std::shared_ptr<const WholeFamily>;
  const std::string name =
      absl::StrCat("=f", family, "/", base::LondonDay(now) - absl::CivilDay());
  auto make = [&](const core::StateReader& watched) -> absl::StatusOr<Family> {
    ASSIGN_OR_RETURN(auto pieces, views::FamilyPieces(watched, family, now));
    if (!pieces.has_value()) return nullptr;
    return std::make_shared<const WholeFamily>(*std::move(pieces));
  };
  ASSIGN_OR_RETURN(const auto kept,
                   views::Kept<Family>(rows, name, make, MemoryOf));
  return *kept;
}

absl::StatusOr<access::Recorded<EncodedFamily>> GetFamilyAnswer(
    ReadCall& call, const v1::GetFamilyRequest& request) {
  RETURN_IF_ERROR(call.Open(request.read()));
  ASSIGN_OR_RETURN(const uint64_t family, call.Family(request.family_id()));
  return call.OneKept<v1::GetFamilyResponse>(
      {{family}, {}},
      [&](const core::StateReader& rows, absl::Time now) {
        return KeptFamily(rows, family, now);
      },
      [](v1::GetFamilyResponse* response) {
        return response->mutable_family();
      });
}

absl::StatusOr<access::Recorded<v1::GetPersonResponse>> GetPersonAnswer(
    ReadCall& call, const v1::GetPersonRequest& request) {
  RETURN_IF_ERROR(call.Open(request.read()));
  ASSIGN_OR_RETURN(const uint64_t person,
                   call.Number(request.person_id(), base::IdKind::kPerson));
  return call.One<v1::GetPersonResponse>(
      {{}, {person}},
      [&]([[maybe_unused]] const core::StateReader& rows,
          [[maybe_unused]] absl::Time now) {
        return views::PersonPieces(rows, person, now);
      },
      [](v1::GetPersonResponse* response) {
        return response->mutable_person();
      });
}

// The views know plain positions; callers get sealed ones.
absl::StatusOr<views::Page<v1::TimelineEntry>> SealedTimeline(
    const ReadCall& call, const core::StateReader& rows, uint64_t family,
    absl::Time now, const views::PageFrom& from) {
  ASSIGN_OR_RETURN(auto page, views::Timeline(rows, family, now, from));
  for (auto& entry : page.entries) {
    for (auto& piece : entry.pieces) {
      uint64_t position = 0;
      if (absl::SimpleAtoi(piece.part.position(), &position)) {
        piece.part.set_position(call.Token(position));
      }
    }
  }
  return page;
}

absl::StatusOr<access::Recorded<v1::GetTimelineResponse>> GetTimelineAnswer(
    ReadCall& call, const v1::GetTimelineRequest& request) {
  RETURN_IF_ERROR(call.Open(request.read()));
  ASSIGN_OR_RETURN(const uint64_t family,
                   SeenFamily(call, request.family_id()));
  RETURN_IF_ERROR(call.FoldAsOf({{family}, {}}));
  return call.List<v1::GetTimelineResponse>(
      request.page(), request.family_id(),
      [&](const core::StateReader& rows, [[maybe_unused]] absl::Time now,
          const views::PageFrom& from) {
        return SealedTimeline(call, rows, family, now, from);
      },
      [](v1::GetTimelineResponse* response) {
        return response->add_entries();
      });
}

absl::StatusOr<access::Recorded<v1::ListCaseloadResponse>> ListCaseloadAnswer(
    ReadCall& call, const v1::ListCaseloadRequest& request) {
  RETURN_IF_ERROR(call.OpenPresent(request.read()));
  uint64_t practitioner = 0;
  if (!request.practitioner_local_id().empty()) {
    ASSIGN_OR_RETURN(practitioner,
                     views::FindPractitioner(
                         call.view().view(), call.reader().agency,
                         request.practitioner_local_id(), call.view().hash()));
    // Nobody of that name has no caseload.
    if (practitioner == 0) return call.Plain(v1::ListCaseloadResponse());
  }
  return call.List<v1::ListCaseloadResponse>(
      request.page(), request.practitioner_local_id(),
      [&](const core::StateReader& rows, [[maybe_unused]] absl::Time now,
          const views::PageFrom& from) {
        return views::Caseload(rows, call.reader().agency, practitioner, now,
                               from);
      },
      [](v1::ListCaseloadResponse* response) {
        return response->add_families();
      });
}

absl::StatusOr<access::Recorded<v1::ListDueResponse>> ListDueAnswer(
    ReadCall& call, const v1::ListDueRequest& request) {
  RETURN_IF_ERROR(call.OpenPresent(request.read()));
  views::DueFilter filter;
  filter.overdue_only = request.overdue_only();
  if (!disclosure::ShippedRoles().Oversees(call.reader().role)) {
    filter.agency = call.reader().agency;
  }
  return call.List<v1::ListDueResponse>(
      request.page(), request.overdue_only() ? "overdue" : "all",
      [&](const core::StateReader& rows, [[maybe_unused]] absl::Time now,
          const views::PageFrom& from) {
        return views::Due(rows, filter, now, from);
      },
      [](v1::ListDueResponse* response) { return response->add_entries(); });
}

class FamilyServiceImpl final
    : public v1::FamilyService::WithRawCallbackMethod_GetFamily<
          v1::FamilyService::CallbackService> {
 public:
  explicit FamilyServiceImpl(Shell& shell) : shell_(shell) {}

  Reactor* FindFamilies(Context* context,
                        const v1::FindFamiliesRequest* request,
                        v1::FindFamiliesResponse* response) override {
    return shell_.Read(context, "FamilyService.FindFamilies", request, response,
                       FindFamiliesAnswer);
  }

  Reactor* GetFamily(Context* context, const grpc::ByteBuffer* request,
                     grpc::ByteBuffer* response) override {
    return shell_.ReadEncoded<v1::GetFamilyRequest>(
        context, "FamilyService.GetFamily", request, response, GetFamilyAnswer);
  }

  Reactor* GetPerson(Context* context, const v1::GetPersonRequest* request,
                     v1::GetPersonResponse* response) override {
    return shell_.Read(context, "FamilyService.GetPerson", request, response,
                       GetPersonAnswer);
  }

  Reactor* GetTimeline(Context* context, const v1::GetTimelineRequest* request,
                       v1::GetTimelineResponse* response) override {
    return shell_.Read(context, "FamilyService.GetTimeline", request, response,
                       GetTimelineAnswer);
  }

  Reactor* ListCaseload(Context* context,
                        const v1::ListCaseloadRequest* request,
                        v1::ListCaseloadResponse* response) override {
    return shell_.Read(context, "FamilyService.ListCaseload", request, response,
                       ListCaseloadAnswer);
  }

  Reactor* ListDue(Context* context, const v1::ListDueRequest* request,
                   v1::ListDueResponse* response) override {
    return shell_.Read(context, "FamilyService.ListDue", request, response,
                       ListDueAnswer);
  }

  Reactor* StatePerson(Context* context, const v1::StatePersonRequest* request,
                       v1::StatePersonResponse* response) override {
    agency::v1::Statement statement;
    *statement.mutable_person_stated() = request->person();
    return shell_.Write(context, "FamilyService.StatePerson", request->write(),
                        std::move(statement), response->mutable_outcome());
  }

  Reactor* RetractRecord(Context* context,
                         const v1::RetractRecordRequest* request,
                         v1::RetractRecordResponse* response) override {
    agency::v1::Statement statement;
    *statement.mutable_record_retracted() = request->record();
    return shell_.Write(context, "FamilyService.RetractRecord",
                        request->write(), std::move(statement),
                        response->mutable_outcome());
  }

  Reactor* StateRelationship(Context* context,
                             const v1::StateRelationshipRequest* request,
                             v1::StateRelationshipResponse* response) override {
    agency::v1::Statement statement;
    *statement.mutable_relationship_stated() = request->relationship();
    return shell_.Write(context, "FamilyService.StateRelationship",
                        request->write(), std::move(statement),
                        response->mutable_outcome());
  }

  Reactor* RegisterFamily(Context* context,
                          const v1::RegisterFamilyRequest* request,
                          v1::RegisterFamilyResponse* response) override {
    agency::v1::Statement statement;
    *statement.mutable_family_stated() = request->family();
    return shell_.Write(context, "FamilyService.RegisterFamily",
                        request->write(), std::move(statement),
                        response->mutable_outcome());
  }

  Reactor* EndMembership(Context* context,
                         const v1::EndMembershipRequest* request,
                         v1::EndMembershipResponse* response) override {
    agency::v1::Statement statement;
    *statement.mutable_membership_ended() = request->membership();
    return shell_.Write(context, "FamilyService.EndMembership",
                        request->write(), std::move(statement),
                        response->mutable_outcome());
  }

  Reactor* StateNetworkMember(
      Context* context, const v1::StateNetworkMemberRequest* request,
      v1::StateNetworkMemberResponse* response) override {
    agency::v1::Statement statement;
    *statement.mutable_network_member_stated() = request->member();
    return shell_.Write(context, "FamilyService.StateNetworkMember",
                        request->write(), std::move(statement),
                        response->mutable_outcome());
  }

  Reactor* DecideFamiliesJoin(
      Context* context, const v1::DecideFamiliesJoinRequest* request,
      v1::DecideFamiliesJoinResponse* response) override {
    agency::v1::Statement statement;
    *statement.mutable_families_join_decided() = request->decision();
    return shell_.Write(context, "FamilyService.DecideFamiliesJoin",
                        request->write(), std::move(statement),
                        response->mutable_outcome());
  }

  Reactor* StateInvolvement(Context* context,
                            const v1::StateInvolvementRequest* request,
                            v1::StateInvolvementResponse* response) override {
    agency::v1::Statement statement;
    *statement.mutable_involvement_stated() = request->involvement();
    return shell_.Write(context, "FamilyService.StateInvolvement",
                        request->write(), std::move(statement),
                        response->mutable_outcome());
  }

  Reactor* StateNeed(Context* context, const v1::StateNeedRequest* request,
                     v1::StateNeedResponse* response) override {
    agency::v1::Statement statement;
    *statement.mutable_need_stated() = request->need();
    return shell_.Write(context, "FamilyService.StateNeed", request->write(),
                        std::move(statement), response->mutable_outcome());
  }

  Reactor* StateYoungCarer(Context* context,
                           const v1::StateYoungCarerRequest* request,
                           v1::StateYoungCarerResponse* response) override {
    agency::v1::Statement statement;
    *statement.mutable_young_carer_stated() = request->status();
    return shell_.Write(context, "FamilyService.StateYoungCarer",
                        request->write(), std::move(statement),
                        response->mutable_outcome());
  }

  Reactor* StateFosteringStay(
      Context* context, const v1::StateFosteringStayRequest* request,
      v1::StateFosteringStayResponse* response) override {
    agency::v1::Statement statement;
    *statement.mutable_fostering_stay_stated() = request->stay();
    return shell_.Write(context, "FamilyService.StateFosteringStay",
                        request->write(), std::move(statement),
                        response->mutable_outcome());
  }

  Reactor* JudgeCompetence(Context* context,
                           const v1::JudgeCompetenceRequest* request,
                           v1::JudgeCompetenceResponse* response) override {
    agency::v1::Statement statement;
    *statement.mutable_competence_judged() = request->judgement();
    return shell_.Write(context, "FamilyService.JudgeCompetence",
                        request->write(), std::move(statement),
                        response->mutable_outcome());
  }

 private:
  Shell& shell_;
};

}  // namespace

std::unique_ptr<grpc::Service> MakeFamilyService(Shell& shell) {
  return std::make_unique<FamilyServiceImpl>(shell);
}

}  // namespace kith::api
