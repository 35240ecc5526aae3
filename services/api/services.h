// The services, one maker each. The shell must outlive them.
#pragma once

#include <grpcpp/impl/service_type.h>

#include <memory>

namespace kith::api {

class Shell;

std::unique_ptr<grpc::Service> MakeAssessmentService(Shell& shell);
std::unique_ptr<grpc::Service> MakeAuditService(Shell& shell);
std::unique_ptr<grpc::Service> MakeConsentService(Shell& shell);
std::unique_ptr<grpc::Service> MakeDuplicateService(Shell& shell);
std::unique_ptr<grpc::Service> MakeFamilyService(Shell& shell);
std::unique_ptr<grpc::Service> MakeIntakeService(Shell& shell);
std::unique_ptr<grpc::Service> MakeLeadService(Shell& shell);
std::unique_ptr<grpc::Service> MakeMeetingService(Shell& shell);
std::unique_ptr<grpc::Service> MakeOperationsService(Shell& shell);
std::unique_ptr<grpc::Service> MakeOverrideService(Shell& shell);
std::unique_ptr<grpc::Service> MakePlanService(Shell& shell);
std::unique_ptr<grpc::Service> MakeReferralService(Shell& shell);
std::unique_ptr<grpc::Service> MakeWatchService(Shell& shell);

}  // namespace kith::api
