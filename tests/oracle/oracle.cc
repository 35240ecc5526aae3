#include "tests/oracle/oracle.h"

#include <map>
#include <utility>
#include <vector>

namespace kith::oracle {
namespace {

using disclosure::Reader;
using disclosure::Reason;

constexpr auto kMember = agency::v1::ROLE_FAMILY_MEMBER;
constexpr auto kTalk = agency::v1::ITEM_CLASS_CONVERSATION;

// One table of which records are surely, and which perhaps, one person: by
// trying every pair until nothing changes.
struct Sameness {
  std::map<std::pair<int, int>, bool> sure, perhaps;

  explicit Sameness(const World& world) {
    const int n = static_cast<int>(world.records.size());
    for (int a = 1; a <= n; ++a) {
      for (int b = 1; b <= n; ++b) {
        sure[{a, b}] = a == b;
        perhaps[{a, b}] =
            world.records[a - 1].person == world.records[b - 1].person;
      }
    }
    for (const Pair& pair : world.sure) {
      sure[{pair.one, pair.other}] = sure[{pair.other, pair.one}] = true;
    }
    for (int k = 1; k <= n; ++k) {
      for (int a = 1; a <= n; ++a) {
        for (int b = 1; b <= n; ++b) {
          if (sure[{a, k}] && sure[{k, b}]) sure[{a, b}] = true;
        }
      }
    }
    // One undecided match joins all records of the two people.
    const auto whole = perhaps;
    for (const Pair& pair : world.possible) {
      for (int a = 1; a <= n; ++a) {
        for (int b = 1; b <= n; ++b) {
          if (whole.at({a, pair.one}) && whole.at({pair.other, b})) {
            perhaps[{a, b}] = perhaps[{b, a}] = true;
          }
        }
      }
    }
  }
};

class Oracle {
 public:
  Oracle(const World& world, const Reader& reader, const Item& item)
      : world_(world), reader_(reader), item_(item), same_(world) {}

  Reason Answer() {
    const auto* rights = disclosure::ShippedRoles().Of(reader_.role);
    if (reader_.agency == "" || reader_.purpose == "" || rights == nullptr) {
      return Reason::kNoRole;
    }
    for (const int r : item_.about) {
      if (world_.records[r - 1].gone) return Reason::kGone;
    }
    if (MayNotBeKept()) return Reason::kNotStored;
    if (item_.embargoed && reader_.role == kMember) return Reason::kEmbargoed;

    const bool everywhere = Lists(rights->everywhere());
    const bool own = Lists(rights->own());
    const bool permitted = Lists(rights->by_permission());
    const bool outline = Lists(rights->outline());
    const bool of_family = Lists(rights->of_family());
    const bool alerted = Lists(rights->alerted());
    if (!(everywhere || own || permitted || outline || of_family || alerted)) {
      return Reason::kNoRole;
    }
    if (!disclosure::ShippedRoles().Needs(reader_.purpose, item_.item_class)) {
      return Reason::kPurpose;
    }
    if (everywhere) {
      return rights->needs_reason() && reader_.reason == "" ? Reason::kNoRole
                                                            : Reason::kRole;
    }
    if (alerted && (item_.agency == reader_.agency || IsNamed())) {
      return Reason::kRole;
    }
    if (item_.draft && !IsWorkingOwner() && !IsLead()) return Reason::kDraft;

    Reason reason = Reason::kNoPermission;
    if (item_.shielded && !IsWorkingOwner()) {
      reason = Reason::kShielded;
    } else if (IsBarred()) {
      reason = Reason::kRestricted;
    } else if (own && IsWorkingOwner()) {
      return Reason::kOwnAgency;
    } else if (outline) {
      return Reason::kLeadExists;
    } else if (own && reader_.role == kMember && IsAllMine()) {
      return Reason::kOwn;
    } else if (of_family && reader_.role == kMember && IsMyFamilys()) {
      return Reason::kOfFamily;
    } else if (permitted && IsPlanOfOthers()) {
      reason = Reason::kNotInPlan;
    } else if (permitted) {
      reason = BySharing();
    }
    if (Shows(reason) || !permitted) return reason;
    return ByLicence(reason, rights->break_glass());
  }

