#include "services/kithd/self_probe.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <future>
#include <thread>

namespace kith::kithd {
namespace {

// A listener, which answers only if it is told to.
class Listener {
 public:
  Listener() : fd_(socket(AF_INET, SOCK_STREAM, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof(address);
    bind(fd_, reinterpret_cast<sockaddr*>(&address), size);
    listen(fd_, 16);
    getsockname(fd_, reinterpret_cast<sockaddr*>(&address), &size);
    port_ = ntohs(address.sin_port);
  }
  ~Listener() { close(fd_); }

  int port() const { return port_; }
  // Takes one connection, returns how the client began, and answers.
  std::string AnswerOne() const {
    const int client = accept(fd_, nullptr, nullptr);
    char begin[8] = {};
    EXPECT_EQ(recv(client, begin, sizeof(begin), MSG_WAITALL), 8);
    EXPECT_EQ(send(client, "x", 1, MSG_NOSIGNAL), 1);
    close(client);
    return std::string(begin, sizeof(begin));
  }

 private:
  const int fd_;
  int port_ = 0;
};

SelfProbeOptions At(const Listener& listener, bool tls) {
  return {"0.0.0.0", listener.port(), tls, absl::Milliseconds(10),
          absl::Milliseconds(100)};
}

TEST(SelfProbeTest, AListenerThatAnswersIsHeard) {
  const Listener listener;
  for (const bool tls : {false, true}) {
    auto begin =
        std::async(std::launch::async, [&] { return listener.AnswerOne(); });
    SelfProbeOptions options = At(listener, tls);
    options.patience = absl::Seconds(20);
    EXPECT_TRUE(Knock(options).ok());
    // A handshake record of TLS, or the preface of HTTP/2.
    EXPECT_EQ(begin.get().substr(0, 2), tls ? "\x16\x03" : "PR");
  }
}

TEST(SelfProbeTest, ADeafListenerIsNoticed) {
  const Listener listener;
  EXPECT_FALSE(Knock(At(listener, true)).ok());
  std::promise<void> deaf;
  const auto probe =
      SelfProbe::Start(At(listener, true), [&deaf] { deaf.set_value(); });
  deaf.get_future().wait();
}

TEST(SelfProbeTest, AListenerThatIsGoneIsNoticed) {
  SelfProbeOptions options;
  {
    const Listener listener;
    options = At(listener, false);
  }
  EXPECT_FALSE(Knock(options).ok());
}

TEST(SelfProbeTest, TheProbeEndsWhenItIsTold) {
  const Listener listener;
  SelfProbeOptions options = At(listener, false);
  options.pause = absl::Hours(1);
  const auto probe =
      SelfProbe::Start(options, [] { FAIL() << "it never knocked"; });
}

}  // namespace
}  // namespace kith::kithd
