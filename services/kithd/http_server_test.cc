#include "services/kithd/http_server.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/asio/buffers_iterator.hpp>
#include <boost/asio/connect.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/streambuf.hpp>
#include <boost/asio/write.hpp>

#include "absl/strings/str_cat.h"

namespace kith::kithd {
namespace {

namespace asio = boost::asio;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::StartsWith;

class HttpServerTest : public ::testing::Test {
 protected:
  HttpServerTest() {
    auto server = HttpServer::Start(
        "127.0.0.1:0", {{"/metrics",
                         [this]() -> HttpAnswer {
                           return {200, "text/plain", std::to_string(++calls_)};
                         }},
                        {"/readyz", []() -> HttpAnswer {
                           return {503, "text/plain", "draining\n"};
                         }}});
    EXPECT_TRUE(server.ok()) << server.status();
    if (server.ok()) server_ = *std::move(server);
  }

  // The answer to these bytes, until the server closes.
  std::string Send(const std::string& bytes) const {
    asio::io_context io;
    asio::ip::tcp::socket socket(io);
    socket.connect({asio::ip::address_v4::loopback(),
                    static_cast<uint16_t>(server_->port())});
    boost::system::error_code error;
    asio::write(socket, asio::buffer(bytes), error);
    asio::streambuf answer;
    asio::read(socket, answer, error);
    return {asio::buffers_begin(answer.data()),
            asio::buffers_end(answer.data())};
  }
  std::string Get(const std::string& path) const {
    return Send(absl::StrCat("GET ", path, " HTTP/1.1\r\nHost: x\r\n\r\n"));
  }

 private:
  int calls_ = 0;
  std::unique_ptr<HttpServer> server_;
};

TEST_F(HttpServerTest, APathIsAnsweredByItsHandlerEachTime) {
  EXPECT_THAT(Get("/metrics"), StartsWith("HTTP/1.1 200 OK"));
  EXPECT_THAT(Get("/metrics"), EndsWith("\r\n\r\n2"));
  EXPECT_THAT(Get("/metrics?name=kith"), EndsWith("\r\n\r\n3"));
  EXPECT_THAT(Get("/readyz"), StartsWith("HTTP/1.1 503"));
  EXPECT_THAT(Get("/readyz"), HasSubstr("nosniff"));
}

TEST_F(HttpServerTest, OtherPathsAreNotFoundAndOtherMethodsNotAllowed) {
  EXPECT_THAT(Get("/"), StartsWith("HTTP/1.1 404"));
  EXPECT_THAT(Get("/metrics/"), StartsWith("HTTP/1.1 404"));
  EXPECT_THAT(Send("POST /metrics HTTP/1.1\r\nHost: x\r\n"
                   "Content-Length: 0\r\n\r\n"),
              StartsWith("HTTP/1.1 405"));
}

TEST_F(HttpServerTest, NoiseClosesTheConnectionAndNothingElse) {
  Send("\x16\x03\x01 no http\r\n\r\n");
  Send(absl::StrCat("GET /metrics HTTP/1.1\r\nX: ", std::string(10'000, 'x'),
                    "\r\n\r\n"));
  EXPECT_THAT(Get("/metrics"), StartsWith("HTTP/1.1 200"));
}

TEST_F(HttpServerTest, AnAddressIsCheckedAndMustBeFree) {
  EXPECT_EQ(HttpServer::Start("localhost", {}).status().code(),
            absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(HttpServer::Start("127.0.0.1:x", {}).status().code(),
            absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(HttpServer::Start("127.0.0.1:65536", {}).status().code(),
            absl::StatusCode::kInvalidArgument);
  const auto first = HttpServer::Start("127.0.0.1:0", {});
  ASSERT_TRUE(first.ok());
  EXPECT_EQ(HttpServer::Start(absl::StrCat("127.0.0.1:", (*first)->port()), {})
                .status()
                .code(),
            absl::StatusCode::kUnavailable);
}

}  // namespace
}  // namespace kith::kithd
