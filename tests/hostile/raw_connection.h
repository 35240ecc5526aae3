// Bytes on a connection, and frames of HTTP/2 as no library would send them.
#pragma once

#include <openssl/ssl.h>

#include <memory>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "tools/authority/certificates.h"

namespace kith::hostile {

// A TCP connection to this machine, on which TLS may be begun. Not thread-safe.
class RawConnection {
 public:
  explicit RawConnection(int port);
  ~RawConnection();
  RawConnection(const RawConnection&) = delete;
  RawConnection& operator=(const RawConnection&) = delete;

  // With ALPN h2 and, if there is one, this certificate; `version_max` such as
  // TLS1_1_VERSION, 0: the newest. False: the server refused.
  bool StartTls(const authority::Identity& identity, int version_max = 0);
  // False: the other side has closed, or takes nothing for five seconds.
  bool Send(absl::string_view bytes);
  // What comes within `patience`, at most 64 KiB; empty: nothing came.
  std::string Receive(absl::Duration patience);
  // Whether the other side closes within `patience`; reads what comes.
  bool IsClosedWithin(absl::Duration patience);

 private:
  bool Await(short what, absl::Duration patience) const;

  int fd_ = -1;
  SSL_CTX* context_ = nullptr;
  SSL* session_ = nullptr;  // null: plaintext
  bool closed_ = false;
};

// Frames of HTTP/2 (RFC 9113).
std::string Preface();
std::string Frame(int type, int flags, uint32_t stream,
                  absl::string_view payload);
// A header block that indexes nothing (RFC 7541).
std::string HeaderBlock(
    const std::vector<std::pair<std::string, std::string>>& headers);
// What begins a call of GetFamily.
std::vector<std::pair<std::string, std::string>> CallHeaders();

inline constexpr int kData = 0, kHeaders = 1, kRstStream = 3, kSettings = 4,
                     kPing = 6, kGoAway = 7, kContinuation = 9;
inline constexpr int kEndStream = 1, kEndHeaders = 4;

// Types of the frames that begin in `bytes`, in order.
std::vector<int> FrameTypes(absl::string_view bytes);

}  // namespace kith::hostile
