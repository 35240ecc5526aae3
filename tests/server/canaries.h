// Canaries: a marker of its own in every personal text, and the search for
// markers where none may be.
#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <vector>

#include "google/protobuf/descriptor.h"
#include "google/protobuf/message.h"

namespace kith::server_tests {

// Every marker begins so; nothing else does.
inline constexpr char kMarker[] = "qcanaryq";
// A number that is personal, where only a real one is understood: a marker too.
inline constexpr char kMarkedNumber[] = "9434765919";

// Fills messages: a marker in every text that `sensitivity` does not call open,
// and plausible values elsewhere. Of several fields of which one may be set, it
// sets another each time.
class Filler {
 public:
  std::string NextMarker();
  int markers() const { return markers_; }
  void Fill(google::protobuf::Message* message, int depth = 0);
  // Markers in the personal texts that are empty so far, in all messages that
  // are there; agencies, purposes, and whatever is part of an open field stay
  // as they are.
  void Complete(google::protobuf::Message* message);

  // The personal fields (by their full names) that were marked so far.
  const std::set<std::string>& marked() const { return marked_; }

 private:
  void FillField(google::protobuf::Message* message,
                 const google::protobuf::FieldDescriptor& field, int depth);
  std::string TextFor(const google::protobuf::FieldDescriptor& field);
  bool IsTurnOf(const google::protobuf::FieldDescriptor& field) const;

  int markers_ = 0;
  std::set<std::string> marked_;
};

// Full names of the personal texts anywhere in a type. Personal bytes are named
// too: nothing marks them, so that whoever adds such a field looks here.
std::set<std::string> PersonalTextsOf(const google::protobuf::Descriptor& type);

// Where markers were found.
class MarkerSearch {
 public:
  // `where` says what the text is: in clear, nothing of it may be personal.
  void Text(const std::string& where, const std::string& text);
  // Names and contents of all files below.
  void Files(const std::string& folder);
  // Keys and values of all RocksDB databases below, which files may hold
  // compressed. Nobody else may have them open.
  void Databases(const std::string& folder);

  // Where a marker was found; each place once.
  const std::set<std::string>& found() const { return found_; }
  int files() const { return files_; }
  int databases() const { return databases_; }
  // Keys and values in which `text` was found; ask before searching.
  void Count(const std::string& text) { counted_ = text; }
  uint64_t rows() const { return rows_; }
  uint64_t counted() const { return counted_rows_; }

 private:
  void Database(const std::string& folder);

  std::set<std::string> found_;
  std::string counted_;
  int files_ = 0;
  int databases_ = 0;
  uint64_t rows_ = 0;
  uint64_t counted_rows_ = 0;
};

}  // namespace kith::server_tests