 private:
  template <class Classes>
  bool Lists(const Classes& classes) const {
    for (const int one : classes) {
      if (one == item_.item_class) return true;
    }
    return false;
  }
  bool InPeriod(int from, int until) const {
    return (from == 0 || from <= world_.today) &&
           (until == 0 || world_.today <= until);
  }
  bool IsAboutExactly(const std::vector<int>& records, int record) const {
    for (const int one : records) {
      if (one == record) return true;
    }
    return false;
  }
  bool IsSurelyAmong(const std::vector<int>& records, int record) {
    for (const int one : records) {
      if (same_.sure[{one, record}]) return true;
    }
    return false;
  }
  bool IsPerhapsAmong(const std::vector<int>& records, int record) {
    for (const int one : records) {
      if (same_.perhaps[{one, record}]) return true;
    }
    return false;
  }

  bool MayNotBeKept() const {
    if (item_.item_class == agency::v1::ITEM_CLASS_CONSENT) return false;
    if (item_.basis > agency::v1::LEGAL_BASIS_CONSENT) return false;
    for (const oracle::Answer& one : world_.answers) {
      if (one.kind != agency::v1::CONSENT_KIND_STORE) continue;
      if (one.answer != agency::v1::CONSENT_ANSWER_REFUSED) continue;
      if (one.ended || !InPeriod(one.from, one.until)) continue;
      for (const int r : item_.about) {
        if (IsAboutExactly(one.about, r)) return true;
      }
    }
    return false;
  }

  // The reader's agency holds it and works with the family or a person.
  bool IsWorkingOwner() const {
    if (reader_.role == kMember || item_.agency != reader_.agency) return false;
    for (const Family& family : world_.families) {
      if (family.number == item_.family &&
          family.agencies.count(reader_.agency) > 0) {
        return true;
      }
    }
    for (const int r : item_.about) {
      if (world_.works_with[r].count(reader_.agency) > 0) return true;
    }
    return false;
  }
  bool IsLead() const {
    if (reader_.role == kMember || reader_.practitioner_number == 0) {
      return false;
    }
    for (const Family& family : world_.families) {
      if (family.number == item_.family &&
          family.lead == static_cast<int>(reader_.practitioner_number)) {
        return true;
      }
    }
    return false;
  }
  bool IsAllMine() {
    if (item_.about.empty() || reader_.record == 0) return false;
    for (const int r : item_.about) {
      if (!same_.sure[{r, static_cast<int>(reader_.record)}]) return false;
    }
    return true;
  }
  bool IsMyFamilys() const {
    for (const Family& family : world_.families) {
      if (family.number == item_.family && reader_.record != 0 &&
          family.members.count(static_cast<int>(reader_.record)) > 0) {
        return true;
      }
    }
    return false;
  }
  bool IsPlanOfOthers() const {
    if (reader_.role == kMember || IsLead()) return false;
    return item_.item_class == agency::v1::ITEM_CLASS_PLAN && !IsNamed();
  }
  bool IsNamed() const {
    for (const std::string& agency : item_.named) {
      if (agency == reader_.agency) return true;
    }
    return false;
  }

  bool IsMe(const Who& who) {
    if (!who.agency.empty()) {
      return reader_.role != kMember && who.agency == reader_.agency;
    }
    if (who.practitioner != 0) {
      return reader_.role != kMember &&
             who.practitioner == static_cast<int>(reader_.practitioner_number);
    }
    return reader_.record != 0 &&
           same_.sure[{who.record, static_cast<int>(reader_.record)}];
  }

  bool IsBarredBy(const Bar& bar) {
    const bool about_me =
        reader_.record != 0 &&
        IsSurelyAmong(bar.about, static_cast<int>(reader_.record));
    if (bar.from_family && reader_.role == kMember && !about_me) return true;
    if (bar.barred.empty() && bar.from_family) return false;
    if (bar.barred.empty()) {
      return reader_.role == kMember ? !about_me
                                     : reader_.agency != item_.agency;
    }
    for (const Who& who : bar.barred) {
      if (!who.agency.empty() && reader_.agency == item_.agency &&
          item_.item_class != agency::v1::ITEM_CLASS_ACCESS) {
        continue;
      }
      if (IsMe(who)) return true;
    }
    return false;
  }

