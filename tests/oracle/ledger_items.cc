// The labels of items, read off the rules.
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "tests/oracle/ledger_reading.h"

namespace kith::ledger_oracle {

std::string ItemText(agency::v1::ItemClass item_class,
                     const std::string& agency, const Numbers& records,
                     Number family, bool shielded) {
  return absl::StrCat(agency::v1::ItemClass_Name(item_class), " of ", agency,
                      " about ", absl::StrJoin(records, " "), " in ", family,
                      shielded ? ", shielded" : "");
}

// Who it is, what they need, and how to reach them; of what was made in error
// nothing.
void Reading::AddRecord(Number number, Number family, bool name_only,
                        Items& items) const {
  const Record& record = Find(number);
  if (record.gone) return;
  const auto add = [&](agency::v1::ItemClass item_class, bool shielded) {
    items.insert(
        ItemText(item_class, record.agency, {number}, family, shielded));
  };
  add(agency::v1::ITEM_CLASS_IDENTITY, record.restricted);
  if (name_only) return;
  if (record.has_religion) {
    add(agency::v1::ITEM_CLASS_NEED, record.restricted);
  }
  if (record.has_open_address) {
    add(agency::v1::ITEM_CLASS_CONTACT, IsShielded(number));
  }
  if (record.has_protected_address) add(agency::v1::ITEM_CLASS_CONTACT, true);
}

// What is said of one record: by its agency alone where it is restricted.
void Reading::AddSaidOf(Number number, Number family, Items& items) const {
  for (const Involvement& one : world_.involvements) {
    if (one.record != number) continue;
    items.insert(ItemText(agency::v1::ITEM_CLASS_INVOLVEMENT, one.agency,
                          {number}, family, Find(number).restricted));
  }
  for (const Need& need : world_.needs) {
    if (need.record != number) continue;
    items.insert(ItemText(agency::v1::ITEM_CLASS_NEED, need.agency, {number},
                          family, Find(number).restricted));
  }
  for (const Relationship& one : world_.relationships) {
    if (one.person != number && one.to != number) continue;
    items.insert(ItemText(agency::v1::ITEM_CLASS_FAMILY, one.agency,
                          {one.person, one.to}, family,
                          Find(one.person).restricted));
  }
}

// What is of the family as a whole is everybody's in it.
void Reading::AddWhole(Number standing, Items& items) const {
  using agency::v1::ITEM_CLASS_CONTACT;
  using agency::v1::ITEM_CLASS_FAMILY;
  const Numbers named = NamedIn(standing);
  const auto is_of = [&](Number family) {
    return Standing(family) == standing;
  };
  const auto add = [&](agency::v1::ItemClass item_class,
                       const std::string& agency, const Numbers& records) {
    items.insert(ItemText(item_class, agency, records, standing, false));
  };
  for (const Family& family : world_.families) {
    if (!is_of(family.number)) continue;
    Numbers records = named;
    if (family.defined_by != 0) records.insert(family.defined_by);
    add(ITEM_CLASS_FAMILY, family.agency, records);
  }
  for (const Membership& member : world_.memberships) {
    if (!is_of(member.family)) continue;
    add(ITEM_CLASS_FAMILY, member.agency, {member.record});
  }
  for (const Helper& helper : world_.helpers) {
    if (!is_of(helper.family)) continue;
    add(ITEM_CLASS_FAMILY, helper.agency, named);
    if (!helper.has_contact) continue;
    items.insert(ItemText(ITEM_CLASS_CONTACT, helper.agency, named, standing,
                          OneIsShielded(standing)));
  }
  AddPlans(standing, /*open_only=*/false, items);
  AddMeetings(standing, items);
  AddLead(standing, /*name_only=*/false, items);
}

// Of whom it is for, and who does something in it.
void Reading::AddPlans(Number standing, bool open_only, Items& items) const {
  for (const Plan& plan : world_.plans) {
    if (Standing(plan.family) != standing || (open_only && plan.closed)) {
      continue;
    }
    AddPlan(plan, items);
  }
}

void Reading::AddPlan(const Plan& plan, Items& items) const {
  Numbers records(plan.about.begin(), plan.about.end());
  records.insert(plan.doers.begin(), plan.doers.end());
  items.insert(ItemText(agency::v1::ITEM_CLASS_PLAN, plan.agency, records,
                        Standing(plan.family), false));
}

// An item of who made it, of who was asked, and of who said how far it has
// come.
void Reading::AddService(const Service& service,
                         agency::v1::ItemClass item_class, Items& items) const {
  Names agencies(service.steps.begin(), service.steps.end());
  agencies.insert(service.agency);
  if (!service.to_agency.empty()) agencies.insert(service.to_agency);
  for (const std::string& agency : agencies) {
    items.insert(ItemText(item_class, agency,
                          {service.about.begin(), service.about.end()},
                          Standing(service.family), false));
  }
}

// What is about somebody of these.
void Reading::AddServices(const Numbers& about, Items& items) const {
  for (const Service& one : world_.assessments) {
    if (!IsMet(about, one.about)) continue;
    AddService(one, agency::v1::ITEM_CLASS_ASSESSMENT, items);
  }
  for (const Service& one : world_.referrals) {
    if (!IsMet(about, one.about)) continue;
    AddService(one, agency::v1::ITEM_CLASS_REFERRAL, items);
  }
}

// Of who was there, and whom its plan is for; apart, of who was there alone.
void Reading::AddMeetings(Number standing, Items& items) const {
  for (const Meeting& meeting : world_.meetings) {
    if (Standing(meeting.family) != standing) continue;
    Numbers records(meeting.present.begin(), meeting.present.end());
    for (const Plan& plan : world_.plans) {
      if (plan.number != meeting.plan || meeting.apart) continue;
      records.insert(plan.about.begin(), plan.about.end());
    }
    items.insert(ItemText(meeting.apart ? agency::v1::ITEM_CLASS_CONVERSATION
                                        : agency::v1::ITEM_CLASS_MEETING,
                          meeting.agency, records, standing, false));
  }
}

// Who leads, of the agency that appointed; the rest is known to both agencies.
void Reading::AddLead(Number standing, bool name_only, Items& items) const {
  const Numbers named = NamedIn(standing);
  const auto add = [&](agency::v1::ItemClass item_class,
                       const std::string& agency) {
    items.insert(ItemText(item_class, agency, named, standing, false));
  };
  for (const Lead& lead : world_.leads) {
    if (lead.ended || Standing(lead.family) != standing) continue;
    add(agency::v1::ITEM_CLASS_LEAD, lead.appointed_by);
    if (name_only) return;
    add(agency::v1::ITEM_CLASS_INVOLVEMENT, lead.appointed_by);
    add(agency::v1::ITEM_CLASS_INVOLVEMENT, lead.works_for);
    return;  // the first stands
  }
}

void Reading::AddPeople(Number standing, Items& items) const {
  const Numbers present = PresentIn(standing);
  for (const Membership& member : world_.memberships) {
    if (Standing(member.family) == standing) {
      // Who has left is shown by name.
      if (present.count(member.record) == 0) {
        AddRecord(member.record, standing, /*name_only=*/true, items);
      }
    } else if (IsNow(member) && present.count(member.record) > 0) {
      items.insert(ItemText(agency::v1::ITEM_CLASS_FAMILY, member.agency,
                            {member.record}, standing, false));
    }
  }
  for (const Number record : present) {
    AddRecord(record, standing, /*name_only=*/false, items);
    AddSaidOf(record, standing, items);
  }
  AddServices(present, items);
  AddConsents(present, items);
}

// Consents and restrictions belong to no one family.
void Reading::AddConsents(const Numbers& about, Items& items) const {
  for (const auto* rulings : {&world_.consents, &world_.restrictions}) {
    for (const Ruling& ruling : *rulings) {
      if (!IsMet(about, ruling.about)) continue;
      Numbers records(ruling.about.begin(), ruling.about.end());
      records.insert(ruling.named.begin(), ruling.named.end());
      if (ruling.said_by != 0) records.insert(ruling.said_by);
      items.insert(ItemText(agency::v1::ITEM_CLASS_CONSENT, ruling.agency,
                            records, 0, false));
    }
  }
}

Items Reading::ItemsOfFamily(Number family) const {
  Items items;
  AddWhole(Standing(family), items);
  AddPeople(Standing(family), items);
  return items;
}

Items Reading::ItemsOfPerson(Number record) const {
  Items items;
  const Numbers person = PersonOf(record);
  for (const Number one : person) {
    AddRecord(one, 0, /*name_only=*/false, items);
    AddSaidOf(one, 0, items);
  }
  for (const Membership& member : world_.memberships) {
    if (!IsNow(member) || person.count(member.record) == 0) continue;
    items.insert(ItemText(agency::v1::ITEM_CLASS_FAMILY, member.agency,
                          {member.record}, Standing(member.family), false));
  }
  return items;
}

Items Reading::ItemsOfSummary(Number family) const {
  Items items;
  for (const Number record : NamedIn(family)) {
    AddRecord(record, Standing(family), /*name_only=*/true, items);
  }
  AddLead(Standing(family), /*name_only=*/true, items);
  AddPlans(Standing(family), /*open_only=*/true, items);
  return items;
}

// What is of the family, and what is about somebody who is in it now.
Items Reading::ItemsOfWork(Number family) const {
  Items items;
  const Numbers present = PresentIn(family);
  for (const Plan& plan : world_.plans) {
    if (Standing(plan.family) == Standing(family) ||
        IsMet(present, plan.about)) {
      AddPlan(plan, items);
    }
  }
  AddServices(present, items);
  AddMeetings(Standing(family), items);
  return items;
}

Items Reading::ItemsOfConsents(Number record) const {
  Items items;
  AddConsents(PersonOf(record), items);
  return items;
}

Items Reading::ItemsOfOverrides(Number record) const {
  const Numbers person = PersonOf(record);
  Items items;
  for (const auto* rulings : {&world_.overrides, &world_.glass}) {
    for (const Ruling& ruling : *rulings) {
      if (!IsMet(person, ruling.about)) continue;
      const Numbers records(ruling.about.begin(), ruling.about.end());
      items.insert(ItemText(agency::v1::ITEM_CLASS_OVERRIDE, ruling.agency,
                            records, Standing(ruling.family), false));
    }
  }
  return items;
}

}  // namespace kith::ledger_oracle
