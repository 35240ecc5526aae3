#include "tests/kafka/proxy.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <vector>

#include "base/check.h"

namespace kith::kafka_tests {
namespace {

// Of one way of a connection; beyond it nothing more is read.
constexpr size_t kBufferBytes = 256 << 10;

sockaddr_in Loopback(int port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<uint16_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return address;
}

int Connect(int port) {
  const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const sockaddr_in address = Loopback(port);
  if (connect(fd, reinterpret_cast<const sockaddr*>(&address),
              sizeof(address)) != 0) {
    close(fd);
    return -1;
  }
  return fd;
}

void MakeReady(int fd) {
  fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK);
  const int yes = 1;
  setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof(yes));
}

}  // namespace

Proxy::Proxy() {
  listener_ = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  sockaddr_in address = Loopback(0);
  socklen_t size = sizeof(address);
  KITH_CHECK(bind(listener_, reinterpret_cast<sockaddr*>(&address), size) == 0);
  KITH_CHECK(listen(listener_, 64) == 0);
  KITH_CHECK(getsockname(listener_, reinterpret_cast<sockaddr*>(&address),
                         &size) == 0);
  port_ = ntohs(address.sin_port);
  KITH_CHECK(pipe2(wake_, O_CLOEXEC | O_NONBLOCK) == 0);
  thread_ = std::thread([this] { Run(); });
}

Proxy::~Proxy() {
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    stopping_ = true;
  }
  Wake();
  thread_.join();
  for (const Link& link : links_) {
    close(link.client);
    close(link.broker);
  }
  for (int fd : {listener_, wake_[0], wake_[1]}) close(fd);
}

void Proxy::Wake() {
  const char byte = 0;
  // A full pipe wakes as well.
  (void)!write(wake_[1], &byte, 1);
}

void Proxy::SetTarget(int port) {
  const std::lock_guard<std::mutex> lock(mutex_);
  target_ = port;
}

void Proxy::Set(Mode mode) {
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    mode_ = mode;
    for (Link& link : links_) {
      if (mode == Mode::kCut) link.closed = true;
      if (mode == Mode::kBlackHole) link.dead_to_broker = true;
      if (mode == Mode::kBlackHole || mode == Mode::kDropAnswers) {
        link.dead_to_client = true;
      }
    }
  }
  Wake();
}

uint64_t Proxy::accepted() const {
  const std::lock_guard<std::mutex> lock(mutex_);
  return accepted_;
}

void Proxy::Accept() {
  const int client = accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
  if (client < 0) return;
  ++accepted_;
  const int broker = mode_ == Mode::kCut ? -1 : Connect(target_);
  if (broker < 0) {
    close(client);
    return;
  }
  MakeReady(client);
  MakeReady(broker);
  Link link;
  link.client = client;
  link.broker = broker;
  link.dead_to_broker = mode_ == Mode::kBlackHole;
  link.dead_to_client =
      mode_ == Mode::kBlackHole || mode_ == Mode::kDropAnswers;
  links_.push_back(std::move(link));
}

void Proxy::Move(int from, int to, Way& way, bool vanish, Link& link) {
  char chunk[64 << 10];
  while (way.bytes.size() < kBufferBytes && !way.ended) {
    const ssize_t got = recv(from, chunk, sizeof(chunk), MSG_DONTWAIT);
    if (got < 0) break;
    if (got == 0) {
      way.ended = true;
    } else if (!vanish) {
      way.bytes.append(chunk, static_cast<size_t>(got));
    }
  }
  while (!way.bytes.empty()) {
    const ssize_t sent = send(to, way.bytes.data(), way.bytes.size(),
                              MSG_DONTWAIT | MSG_NOSIGNAL);
    if (sent <= 0) break;
    way.bytes.erase(0, static_cast<size_t>(sent));
  }
  // A half-open connection does not tell that the other end has gone.
  if (way.ended && way.bytes.empty() && !vanish) link.closed = true;
}

void Proxy::Run() {
  while (true) {
    std::vector<pollfd> waiting = {{listener_, POLLIN, 0},
                                   {wake_[0], POLLIN, 0}};
    {
      const std::lock_guard<std::mutex> lock(mutex_);
      if (stopping_) return;
      links_.remove_if([](const Link& link) {
        if (!link.closed) return false;
        close(link.client);
        close(link.broker);
        return true;
      });
      for (const Link& link : links_) {
        const auto wants = [](const Way& in, const Way& out) {
          const bool reads = !in.ended && in.bytes.size() < kBufferBytes;
          return static_cast<short>((reads ? POLLIN : 0) |
                                    (out.bytes.empty() ? 0 : POLLOUT));
        };
        // An end of which nothing is wanted is left out, as its hang-up would
        // wake the thread for ever.
        const short client = wants(link.to_broker, link.to_client);
        const short broker = wants(link.to_client, link.to_broker);
        waiting.push_back({client ? link.client : -1, client, 0});
        waiting.push_back({broker ? link.broker : -1, broker, 0});
      }
    }
    poll(waiting.data(), waiting.size(), -1);
    const std::lock_guard<std::mutex> lock(mutex_);
    char byte;
    while (read(wake_[0], &byte, 1) > 0) {
    }
    Accept();
    for (Link& link : links_) {
      if (link.closed) continue;
      Move(link.client, link.broker, link.to_broker, link.dead_to_broker, link);
      Move(link.broker, link.client, link.to_client, link.dead_to_client, link);
      // The client gave up on a dead connection.
      if (link.to_broker.ended) link.closed = true;
    }
  }
}

}  // namespace kith::kafka_tests