  bool CoversItem(const Bar& bar) {
    // Looks tell of everything that is looked at.
    if (item_.item_class != agency::v1::ITEM_CLASS_ACCESS) {
      if (!bar.classes.empty() && bar.classes.count(item_.item_class) == 0) {
        return false;
      }
      if (!bar.things.empty() && !IsAboutExactly(bar.things, item_.thing)) {
        return false;
      }
    }
    if (bar.own_only && bar.agency != item_.agency) return false;
    for (const int r : item_.about) {
      if (IsPerhapsAmong(bar.about, r)) return true;
    }
    return false;
  }

  bool IsBarred() {
    for (const Bar& bar : world_.bars) {
      if (bar.ended || !InPeriod(bar.from, bar.until)) continue;
      const bool itself = item_.thing == bar.number;
      if ((itself || CoversItem(bar)) && IsBarredBy(bar)) return true;
    }
    return false;
  }

  // An answer of somebody else from before the person turned 16, when they are
  // 16 by now. Birthdays are 15 June, and so are the days of answers.
  bool IsOutgrown(const oracle::Answer& one, int record) {
    const int born = world_.records[record - 1].born_year;
    if (born == 0) return false;
    if (DayOf(world_.today) < absl::CivilDay(born + 16, 6, 15)) return false;
    if (one.answered_by != 0 && same_.sure[{record, one.answered_by}]) {
      return false;
    }
    return one.since_year < born + 16;
  }

  Reason OfRecord(int record) {
    bool given = false, refused = false, refused_before = false;
    for (const oracle::Answer& one : world_.answers) {
      if (one.kind != agency::v1::CONSENT_KIND_SHARE || one.ended) continue;
      if (!InPeriod(one.from, one.until)) continue;
      if (one.own_only && one.agency != item_.agency) continue;
      bool to_me = false;
      for (const Who& who : one.to) to_me = to_me || IsMe(who);
      const bool named = one.classes.count(item_.item_class) > 0;
      if (one.answer == agency::v1::CONSENT_ANSWER_GIVEN && to_me &&
          (named || (one.classes.empty() && item_.item_class != kTalk)) &&
          one.purpose != "" && one.purpose == reader_.purpose &&
          IsSurelyAmong(one.about, record) && !IsOutgrown(one, record)) {
        given = true;
      }
      if (one.answer == agency::v1::CONSENT_ANSWER_REFUSED &&
          (one.to.empty() || to_me) && (named || one.classes.empty()) &&
          (one.purpose == "" || one.purpose == reader_.purpose) &&
          IsPerhapsAmong(one.about, record)) {
        (IsOutgrown(one, record) ? refused_before : refused) = true;
      }
    }
    if (refused) return given ? Reason::kConflicting : Reason::kRefused;
    if (given) return Reason::kShared;
    return refused_before ? Reason::kRefused : Reason::kNoPermission;
  }

  Reason BySharing() {
    Reason all = item_.about.empty() ? Reason::kNoPermission : Reason::kShared;
    for (const int r : item_.about) {
      const Reason one = OfRecord(r);
      if (one == Reason::kRefused || one == Reason::kConflicting) return one;
      if (one == Reason::kNoPermission) all = one;
    }
    if (all != Reason::kShared || reader_.role == kMember) return all;
    if (reader_.agency == item_.agency) return all;
    for (const disclosure::Agreement& one : world_.agreements) {
      const absl::CivilDay today = DayOf(world_.today);
      const bool both = one.parties.count(reader_.agency) == 1 &&
                        one.parties.count(item_.agency) == 1;
      const bool fits =
          (one.purposes.empty() || one.purposes.count(reader_.purpose) == 1) &&
          (one.classes.empty() || one.classes.count(item_.item_class) == 1);
      if (both && fits && !one.ended && !(today < one.from) &&
          !(one.until < today)) {
        return Reason::kShared;
      }
    }
    return disclosure::ShippedRoles().table().agreement_required()
               ? Reason::kNoAgreement
               : Reason::kSharedUnagreed;
  }

  bool IsAllSurelyAmong(const std::set<uint64_t>& records) {
    if (item_.about.empty()) return false;
    for (const int r : item_.about) {
      bool found = false;
      for (const uint64_t one : records) {
        found = found || same_.sure[{r, static_cast<int>(one)}];
      }
      if (!found) return false;
    }
    return true;
  }
  bool Opens(const std::set<ItemClass>& classes) const {
    return classes.count(item_.item_class) == 1 ||
           (classes.empty() && item_.item_class != kTalk);
  }

