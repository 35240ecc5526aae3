// Grouping what was merged from pieces. Internal to views.
#pragma once

#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "google/protobuf/message.h"
#include "google/protobuf/repeated_field.h"

namespace kith::views {

// Drops what a repeated field of texts or messages says twice: a piece may be
// an item of two agencies, and a reader may see it as both.
void DropRepeats(google::protobuf::Message* message);

// Makes one of those that have one id, in the order of the first; those without
// an id stay apart.
template <class T, class IdOf>
void MergeById(google::protobuf::RepeatedPtrField<T>* all, const IdOf& id_of) {
  if (all->size() < 2) return;
  std::map<std::string, int> places;
  std::set<std::string> seen;
  google::protobuf::RepeatedPtrField<T> merged;
  for (T& one : *all) {
    // A part that was shown twice says nothing more.
    if (!seen.insert(one.SerializeAsString()).second) continue;
    const std::string id = id_of(one);
    const auto [place, is_new] = places.emplace(id, merged.size());
    if (is_new || id.empty()) {
      *merged.Add() = std::move(one);
    } else {
      merged.Mutable(place->second)->MergeFrom(one);
    }
  }
  all->Swap(&merged);
}

}  // namespace kith::views
