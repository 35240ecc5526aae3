#include "services/api/read_call.h"

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "base/check.h"
#include "base/civil_date.h"
#include "base/crypto.h"
#include "google/protobuf/util/time_util.h"
#include "kith/ledger/v1/facts.pb.h"
#include "services/views/find.h"
#include "services/views/standing.h"

namespace kith::api {
namespace {

using google::protobuf::util::TimeUtil;

// How long a read waits for its min_position when the caller set no deadline.
constexpr absl::Duration kWaitMax = absl::Seconds(30);
constexpr size_t kEtagBytes = 16;

absl::Time FromProto(const google::protobuf::Timestamp& at) {
  return absl::FromUnixMicros(TimeUtil::TimestampToMicroseconds(at));
}

disclosure::Reader ReaderOf(const Caller& caller) {
  disclosure::Reader reader;
  reader.agency = caller.agency;
  reader.practitioner = caller.actor.practitioner().local_id();
  reader.role = caller.actor.role();
  reader.purpose = caller.actor.purpose();
  reader.reason = caller.reason;
  return reader;
}

// Facts of a subject before a position, as the as-of fold wants them.
views::ScanFacts FactsBefore(const eventstore::Snapshot& snapshot,
                             uint64_t until) {
  return [&snapshot, until](core::Subject subject, const auto& visit) {
    absl::Status bad;
    absl::Status scanned = snapshot.ScanSubject(
        subject, 0, [&](const eventstore::StoredRecord& record) {
          if (record.position >= until) return false;
          if (!record.payload) return true;
          ledger::v1::Fact fact;
          if (!fact.ParseFromString(*record.payload)) {
            bad = absl::DataLossError("a fact does not parse");
            return false;
          }
          ledger::v1::StatementRef statement;
          statement.set_source(record.source);
          statement.set_epoch(record.epoch);
          statement.set_sequence(record.sequence);
          absl::StatusOr<bool> more = visit(
              {record.position, absl::FromUnixMicros(record.recorded_at_micros),
               record.subject, statement, fact});
          if (!more.ok()) bad = more.status();
          return more.ok() && *more;
        });
    return bad.ok() ? scanned : bad;
  };
}

}  // namespace

ReadCall::ReadCall(Node& node, Caller caller, const char* method,
                   absl::Time deadline, From from)
    : node_(node),
      caller_(std::move(caller)),
      method_(method),
      deadline_(std::min(deadline, absl::Now() + kWaitMax)),
      from_(from),
      asking_(ReaderOf(caller_)),
      reader_(asking_) {}

absl::Status ReadCall::Open(const v1::ReadOptions& options) {
  uint64_t least = 0;
  if (!options.min_position().empty()) {
    ASSIGN_OR_RETURN(least, node_.engine.tokens().Open(options.min_position()));
  }
  if (from_ == From::kDisk) {
    RETURN_IF_ERROR(node_.engine.WaitForPosition(least, deadline_));
  }
  ASSIGN_OR_RETURN(view_, node_.engine.Read());
  if (from_ == From::kMemory) RETURN_IF_ERROR(StayInMemory(options, least));
  now_ = then_ = reader_.at = node_.clock.Now();
  copied_to_ = options.copied_to();
  RETURN_IF_ERROR(SetAsOf(options));
  RETURN_IF_ERROR(SetSeenBy(options));
  RETURN_IF_ERROR(KnowReader());
  return SetReceiver();
}

absl::Status ReadCall::StayInMemory(const v1::ReadOptions& options,
                                    uint64_t least) {
  if (options.as_of_case() != v1::ReadOptions::AS_OF_NOT_SET) {
    return absl::UnavailableError("the past is not kept");
  }
  if (view_->position() < least) {
    return absl::UnavailableError("the position is to be waited for");
  }
  view_->LeaveDiskAlone();
  return absl::OkStatus();
}

absl::Status ReadCall::CheckMethod() const {
  if (disclosure::ShippedRoles().MayCall(asking_.role, method_)) {
    return absl::OkStatus();
  }
  return absl::PermissionDeniedError("this role may not call that");
}

absl::Status ReadCall::OpenPresent(const v1::ReadOptions& options) {
  if (options.as_of_case() != v1::ReadOptions::AS_OF_NOT_SET) {
    return absl::InvalidArgumentError("this read takes no as_of");
  }
  return Open(options);
}

absl::Status ReadCall::SetAsOf(const v1::ReadOptions& options) {
  switch (options.as_of_case()) {
    case v1::ReadOptions::AS_OF_NOT_SET:
      return absl::OkStatus();
    case v1::ReadOptions::kAtPosition: {
      ASSIGN_OR_RETURN(const uint64_t position,
                       node_.engine.tokens().Open(options.at_position()));
      if (position > view_->position()) {
        return absl::InvalidArgumentError("at_position is not reached yet");
      }
      as_of_ = position;
      if (position == 0) break;
      ASSIGN_OR_RETURN(const eventstore::StoredRecord record,
                       view_->snapshot().ReadRecord(position - 1));
      then_ = absl::FromUnixMicros(record.recorded_at_micros);
      break;
    }
    case v1::ReadOptions::kAtTime: {
      then_ = FromProto(options.at_time());
      if (then_ > now_) {
        return absl::InvalidArgumentError("at_time lies ahead");
      }
      ASSIGN_OR_RETURN(as_of_, PositionAt(then_));
      break;
    }
  }
  return absl::OkStatus();
}

// What somebody could see is for auditors, and for a reason that is recorded.
absl::Status ReadCall::SetSeenBy(const v1::ReadOptions& options) {
  if (!options.has_seen_by()) return absl::OkStatus();
  if (asking_.role != agency::v1::ROLE_AUDITOR || asking_.reason.empty()) {
    return absl::PermissionDeniedError(
        "only an auditor with a reason looks through another's eyes");
  }
  seen_by_ = options.seen_by();
  reader_ = disclosure::Reader();
  reader_.agency = seen_by_->agency();
  reader_.practitioner = seen_by_->practitioner();
  reader_.role = seen_by_->role();
  reader_.purpose = seen_by_->purpose();
  reader_.at = then_;
  return absl::OkStatus();
}

absl::StatusOr<uint64_t> ReadCall::PositionAt(absl::Time time) const {
  uint64_t low = 0, high = view_->position();
  while (low < high) {
    const uint64_t middle = low + (high - low) / 2;
    ASSIGN_OR_RETURN(const eventstore::StoredRecord record,
                     view_->snapshot().ReadRecord(middle));
    if (record.recorded_at_micros <= absl::ToUnixMicros(time)) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return low;
}

absl::Status ReadCall::KnowReader() {
  ASSIGN_OR_RETURN(
      reader_.practitioner_number,
      views::FindPractitioner(view_->view(), reader_.agency,
                              reader_.practitioner, view_->hash()));
  if (reader_.role != agency::v1::ROLE_FAMILY_MEMBER) return absl::OkStatus();
  ASSIGN_OR_RETURN(
      const auto person,
      views::NumberOfId(view_->view(),
                        seen_by_ ? seen_by_->person_id() : caller_.person_id));
  if (!person) return absl::OkStatus();
  // An agency vouches for its own people: any other is nobody, to it. Whom an
  // auditor looks through is theirs to say.
  bool known = true;
  if (!seen_by_) {
    ASSIGN_OR_RETURN(
        known, views::HoldsRecordOf(view_->view(), reader_.agency, *person));
  }
  if (known) reader_.record = *person;
  return absl::OkStatus();
}

// A copy for a family member or another agency holds what they may see, whoever
// makes it: what a young person keeps from a parent reaches them on no other
// way, and a plan no service that it does not name.
absl::Status ReadCall::SetReceiver() {
  const auto id = base::ParseId(copied_to_);
  const bool is_person = id && id->kind == base::IdKind::kPerson;
  const bool is_agency = !id && base::IsName(copied_to_);
  if (!is_person && (!is_agency || copied_to_ == reader_.agency)) {
    return absl::OkStatus();
  }
  receiver_.emplace();
  receiver_->agency = is_agency ? copied_to_ : reader_.agency;
  receiver_->role = is_agency ? agency::v1::ROLE_PRACTITIONER
                              : agency::v1::ROLE_FAMILY_MEMBER;
  receiver_->purpose = reader_.purpose;
  receiver_->at = reader_.at;
  if (!is_person) return absl::OkStatus();
  ASSIGN_OR_RETURN(const auto person,
                   views::NumberOfId(view_->view(), copied_to_));
  receiver_->record = person.value_or(0);
  return absl::OkStatus();
}

absl::Status ReadCall::Spend() {
  KITH_CHECK(from_ == From::kDisk);
  const std::string who =
      absl::StrCat(asking_.agency, "/", asking_.practitioner);
  if (node_.look_ups.Spend(who, now_)) return absl::OkStatus();
  return absl::ResourceExhaustedError("too many look-ups; try again later");
}

absl::StatusOr<uint64_t> ReadCall::Number(absl::string_view id,
                                          base::IdKind kind) {
  const auto parsed = base::ParseId(id);
  if (!parsed || parsed->kind != kind ||
      parsed->partnership != node_.partnership) {
    return NotFound();
  }
  ASSIGN_OR_RETURN(const auto number, views::NumberOfId(view_->view(), id));
  if (!number) return NotFound();
  return *number;
}

const core::StateReader& ReadCall::rows() const {
  if (then_rows_) return *then_rows_;
  return view_->view();
}

absl::Status ReadCall::FoldAsOf(const views::AsOfStart& start) {
  if (!as_of_ || then_rows_) return absl::OkStatus();
  ASSIGN_OR_RETURN(
      then_rows_,
      views::RowsAsOf(view_->view(), start, *as_of_,
                      FactsBefore(view_->snapshot(), *as_of_), view_->hash()));
  start_ = start;
  if (!IsAsStrictAsNow()) return absl::OkStatus();
  return views::ShieldAsNow(view_->view(), base::LondonDay(now_), *then_rows_);
}

absl::StatusOr<disclosure::Discloser::SharedContext> ReadCall::ContextOfRows(
    const core::StateReader& rows, const views::Concerned& concerned,
    absl::Time time) {
  ASSIGN_OR_RETURN(const auto known, KnownOf(rows, concerned, time));
  legal_basis_.insert(known->legal_basis.begin(), known->legal_basis.end());
  return disclosure::Discloser::SharedContext(known, &known->context);
}

absl::StatusOr<disclosure::Discloser::SharedContext> ReadCall::ContextAt(
    const views::Concerned& concerned, absl::Time time) {
  return ContextOfRows(view_->view(), concerned, time);
}

absl::StatusOr<disclosure::Discloser::SharedContext> ReadCall::ContextThen(
    const views::Concerned& concerned, const disclosure::Context& now) {
  ASSIGN_OR_RETURN(const auto stood,
                   ContextOfRows(*then_rows_, concerned, then_));
  auto then = std::make_shared<disclosure::Context>(*stood);
  then->agreements = now.agreements;  // nobody's history: their periods tell
  return then;
}

absl::Status ReadCall::UseContext(const views::Concerned& concerned,
                                  disclosure::Discloser& door) {
  ASSIGN_OR_RETURN(auto now, ContextAt(concerned, now_));
  if (!then_rows_) {
    door.Use(std::move(now));
    return absl::OkStatus();
  }
  ASSIGN_OR_RETURN(auto then, ContextThen(concerned, *now));
  if (seen_by_) {
    // What they could see then, whatever they may see now.
    door.Use(std::move(then));
  } else {
    door.UseBoth(std::move(then), then_, std::move(now));
  }
  return absl::OkStatus();
}

absl::StatusOr<disclosure::Discloser> ReadCall::Door(
    const views::Concerned& concerned) {
  disclosure::Discloser door = NewDoor();
  RETURN_IF_ERROR(UseContext(concerned, door));
  return door;
}

disclosure::Discloser ReadCall::NewDoor() const {
  disclosure::Discloser door(reader_);
  if (receiver_) door.CopyFor(*receiver_);
  for (uint64_t family : touched_.families) door.Touch(family);
  for (uint64_t record : touched_.records) door.TouchRecord(record);
  return door;
}

access::Call ReadCall::AccessCall() const {
  access::Call call;
  call.method = method_;
  call.position = view_ == nullptr ? 0 : view_->position();
  call.as_of = as_of_ ? *as_of_ + 1 : 0;
  call.copied_to = copied_to_;
  call.seen_by = seen_by_;
  call.legal_basis = legal_basis_;
  return call;
}

absl::Status ReadCall::RecordAct(ledger::v1::AccessKind kind, access::Act act) {
  KITH_CHECK(from_ == From::kDisk);
  access::Call call = AccessCall();
  call.kind = kind;
  call.act = std::move(act);
  disclosure::Account account;
  AddTouched(account);
  return node_.access.RecordAct(asking_, account, call);
}

void ReadCall::AddTouched(disclosure::Account& account) const {
  account.families.insert(touched_.families.begin(), touched_.families.end());
  account.records.insert(touched_.records.begin(), touched_.records.end());
  account.alone.insert(touched_.records.begin(), touched_.records.end());
}

absl::Status ReadCall::Denied(const absl::Status& status) {
  // Who may look no further for now may be trying names.
  if (status.code() != absl::StatusCode::kNotFound &&
      status.code() != absl::StatusCode::kPermissionDenied &&
      status.code() != absl::StatusCode::kResourceExhausted) {
    return status;
  }
  // Who reads again records it.
  if (from_ == From::kMemory) return status;
  AddTouched(denied_account_);
  absl::Status recorded =
      node_.access.RecordDenial(asking_, denied_account_, AccessCall());
  return recorded.ok() ? status : recorded;
}

std::string ReadCall::EtagOf(const google::protobuf::MessageLite& answer) {
  const std::string digest = base::Sha256(answer.SerializeAsString());
  return absl::BytesToHexString(digest.substr(0, kEtagBytes));
}

void ReadCall::Stamp(v1::ReadInfo* info) const {
  info->set_position(Token(until()));
  *info->mutable_as_of() =
      TimeUtil::MicrosecondsToTimestamp(absl::ToUnixMicros(then_));
}

std::string ReadCall::Token(uint64_t position) const {
  return node_.engine.tokens().Seal(position);
}

std::string ReadCall::BoundTo(absl::string_view query) const {
  return absl::StrCat(method_, "\n", asking_.agency, "\n", asking_.practitioner,
                      "\n", reader_.agency, "\n", reader_.practitioner, "\n",
                      reader_.role, "\n", reader_.purpose, "\n", query);
}

}  // namespace kith::api