  bool IsStrongerThan(const disclosure::Override& one, Reason withheld) {
    if (one.reason == agency::v1::OVERRIDE_REASON_SAFEGUARDING) return true;
    if (one.reason == agency::v1::OVERRIDE_REASON_THREAT_TO_LIFE) return true;
    if (withheld == Reason::kRestricted) return false;
    if (one.reason == agency::v1::OVERRIDE_REASON_LEGAL_DUTY) return true;
    for (const int r : item_.about) {
      const Reason said = OfRecord(r);
      if (said == Reason::kRefused || said == Reason::kConflicting) {
        return false;
      }
      if (HasChangedTheirMind(r)) return false;
    }
    return true;
  }

  // Of all who may be this person the newest answer for this purpose was
  // withdrawn, and no other answer of this person lets sharing go on.
  bool HasChangedTheirMind(int record) {
    std::vector<const oracle::Answer*> asked;
    for (const oracle::Answer& one : world_.answers) {
      const bool no = one.answer == agency::v1::CONSENT_ANSWER_REFUSED;
      const bool fits = one.purpose == "" ? no : one.purpose == reader_.purpose;
      if (one.kind == agency::v1::CONSENT_KIND_SHARE && fits &&
          (!one.own_only || one.agency == item_.agency) &&
          IsPerhapsAmong(one.about, record)) {
        asked.push_back(&one);
      }
    }
    std::pair<int, int> newest;
    bool withdrawn = false;
    for (const oracle::Answer* one : asked) {
      if (one->answer != agency::v1::CONSENT_ANSWER_REFUSED && !one->ended &&
          InPeriod(one->from, one->until) &&
          IsSurelyAmong(one->about, record) && !IsOutgrown(*one, record)) {
        return false;
      }
      if (std::pair(one->since_year, one->number) > newest) {
        newest = {one->since_year, one->number};
        withdrawn = one->ended;
      }
    }
    return withdrawn;
  }

  Reason ByLicence(Reason withheld, bool may_break_glass) {
    const absl::Time now = MomentOf(world_);
    for (const disclosure::Override& one : world_.overrides) {
      const bool mine =
          one.agencies.count(reader_.agency) == 1 ||
          (reader_.practitioner_number != 0 &&
           one.practitioners.count(reader_.practitioner_number) == 1);
      if (withheld != Reason::kShielded && IsStrongerThan(one, withheld) &&
          reader_.role != kMember && mine && one.complete && !one.ended &&
          one.purpose != "" && one.purpose == reader_.purpose &&
          one.from <= now && now < one.until && Opens(one.classes) &&
          IsAllSurelyAmong(one.records)) {
        return Reason::kOverride;
      }
    }
    for (const disclosure::Grant& one : world_.grants) {
      const bool scope =
          (item_.family != 0 && one.families.count(item_.family) == 1) ||
          IsAllSurelyAmong(one.records);
      if (may_break_glass && !one.ended && one.practitioner != 0 &&
          one.practitioner == reader_.practitioner_number &&
          one.agency == reader_.agency && one.from <= now && now < one.until &&
          one.until - one.from <= absl::Hours(4) && scope &&
          Opens(one.classes) && (!item_.shielded || one.shielded_approved)) {
        return Reason::kBreakGlass;
      }
    }
    return withheld;
  }

  const World& world_;
  const Reader& reader_;
  const Item& item_;
  Sameness same_;
};

}  // namespace

Reason Read(const World& world, const Reader& reader, const Item& item) {
  return Oracle(world, reader, item).Answer();
}

Reason OfPast(Reason then, Reason now, agency::v1::Role role) {
  if (!Shows(now) || role == agency::v1::ROLE_AUDITOR) return now;
  return Shows(then) ? now : then;
}

bool Shows(Reason reason) {
  switch (reason) {
    case Reason::kOwnAgency:
    case Reason::kShared:
    case Reason::kSharedUnagreed:
    case Reason::kRole:
    case Reason::kOwn:
    case Reason::kOfFamily:
    case Reason::kLeadExists:
    case Reason::kOverride:
    case Reason::kBreakGlass:
      return true;
    default:
      return false;
  }
}

}  // namespace kith::oracle
