// kith topics: Kafka's topics as deploy/kafka/topics.yaml declares them. Asks
// the brokers, no node.
#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <filesystem>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "adapters/publisher/kafka_settings.h"
#include "base/id.h"
#include "base/status.h"
#include "tools/kith/command.h"
#include "tools/kith/topic_admin.h"

namespace kith::cli {
namespace {

constexpr char kMinInSync[] = "min.insync.replicas";

struct TopicFlags {
  std::vector<std::string> partnerships, agencies;
  std::string brokers, settings, declared;
};

std::string DefaultDeclaration() {
  std::error_code error;
  const auto program = std::filesystem::read_symlink("/proc/self/exe", error);
  if (!error) {
    const auto installed = program.parent_path().parent_path() / "share" /
                           "kith" / "kafka" / "topics.yaml";
    if (std::filesystem::exists(installed, error)) return installed.string();
  }
  return KITH_SOURCE_ROOT "/deploy/kafka/topics.yaml";
}

Topic TopicOf(const YAML::Node& node) {
  Topic topic;
  topic.name = node["name"].as<std::string>();
  topic.partitions = node["partitions"].as<int>();
  topic.replication_factor = node["replication_factor"].as<int>();
  for (const auto& setting : node["settings"]) {
    topic.settings[setting.first.as<std::string>()] =
        setting.second.as<std::string>();
  }
  return topic;
}

// Adds the topic for each of `names` in place of `mark`.
void AddFor(const Topic& declared, const std::string& mark,
            const std::vector<std::string>& names, std::vector<Topic>& topics) {
  if (declared.name.find(mark) == std::string::npos) return;
  for (const std::string& name : names) {
    Topic topic = declared;
    topic.name = absl::StrReplaceAll(declared.name, {{mark, name}});
    topics.push_back(std::move(topic));
  }
}

absl::StatusOr<std::vector<Topic>> ReadDeclared(const TopicFlags& flags) {
  std::vector<Topic> topics;
  try {
    const YAML::Node root = YAML::LoadFile(flags.declared);
    if (root["version"].as<int>() != 1) {
      return absl::InvalidArgumentError(
          absl::StrCat(flags.declared, ": version is not 1"));
    }
    for (const YAML::Node& node : root["topics"]) {
      const Topic topic = TopicOf(node);
      AddFor(topic, "<partnership>", flags.partnerships, topics);
      AddFor(topic, "<agency>", flags.agencies, topics);
    }
  } catch (const YAML::Exception& wrong) {
    return absl::InvalidArgumentError(absl::StrCat(
        flags.declared, ":", wrong.mark.line + 1, ": ", wrong.msg));
  }
  return topics;
}

// Fewer brokers than declared hold fewer copies. One that is away is none the
// less there, where the topic has a copy on it.
Topic FitTo(int brokers, const std::optional<Topic>& found, Topic topic) {
  if (found.has_value()) brokers = std::max(brokers, found->replication_factor);
  topic.replication_factor = std::min(topic.replication_factor, brokers);
  const auto setting = topic.settings.find(kMinInSync);
  int least = 0;
  if (setting != topic.settings.end() &&
      absl::SimpleAtoi(setting->second, &least)) {
    setting->second = absl::StrCat(std::min(least, topic.replication_factor));
  }
  return topic;
}

absl::StatusOr<std::unique_ptr<TopicAdmin>> Connect(const TopicFlags& flags) {
  wire::Connection connection;
  if (!flags.settings.empty()) {
    ASSIGN_OR_RETURN(connection, adapters::ReadKafkaSettings(flags.settings));
  }
  if (!flags.brokers.empty()) connection.brokers = flags.brokers;
  ASSIGN_OR_RETURN(const wire::Properties properties,
                   wire::PropertiesOf(connection));
  return TopicAdmin::Make(properties);
}

absl::Status CheckNames(const TopicFlags& flags) {
  if (flags.partnerships.empty() && flags.agencies.empty()) {
    return absl::InvalidArgumentError("--partnership or --agency is needed");
  }
  for (const auto* names : {&flags.partnerships, &flags.agencies}) {
    for (const std::string& name : *names) {
      if (!base::IsName(name)) {
        return absl::InvalidArgumentError(
            "partnerships and agencies are 1 to 32 of a-z, 0-9 and _");
      }
    }
  }
  return absl::OkStatus();
}

// How one topic stands to its declaration.
struct Comparison {
  std::vector<std::string> beyond_mending;
  std::vector<std::string> differences;  // "name: is, not declared"
};

Comparison Compare(const Topic& found, const Topic& declared) {
  Comparison comparison;
  if (found.partitions != declared.partitions) {
    comparison.beyond_mending.push_back(
        absl::StrCat("has ", found.partitions, " partitions, declared is ",
                     declared.partitions, ": it must be made anew"));
  }
  if (found.replication_factor < declared.replication_factor) {
    comparison.beyond_mending.push_back(absl::StrCat(
        "replication factor: ", found.replication_factor, ", not ",
        declared.replication_factor, " (kafka-reassign-partitions.sh)"));
  }
  for (const auto& [name, value] : declared.settings) {
    const auto is = found.settings.find(name);
    const std::string has = is == found.settings.end() ? "" : is->second;
    if (has != value) {
      comparison.differences.push_back(
          absl::StrCat(name, ": ", has, ", not ", value));
    }
  }
  return comparison;
}

// What was found, or is left when it was mended, for the table.
absl::StatusOr<std::vector<std::string>> Treat(TopicAdmin& admin, int brokers,
                                               const Topic& topic, bool mend) {
  ASSIGN_OR_RETURN(const std::optional<Topic> found, admin.Find(topic.name));
  const Topic declared = FitTo(brokers, found, topic);
  if (!found.has_value()) {
    if (!mend) return std::vector<std::string>{"is missing"};
    RETURN_IF_ERROR(admin.Create(declared));
    return std::vector<std::string>();
  }
  Comparison seen = Compare(*found, declared);
  if (found->partitions != declared.partitions) return seen.beyond_mending;
  if (mend && !seen.differences.empty()) {
    RETURN_IF_ERROR(admin.Set(declared.name, declared.settings));
    seen.differences.clear();
  }
  std::vector<std::string> left = std::move(seen.beyond_mending);
  left.insert(left.end(), seen.differences.begin(), seen.differences.end());
  return left;
}

absl::Status GoThrough(const TopicFlags& flags, bool mend, const Output& out) {
  RETURN_IF_ERROR(CheckNames(flags));
  ASSIGN_OR_RETURN(const std::vector<Topic> topics, ReadDeclared(flags));
  ASSIGN_OR_RETURN(const auto admin, Connect(flags));
  ASSIGN_OR_RETURN(const int brokers, admin->CountBrokers());
  std::vector<std::vector<std::string>> rows;
  bool good = true;
  for (const Topic& topic : topics) {
    ASSIGN_OR_RETURN(const auto left, Treat(*admin, brokers, topic, mend));
    good = good && left.empty();
    if (left.empty()) rows.push_back({topic.name, "as declared"});
    for (const std::string& what : left) rows.push_back({topic.name, what});
  }
  out.Table({"TOPIC", ""}, rows);
  if (good) return absl::OkStatus();
  return absl::FailedPreconditionError(
      mend ? "not every topic could be made as it is declared"
           : "topics differ: `kith topics apply` makes them as declared");
}

void AddVerb(CLI::App& noun, Chosen& chosen, const char* verb, const char* what,
             bool mend) {
  auto flags = std::make_shared<TopicFlags>();
  flags->declared = DefaultDeclaration();
  CLI::App* command = AddCommand(
      noun, verb, what,
      absl::StrCat("kith topics ", verb,
                   " --partnership hackney --agency hackney_council --kafka "
                   "kafka1:9092"));
  command->add_option("--partnership", flags->partnerships,
                      "Whose inbox and quarantine; may be repeated");
  command->add_option("--agency", flags->agencies,
                      "Whose feed; may be repeated");
  command->add_option("--kafka", flags->brokers, "Brokers: host:port,...")
      ->envname("KITH_KAFKA");
  command
      ->add_option("--kafka-settings", flags->settings,
                   "YAML with brokers, ca_file, certificate_file, key_file, "
                   "user, password_file, mechanism")
      ->envname("KITH_KAFKA_SETTINGS");
  command->add_option("--declared", flags->declared, "What topics are to be")
      ->capture_default_str();
  command->callback([&chosen, flags, mend] {
    chosen.run = [flags, mend](Bench& bench) {
      return GoThrough(*flags, mend, bench.out);
    };
  });
}

}  // namespace

void AddTopicCommands(CLI::App& app, Chosen& chosen) {
  CLI::App* noun = app.add_subcommand("topics", "Kafka's topics");
  noun->require_subcommand(1);
  AddVerb(*noun, chosen, "apply",
          "Makes topics as they are declared: creates what is missing, sets "
          "what differs. Deletes nothing.",
          true);
  AddVerb(*noun, chosen, "check",
          "Tells how topics differ from their declaration. Changes nothing.",
          false);
}

}  // namespace kith::cli
