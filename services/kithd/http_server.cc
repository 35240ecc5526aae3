#include "services/kithd/http_server.h"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <chrono>
#include <thread>
#include <utility>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"

namespace kith::kithd {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
using Tcp = asio::ip::tcp;

constexpr auto kCallMax = std::chrono::seconds(2);
constexpr size_t kHeaderBytesMax = 8 * 1024;
constexpr size_t kConnectionsMax = 64;

using Response = http::response<http::string_body>;

// One connection: read a request, answer, close.
class Connection : public std::enable_shared_from_this<Connection> {
 public:
  Connection(Tcp::socket socket, const HttpServer::Handlers& handlers,
             size_t& open)
      : stream_(std::move(socket)), handlers_(handlers), open_(open) {
    ++open_;
    parser_.header_limit(kHeaderBytesMax);
    parser_.body_limit(0);
  }
  ~Connection() { --open_; }

  void Run() {
    stream_.expires_after(kCallMax);
    http::async_read(
        stream_, buffer_, parser_,
        [self = shared_from_this()](beast::error_code error, size_t) {
          if (!error) self->Answer();
        });
  }

 private:
  void Answer() {
    const auto& request = parser_.get();
    response_.version(request.version());
    response_.keep_alive(false);
    response_.set(http::field::cache_control, "no-store");
    response_.set("X-Content-Type-Options", "nosniff");
    Fill(request);
    response_.prepare_payload();
    http::async_write(stream_, response_,
                      [self = shared_from_this()](beast::error_code, size_t) {
                        beast::error_code ignored;
                        self->stream_.socket().shutdown(
                            Tcp::socket::shutdown_send, ignored);
                      });
  }

  void Fill(const http::request<http::string_body>& request) {
    if (request.method() != http::verb::get) {
      response_.result(http::status::method_not_allowed);
      response_.set(http::field::allow, "GET");
      return;
    }
    const std::string target(request.target().data(), request.target().size());
    auto handler = handlers_.find(target.substr(0, target.find('?')));
    if (handler == handlers_.end()) {
      response_.result(http::status::not_found);
      response_.body() = "not found\n";
      return;
    }
    HttpAnswer answer = handler->second();
    response_.result(static_cast<unsigned>(answer.status));
    response_.set(http::field::content_type, answer.type);
    response_.body() = std::move(answer.body);
  }

  beast::tcp_stream stream_;
  const HttpServer::Handlers& handlers_;
  size_t& open_;
  beast::flat_buffer buffer_{kHeaderBytesMax};
  http::request_parser<http::string_body> parser_;
  Response response_;
};

class HttpServerImpl final : public HttpServer {
 public:
  explicit HttpServerImpl(Handlers handlers) : handlers_(std::move(handlers)) {}

  ~HttpServerImpl() override {
    io_.stop();
    if (thread_.joinable()) thread_.join();
  }

  absl::Status Listen(const std::string& listen) {
    const std::pair<std::string, std::string> parts =
        absl::StrSplit(listen, absl::MaxSplits(':', 1));
    beast::error_code error;
    const auto address = asio::ip::make_address(parts.first, error);
    int port = 0;
    if (error || !absl::SimpleAtoi(parts.second, &port) || port < 0 ||
        port > 65535) {
      return absl::InvalidArgumentError(
          absl::StrCat("not an address and port: ", listen));
    }
    const Tcp::endpoint endpoint(address, static_cast<uint16_t>(port));
    acceptor_.open(endpoint.protocol(), error);
    if (!error)
      acceptor_.set_option(asio::socket_base::reuse_address(true), error);
    if (!error) acceptor_.bind(endpoint, error);
    if (!error)
      acceptor_.listen(asio::socket_base::max_listen_connections, error);
    if (error) {
      return absl::UnavailableError(
          absl::StrCat("cannot listen on ", listen, ": ", error.message()));
    }
    Accept();
    thread_ = std::thread([this] { io_.run(); });
    return absl::OkStatus();
  }

  int port() const override { return acceptor_.local_endpoint().port(); }

 private:
  void Accept() {
    acceptor_.async_accept([this](beast::error_code error, Tcp::socket socket) {
      if (!acceptor_.is_open()) return;
      // Beyond the limit a connection is closed at once.
      if (!error && open_ < kConnectionsMax) {
        std::make_shared<Connection>(std::move(socket), handlers_, open_)
            ->Run();
      }
      Accept();
    });
  }

  const Handlers handlers_;
  size_t open_ = 0;  // only on the thread
  asio::io_context io_{1};
  Tcp::acceptor acceptor_{io_};
  std::thread thread_;
};

}  // namespace

absl::StatusOr<std::unique_ptr<HttpServer>> HttpServer::Start(
    const std::string& listen, Handlers handlers) {
  auto server = std::make_unique<HttpServerImpl>(std::move(handlers));
  absl::Status listening = server->Listen(listen);
  if (!listening.ok()) return listening;
  return std::unique_ptr<HttpServer>(std::move(server));
}

}  // namespace kith::kithd
