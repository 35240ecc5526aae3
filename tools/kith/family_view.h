// A family or person on a screen.
#pragma once

#include "kith/api/v1/views.pb.h"
#include "tools/kith/output.h"

namespace kith::cli {

void PrintFamily(const Output& out, const api::v1::FamilyView& family);
void PrintPerson(const Output& out, const api::v1::PersonView& person);
void PrintPlans(
    const Output& out,
    const google::protobuf::RepeatedPtrField<api::v1::PlanView>& plans);
void PrintDuplicates(
    const Output& out,
    const google::protobuf::RepeatedPtrField<api::v1::DuplicateView>& cases);

}  // namespace kith::cli
