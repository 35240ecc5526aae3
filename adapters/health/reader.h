// FHIR R4 JSON: bundles (collection, transaction, message, searchset and any
// other type), single resources, several resources one after the other.
//
// A pure parser. Each resource is one item: Patient, RelatedPerson, Group,
// Consent, ServiceRequest, CarePlan and CareTeam are mapped, Organization,
// Practitioner, PractitionerRole and Goal serve references only, everything
// else is skipped and counted. README.md has the mapping table.
//
// The extract date of a resource is its meta.lastUpdated, else the bundle's
// timestamp, else the feed's.
//
// Not thread-safe. First `Index` every file of the run, then `Read` each: a
// reference may point into another file.
#pragma once

#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "adapters/common/feed.h"
#include "adapters/common/item.h"
#include "adapters/common/mapping.h"
#include "adapters/health/fhir.h"

namespace kith::adapters::health {

class Reader {
 public:
  // `mapping` must outlive the reader.
  explicit Reader(const Mapping& mapping) : mapping_(mapping) {}

  // Learns what the resources of `text` (UTF-8) say about each other. What
  // cannot be read is passed over; `Read` complains of it.
  void Index(absl::string_view text);

  // Gives each resource of `text` to `sink`. INVALID_ARGUMENT: the file holds
  // no resource at all (empty, not JSON); other errors are the sink's.
  absl::Status Read(const std::string& file, absl::string_view text,
                    const Feed& feed, const ItemSink& sink) const;

 private:
  const Mapping& mapping_;
  Directory directory_;
};

}  // namespace kith::adapters::health
