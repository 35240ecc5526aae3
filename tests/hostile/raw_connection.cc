#include "tests/hostile/raw_connection.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <poll.h>
#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "base/check.h"

namespace kith::hostile {
namespace {

constexpr absl::Duration kSendPatience = absl::Seconds(5);
constexpr size_t kReceiveMax = 64 * 1024;

void UseIdentity(SSL_CTX* context, const authority::Identity& identity) {
  BIO* certificate =
      BIO_new_mem_buf(identity.certificate.data(),
                      static_cast<int>(identity.certificate.size()));
  BIO* key = BIO_new_mem_buf(identity.key.data(),
                             static_cast<int>(identity.key.size()));
  X509* x509 = PEM_read_bio_X509(certificate, nullptr, nullptr, nullptr);
  EVP_PKEY* pkey = PEM_read_bio_PrivateKey(key, nullptr, nullptr, nullptr);
  KITH_CHECK(SSL_CTX_use_certificate(context, x509) == 1);
  KITH_CHECK(SSL_CTX_use_PrivateKey(context, pkey) == 1);
  X509_free(x509);
  EVP_PKEY_free(pkey);
  BIO_free(certificate);
  BIO_free(key);
}

std::string Number(uint32_t number, int bytes) {
  std::string out;
  for (int shift = (bytes - 1) * 8; shift >= 0; shift -= 8) {
    out.push_back(static_cast<char>(number >> shift & 0xff));
  }
  return out;
}

// A string literal without Huffman coding.
std::string Literal(absl::string_view text) {
  std::string out;
  size_t size = text.size();
  if (size < 127) {
    out.push_back(static_cast<char>(size));
  } else {
    out.push_back(127);
    for (size -= 127; size >= 128; size /= 128) {
      out.push_back(static_cast<char>(size % 128 | 128));
    }
    out.push_back(static_cast<char>(size));
  }
  return absl::StrCat(out, text);
}

}  // namespace

RawConnection::RawConnection(int port)
    : fd_(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  // OpenSSL writes without MSG_NOSIGNAL, and these connections break.
  signal(SIGPIPE, SIG_IGN);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  address.sin_port = htons(static_cast<uint16_t>(port));
  if (connect(fd_, reinterpret_cast<sockaddr*>(&address), sizeof(address)) !=
      0) {
    closed_ = true;
  }
  fcntl(fd_, F_SETFL, O_NONBLOCK);
}

RawConnection::~RawConnection() {
  if (session_ != nullptr) SSL_free(session_);
  if (context_ != nullptr) SSL_CTX_free(context_);
  if (fd_ >= 0) close(fd_);
}

bool RawConnection::Await(short what, absl::Duration patience) const {
  pollfd one = {fd_, what, 0};
  return poll(&one, 1, static_cast<int>(absl::ToInt64Milliseconds(patience))) ==
         1;
}

bool RawConnection::StartTls(const authority::Identity& identity,
                             int version_max) {
  context_ = SSL_CTX_new(TLS_client_method());
  if (version_max != 0) {
    // Debian's usual level forbids old versions to the client itself.
    SSL_CTX_set_security_level(context_, 0);
    SSL_CTX_set_min_proto_version(context_, TLS1_VERSION);
    SSL_CTX_set_max_proto_version(context_, version_max);
  }
  const unsigned char protocol[] = {2, 'h', '2'};
  SSL_CTX_set_alpn_protos(context_, protocol, sizeof(protocol));
  if (!identity.certificate.empty()) UseIdentity(context_, identity);
  session_ = SSL_new(context_);
  SSL_set_fd(session_, fd_);
  const absl::Time end = absl::Now() + absl::Seconds(10);
  while (absl::Now() < end) {
    ERR_clear_error();
    const int done = SSL_connect(session_);
    if (done == 1) return true;
    const int want = SSL_get_error(session_, done);
    if (want != SSL_ERROR_WANT_READ && want != SSL_ERROR_WANT_WRITE) break;
    Await(want == SSL_ERROR_WANT_READ ? POLLIN : POLLOUT, absl::Seconds(1));
  }
  closed_ = true;
  return false;
}

bool RawConnection::Send(absl::string_view bytes) {
  const absl::Time end = absl::Now() + kSendPatience;
  while (!bytes.empty() && !closed_) {
    ssize_t sent = 0;
    bool again = false;
    if (session_ == nullptr) {
      sent = send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      again = sent < 0 && (errno == EAGAIN || errno == EWOULDBLOCK);
    } else {
      ERR_clear_error();
      SSL_set_mode(session_, SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER |
                                 SSL_MODE_ENABLE_PARTIAL_WRITE);
      sent = SSL_write(session_, bytes.data(), static_cast<int>(bytes.size()));
      const int want = SSL_get_error(session_, static_cast<int>(sent));
      again = want == SSL_ERROR_WANT_READ || want == SSL_ERROR_WANT_WRITE;
    }
    if (sent > 0) {
      bytes.remove_prefix(static_cast<size_t>(sent));
    } else if (again && absl::Now() < end) {
      Await(POLLOUT, absl::Milliseconds(100));
    } else {
      closed_ = !again;
      return false;
    }
  }
  return !closed_;
}

std::string RawConnection::Receive(absl::Duration patience) {
  std::string bytes(kReceiveMax, '\0');
  const absl::Time end = absl::Now() + patience;
  while (!closed_) {
    ssize_t got = 0;
    bool again = false;
    if (session_ == nullptr) {
      got = recv(fd_, bytes.data(), bytes.size(), 0);
      again = got < 0 && (errno == EAGAIN || errno == EWOULDBLOCK);
    } else {
      ERR_clear_error();
      got = SSL_read(session_, bytes.data(), static_cast<int>(bytes.size()));
      const int want = SSL_get_error(session_, static_cast<int>(got));
      again = want == SSL_ERROR_WANT_READ || want == SSL_ERROR_WANT_WRITE;
    }
    if (got > 0) {
      bytes.resize(static_cast<size_t>(got));
      return bytes;
    }
    if (!again) closed_ = true;
    if (absl::Now() >= end) break;
    if (!closed_) Await(POLLIN, end - absl::Now());
  }
  return "";
}

bool RawConnection::IsClosedWithin(absl::Duration patience) {
  const absl::Time end = absl::Now() + patience;
  while (!closed_ && absl::Now() < end) Receive(end - absl::Now());
  return closed_;
}

std::string Preface() {
  return absl::StrCat("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
                      Frame(kSettings, 0, 0, ""));
}

std::string Frame(int type, int flags, uint32_t stream,
                  absl::string_view payload) {
  return absl::StrCat(Number(static_cast<uint32_t>(payload.size()), 3),
                      Number(static_cast<uint32_t>(type), 1),
                      Number(static_cast<uint32_t>(flags), 1),
                      Number(stream, 4), payload);
}

std::string HeaderBlock(
    const std::vector<std::pair<std::string, std::string>>& headers) {
  std::string block;
  for (const auto& [name, value] : headers) {
    block.push_back('\0');  // literal, never to be indexed
    absl::StrAppend(&block, Literal(name), Literal(value));
  }
  return block;
}

std::vector<std::pair<std::string, std::string>> CallHeaders() {
  return {{":method", "POST"},
          {":scheme", "https"},
          {":path", "/kith.api.v1.FamilyService/GetFamily"},
          {":authority", "localhost"},
          {"te", "trailers"},
          {"content-type", "application/grpc"}};
}

std::vector<int> FrameTypes(absl::string_view bytes) {
  std::vector<int> types;
  while (bytes.size() >= 9) {
    const auto byte = [&](size_t i) {
      return static_cast<size_t>(static_cast<unsigned char>(bytes[i]));
    };
    types.push_back(static_cast<int>(byte(3)));
    const size_t size = 9 + (byte(0) << 16 | byte(1) << 8 | byte(2));
    bytes.remove_prefix(std::min(size, bytes.size()));
  }
  return types;
}

}  // namespace kith::hostile
