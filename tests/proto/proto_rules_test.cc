// What the protos promise beyond names and comments, which buf checks: a chain
// of facts must come out alike on every machine, and no field may leave
// unsaid how sensitive it is.
#include <gmock/gmock.h>
#include <google/protobuf/compiler/importer.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "kith/agency/v1/options.pb.h"

namespace kith {
namespace {

using ::google::protobuf::Descriptor;
using ::google::protobuf::FieldDescriptor;
using ::google::protobuf::FileDescriptor;
using ::google::protobuf::compiler::DiskSourceTree;
using ::google::protobuf::compiler::Importer;
using ::google::protobuf::compiler::MultiFileErrorCollector;
using ::testing::Contains;
using ::testing::IsEmpty;

class Complain : public MultiFileErrorCollector {
  void AddError(const std::string& file, int line, int /*column*/,
                const std::string& message) override {
    ADD_FAILURE() << file << ":" << line << ": " << message;
  }
};

// All protos below a folder, read from their text.
class Protos {
 public:
  explicit Protos(const std::string& folder) : importer_(&tree_, &complain_) {
    tree_.MapPath("", folder);
    tree_.MapPath("", KITH_PROTOBUF_INCLUDE);
    for (const auto& entry :
         std::filesystem::recursive_directory_iterator(folder + "/kith")) {
      if (entry.path().extension() != ".proto") continue;
      files_.push_back(importer_.Import(
          std::filesystem::relative(entry.path(), folder).string()));
    }
  }

  // The full names of the fields of `package` and below it that `is_wrong`.
  std::vector<std::string> FieldsThat(
      const std::string& package,
      const std::function<bool(const FieldDescriptor&)>& is_wrong) const {
    std::vector<std::string> found;
    for (const FileDescriptor* file : files_) {
      if (file->package().rfind(package, 0) != 0) continue;
      for (int i = 0; i < file->message_type_count(); ++i) {
        AddFields(*file->message_type(i), is_wrong, found);
      }
    }
    return found;
  }

 private:
  static void AddFields(
      const Descriptor& message,
      const std::function<bool(const FieldDescriptor&)>& is_wrong,
      std::vector<std::string>& found) {
    for (int i = 0; i < message.field_count(); ++i) {
      if (is_wrong(*message.field(i))) {
        found.push_back(message.field(i)->full_name());
      }
    }
    for (int i = 0; i < message.nested_type_count(); ++i) {
      AddFields(*message.nested_type(i), is_wrong, found);
    }
  }

  DiskSourceTree tree_;
  Complain complain_;
  Importer importer_;
  std::vector<const FileDescriptor*> files_;
};

bool HasNoSingleEncoding(const FieldDescriptor& field) {
  return field.is_map() || field.type() == FieldDescriptor::TYPE_FLOAT ||
         field.type() == FieldDescriptor::TYPE_DOUBLE;
}

bool LeavesSensitivityUnsaid(const FieldDescriptor& field) {
  return field.options().GetExtension(agency::v1::sensitivity) ==
         agency::v1::SENSITIVITY_UNSPECIFIED;
}

TEST(ProtoRulesTest, StatementsAndFactsHaveNoMapFloatOrDouble) {
  const Protos protos("proto");
  EXPECT_THAT(protos.FieldsThat("kith.agency", HasNoSingleEncoding), IsEmpty());
  EXPECT_THAT(protos.FieldsThat("kith.ledger", HasNoSingleEncoding), IsEmpty());
}

TEST(ProtoRulesTest, EveryFieldSaysHowSensitiveItIs) {
  const Protos protos("proto");
  EXPECT_THAT(protos.FieldsThat("kith", LeavesSensitivityUnsaid), IsEmpty());
}

TEST(ProtoRulesTest, WhatBreaksThemIsSeen) {
  const Protos bad("tests/proto/bad");
  EXPECT_THAT(bad.FieldsThat("kith.bad", HasNoSingleEncoding),
              ::testing::UnorderedElementsAre("kith.bad.v1.Bad.scores",
                                              "kith.bad.v1.Bad.weight",
                                              "kith.bad.v1.Bad.Inner.share"));
  EXPECT_THAT(bad.FieldsThat("kith.bad", LeavesSensitivityUnsaid),
              Contains("kith.bad.v1.Bad.weight"));
  EXPECT_THAT(Protos("proto").FieldsThat("kith.agency",
                                         [](const auto&) { return true; }),
              Contains("kith.agency.v1.Identifier.value"));
}

}  // namespace
}  // namespace kith
