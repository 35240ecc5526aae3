#include "services/kithd/self_probe.h"

#include <netdb.h>
#include <openssl/ssl.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <condition_variable>
#include <mutex>
#include <thread>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"

namespace kith::kithd {
namespace {

constexpr int kKnocksMax = 2;
// The client's preface and an empty SETTINGS frame.
constexpr char kPreface[] =
    "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\4\0\0\0\0\0";

class Socket {
 public:
  explicit Socket(int fd) : fd_(fd) {}
  ~Socket() {
    if (fd_ >= 0) close(fd_);
  }
  Socket(const Socket&) = delete;
  Socket& operator=(const Socket&) = delete;
  int fd() const { return fd_; }

 private:
  const int fd_;
};

absl::Status NoAnswer() {
  return absl::UnavailableError("the listener does not answer");
}

// A hello of TLS, as OpenSSL begins a handshake.
std::string Hello() {
  SSL_CTX* context = SSL_CTX_new(TLS_client_method());
  SSL* session = SSL_new(context);
  BIO* out = BIO_new(BIO_s_mem());
  SSL_set_bio(session, BIO_new(BIO_s_mem()), out);
  SSL_set_connect_state(session);
  // gRPC refuses who does not offer HTTP/2.
  const unsigned char protocol[] = {2, 'h', '2'};
  SSL_set_alpn_protos(session, protocol, sizeof(protocol));
  SSL_do_handshake(session);
  char* bytes = nullptr;
  const long size = BIO_get_mem_data(out, &bytes);
  std::string hello(bytes, static_cast<size_t>(size));
  SSL_free(session);
  SSL_CTX_free(context);
  return hello;
}

std::string HostToKnockAt(const std::string& host) {
  if (host.empty() || host == "0.0.0.0") return "127.0.0.1";
  if (host == "[::]" || host == "::") return "::1";
  if (host.size() > 2 && host.front() == '[') {
    return host.substr(1, host.size() - 2);
  }
  return host;
}

bool Await(int fd, short what, absl::Time deadline) {
  pollfd one = {fd, what, 0};
  const absl::Duration left = deadline - absl::Now();
  if (left <= absl::ZeroDuration()) return false;
  return poll(&one, 1, static_cast<int>(absl::ToInt64Milliseconds(left)) + 1) ==
         1;
}

// Says `text` on a connection and waits for the first byte.
absl::Status Exchange(const addrinfo& address, const std::string& text,
                      absl::Time deadline) {
  const Socket socket(::socket(address.ai_family,
                               SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  if (socket.fd() < 0) return NoAnswer();
  connect(socket.fd(), address.ai_addr, address.ai_addrlen);
  if (!Await(socket.fd(), POLLOUT, deadline) ||
      send(socket.fd(), text.data(), text.size(), MSG_NOSIGNAL) !=
          static_cast<ssize_t>(text.size()) ||
      !Await(socket.fd(), POLLIN, deadline)) {
    return NoAnswer();
  }
  char first = 0;
  // A connection that is closed at once was accepted too.
  return recv(socket.fd(), &first, 1, 0) >= 0 ? absl::OkStatus() : NoAnswer();
}

class ProbeThread final : public SelfProbe {
 public:
  ProbeThread(const SelfProbeOptions& options, std::function<void()> on_deaf)
      : options_(options),
        on_deaf_(std::move(on_deaf)),
        thread_([this] { Run(); }) {}
  ~ProbeThread() override {
    {
      const std::lock_guard<std::mutex> lock(mutex_);
      ending_ = true;
    }
    changed_.notify_all();
    thread_.join();
  }

 private:
  void Run() {
    int unanswered = 0;
    while (Pause()) {
      unanswered = Knock(options_).ok() ? 0 : unanswered + 1;
      if (unanswered < kKnocksMax) continue;
      on_deaf_();
      return;
    }
  }
  // False: the probe ends.
  bool Pause() {
    std::unique_lock<std::mutex> lock(mutex_);
    return !changed_.wait_for(lock, absl::ToChronoMilliseconds(options_.pause),
                              [this] { return ending_; });
  }

  const SelfProbeOptions options_;
  const std::function<void()> on_deaf_;
  std::mutex mutex_;
  std::condition_variable changed_;
  bool ending_ = false;  // guarded by mutex_
  std::thread thread_;   // last: it uses the others
};

}  // namespace

absl::Status Knock(const SelfProbeOptions& options) {
  const absl::Time deadline = absl::Now() + options.patience;
  const std::string text =
      options.tls ? Hello() : std::string(kPreface, sizeof(kPreface) - 1);
  addrinfo hints = {};
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  if (getaddrinfo(HostToKnockAt(options.host).c_str(),
                  absl::StrCat(options.port).c_str(), &hints, &found) != 0) {
    return NoAnswer();
  }
  const absl::Status answered = Exchange(*found, text, deadline);
  freeaddrinfo(found);
  return answered;
}

std::unique_ptr<SelfProbe> SelfProbe::Start(const SelfProbeOptions& options,
                                            std::function<void()> on_deaf) {
  return std::make_unique<ProbeThread>(options, std::move(on_deaf));
}

}  // namespace kith::kithd
