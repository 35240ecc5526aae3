#include "tests/server/canaries.h"

#include <rocksdb/db.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "base/check.h"
#include "google/protobuf/text_format.h"
#include "google/protobuf/timestamp.pb.h"
#include "kith/agency/v1/options.pb.h"

namespace kith::server_tests {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

constexpr int kDepthMax = 8;

bool IsPersonal(const FieldDescriptor& field) {
  return field.options().GetExtension(agency::v1::sensitivity) !=
         agency::v1::SENSITIVITY_OPEN;
}

// Not one of several, nor a name from a list.
bool MayBeAnyText(const FieldDescriptor& field) {
  return field.type() == FieldDescriptor::TYPE_STRING &&
         field.real_containing_oneof() == nullptr && field.name() != "agency" &&
         field.name() != "purpose";
}

void Parse(const std::string& text, Message* message) {
  KITH_CHECK(google::protobuf::TextFormat::ParseFromString(text, message));
}

// Values that the rest hangs on. False: it is filled field by field.
bool FillWhole(Message* message) {
  const std::string& name = message->GetDescriptor()->full_name();
  if (name == "kith.agency.v1.Date") {
    Parse("year: 2020 month: 2 day: 3", message);
  } else if (name == "google.protobuf.Timestamp") {
    Parse("seconds: 1577836800", message);
  } else if (name == "kith.agency.v1.PersonRef") {
    // The people whom the others are about are there.
    Parse(absl::StrCat("record { system: 'main' local_id: '", kMarker,
                       "person' }"),
          message);
  } else if (name == "kith.api.v1.ReadOptions" ||
             name == "kith.api.v1.PageOptions") {
    // Now, and from the beginning.
  } else {
    return false;
  }
  return true;
}

void Collect(const Descriptor& type, std::set<std::string>& seen,
             std::set<std::string>& texts) {
  if (!absl::StartsWith(type.full_name(), "kith.") ||
      !seen.insert(type.full_name()).second) {
    return;
  }
  for (int i = 0; i < type.field_count(); ++i) {
    const FieldDescriptor& field = *type.field(i);
    if (field.message_type() != nullptr) {
      Collect(*field.message_type(), seen, texts);
    } else if (field.cpp_type() == FieldDescriptor::CPPTYPE_STRING &&
               IsPersonal(field)) {
      texts.insert(field.full_name());
    }
  }
}

std::string BytesOf(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

}  // namespace

std::string Filler::NextMarker() {
  return absl::StrFormat("%s%06d", kMarker, ++markers_);
}

bool Filler::IsTurnOf(const FieldDescriptor& field) const {
  const auto* one_of = field.real_containing_oneof();
  if (one_of == nullptr) return true;
  return one_of->field(markers_ % one_of->field_count()) == &field;
}

void Filler::Fill(Message* message, int depth) {
  if (FillWhole(message)) return;
  const Descriptor& type = *message->GetDescriptor();
  // Before markers are made, so that one field of several is filled.
  std::vector<const FieldDescriptor*> fields;
  for (int i = 0; i < type.field_count(); ++i) {
    if (IsTurnOf(*type.field(i))) fields.push_back(type.field(i));
  }
  for (const FieldDescriptor* field : fields) FillField(message, *field, depth);
}

void Filler::Complete(Message* message) {
  const auto& reflection = *message->GetReflection();
  const Descriptor& type = *message->GetDescriptor();
  for (int i = 0; i < type.field_count(); ++i) {
    const FieldDescriptor& field = *type.field(i);
    const bool is_set = field.is_repeated()
                            ? reflection.FieldSize(*message, &field) > 0
                            : reflection.HasField(*message, &field);
    if (!IsPersonal(field) || is_set != (field.message_type() != nullptr)) {
      continue;
    }
    if (field.message_type() == nullptr) {
      if (MayBeAnyText(field)) FillField(message, field, kDepthMax);
    } else if (!field.is_repeated()) {
      Complete(reflection.MutableMessage(message, &field));
    } else {
      for (int each = 0; each < reflection.FieldSize(*message, &field);
           ++each) {
        Complete(reflection.MutableRepeatedMessage(message, &field, each));
      }
    }
  }
}

std::string Filler::TextFor(const FieldDescriptor& field) {
  if (field.name() == "system") return "main";
  if (field.name() == "agency") return "council";
  if (field.name() == "purpose") return "early_help";
  if (!IsPersonal(field) || field.type() == FieldDescriptor::TYPE_BYTES) {
    return "";
  }
  marked_.insert(field.full_name());
  return NextMarker();
}

void Filler::FillField(Message* message, const FieldDescriptor& field,
                       int depth) {
  const auto& reflection = *message->GetReflection();
  const bool repeated = field.is_repeated();
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_STRING: {
      const std::string value = TextFor(field);
      if (value.empty()) return;
      if (repeated) return reflection.AddString(message, &field, value);
      return reflection.SetString(message, &field, value);
    }
    case FieldDescriptor::CPPTYPE_ENUM: {
      const auto* value = field.enum_type()->FindValueByNumber(1);
      if (value == nullptr) return;
      if (repeated) return reflection.AddEnum(message, &field, value);
      return reflection.SetEnum(message, &field, value);
    }
    case FieldDescriptor::CPPTYPE_MESSAGE:
      if (depth == kDepthMax) return;
      return Fill(repeated ? reflection.AddMessage(message, &field)
                           : reflection.MutableMessage(message, &field),
                  depth + 1);
    case FieldDescriptor::CPPTYPE_BOOL:
      if (!repeated) reflection.SetBool(message, &field, true);
      return;
    case FieldDescriptor::CPPTYPE_INT32:
      if (!repeated) reflection.SetInt32(message, &field, 1);
      return;
    case FieldDescriptor::CPPTYPE_UINT32:
      if (!repeated) reflection.SetUInt32(message, &field, 1);
      return;
    default:
      return;  // versions: none is asked for
  }
}

std::set<std::string> PersonalTextsOf(const Descriptor& type) {
  std::set<std::string> seen, texts;
  Collect(type, seen, texts);
  return texts;
}

void MarkerSearch::Text(const std::string& where, const std::string& text) {
  if (absl::StrContains(text, kMarker) ||
      absl::StrContains(text, kMarkedNumber)) {
    found_.insert(where);
  }
}

void MarkerSearch::Files(const std::string& folder) {
  for (const auto& entry :
       std::filesystem::recursive_directory_iterator(folder)) {
    Text("the name of a file", entry.path().string());
    if (!entry.is_regular_file()) continue;
    ++files_;
    Text(absl::StrCat("file ", entry.path().filename().string()),
         BytesOf(entry.path()));
  }
}

void MarkerSearch::Databases(const std::string& folder) {
  for (const auto& entry :
       std::filesystem::recursive_directory_iterator(folder)) {
    if (entry.path().filename() == "CURRENT") {
      Database(entry.path().parent_path().string());
    }
  }
}

void MarkerSearch::Database(const std::string& folder) {
  rocksdb::DBOptions options;
  std::vector<std::string> names;
  KITH_CHECK(rocksdb::DB::ListColumnFamilies(options, folder, &names).ok());
  std::vector<rocksdb::ColumnFamilyDescriptor> families;
  for (const std::string& name : names) {
    families.emplace_back(name, rocksdb::ColumnFamilyOptions());
  }
  std::vector<rocksdb::ColumnFamilyHandle*> handles;
  rocksdb::DB* opened = nullptr;
  KITH_CHECK(
      rocksdb::DB::OpenForReadOnly(options, folder, families, &handles, &opened)
          .ok());
  const std::unique_ptr<rocksdb::DB> database(opened);
  ++databases_;
  for (auto* handle : handles) {
    const std::unique_ptr<rocksdb::Iterator> row(
        database->NewIterator(rocksdb::ReadOptions(), handle));
    for (row->SeekToFirst(); row->Valid(); row->Next(), ++rows_) {
      const std::string where =
          absl::StrCat(folder, ", column family ", handle->GetName());
      Text(absl::StrCat("a key of ", where), row->key().ToString());
      Text(absl::StrCat("a value of ", where), row->value().ToString());
      if (!counted_.empty() &&
          (absl::StrContains(row->key().ToString(), counted_) ||
           absl::StrContains(row->value().ToString(), counted_))) {
        ++counted_rows_;
      }
    }
    KITH_CHECK(row->status().ok());
  }
  for (auto* handle : handles) database->DestroyColumnFamilyHandle(handle);
}

}  // namespace kith::server_tests
