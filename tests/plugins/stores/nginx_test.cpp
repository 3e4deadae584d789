// The happy path against a server that is not ours: nginx serves the files, plain and over TLS with HTTP/2.
// Its "hub" is made of files, too: /api/models/... is a JSON file, /resolve/COMMIT/ an alias of the folder.
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <fstream>
#include <thread>

#include "hub_test.hpp"

namespace modelsig::testing {
namespace {

using ::testing::HasSubstr;

constexpr const char* commit = "0123456789abcdef0123456789abcdef01234567";

std::string program(const std::string& name) {
  for (const char* folder : {"/usr/sbin/", "/usr/bin/", "/usr/local/sbin/", "/usr/local/bin/"})
    if (::access((folder + name).c_str(), X_OK) == 0) return folder + name;
  return "";
}

std::string replaced(std::string text, const std::string& what, const std::string& with) {
  for (auto at = text.find(what); at != text.npos; at = text.find(what, at + with.size())) text.replace(at, what.size(), with);
  return text;
}

constexpr const char* configuration = R"(
daemon off; master_process off; pid DIR/nginx.pid; error_log DIR/error.log;
events { worker_connections 256; }
http {
  access_log DIR/access.log; client_body_temp_path DIR/t1; proxy_temp_path DIR/t2; fastcgi_temp_path DIR/t3; uwsgi_temp_path DIR/t4; scgi_temp_path DIR/t5;
  types { application/json json; } default_type application/octet-stream;
  gzip on; gzip_types application/json; gzip_min_length 100;
  server {
    LISTEN
    location = /api/models/org/a/revision/main { default_type application/json; alias DIR/model.json; }
    location /org/a/resolve/COMMIT/ { alias ROOT/org/a/; }
    location /files/ { alias ROOT/; autoindex on; }
    location /json/ { alias ROOT/; autoindex on; autoindex_format json; }
  }
}
)";

class Nginx : public HubTest {
 protected:
  void SetUp() override {
    if (program("nginx").empty()) GTEST_SKIP() << "nginx is not installed (Debian: nginx-light): this suite against another server is left out";
  }

  void start(bool tls) {
    port = 20'000 + static_cast<int>(::getpid() % 20'000) + (tls ? 1 : 0);
    std::string listing = std::string(R"({"id": "org/a", "sha": ")") + commit + R"(", "siblings": [)";
    for (const auto& file : fs::directory_iterator(served / "org/a"))
      listing += (listing.back() == '[' ? "" : ", ") + std::string(R"({"rfilename": ")") + file.path().filename().string() + R"(", "size": )" +
                 std::to_string(file.file_size()) + "}";
    write_text(folder / "model.json", listing + "]}");
    std::string listen = "listen 127.0.0.1:" + std::to_string(port) + ";";
    if (tls) {
      const std::string make = program("openssl") + " req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=localhost -addext subjectAltName=IP:127.0.0.1 -keyout " +
                               (folder / "key.pem").string() + " -out " + (folder / "cert.pem").string() + " 2>/dev/null";
      ASSERT_EQ(std::system(make.c_str()), 0);
      listen = "listen 127.0.0.1:" + std::to_string(port) + " ssl http2; ssl_certificate DIR/cert.pem; ssl_certificate_key DIR/key.pem;";
    }
    std::string text = replaced(configuration, "LISTEN", listen);
    text = replaced(replaced(replaced(text, "DIR", folder.path().string()), "ROOT", served.string()), "COMMIT", commit);
    write_text(folder / "nginx.conf", text);
    process.emplace(std::vector<std::string>{program("nginx"), "-c", (folder / "nginx.conf").string(), "-e", (folder / "error.log").string()});
    endpoint = (tls ? "https://127.0.0.1:" : "http://127.0.0.1:") + std::to_string(port);
    for (int i = 0; i < 100 && !fs::exists(folder / "nginx.pid"); ++i) std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }

  StoreRun& run_here(Options options = {}, const std::string& role = "store.hub") {
    return store.emplace(folder / "home", role, endpoint, std::move(options));
  }

  void read_everything() {
    store->open("org/a");
    auto reads = all_headers();
    ASSERT_TRUE(store->read(reads)) << store->everything_said();
    for (const Read& read : reads) EXPECT_TRUE(read.right()) << read.file;
    const Read index = store->read("model.safetensors.index.json", 0, fs::file_size(served / "org/a/model.safetensors.index.json"));
    EXPECT_THAT(std::string(index.bytes.begin(), index.bytes.end()), HasSubstr("weight_map")) << index.error;
    EXPECT_TRUE(store->read(shard_name(1, 5), 2'999'999'000, 1000).right());
    EXPECT_EQ(store->described("requests"), 8u);
  }

  int port = 0;
  std::string endpoint;
  std::optional<Process> process;
};

TEST_F(Nginx, ModelOverPlainHttp) {
  start(false);
  run_here();
  read_everything();
  run_here().open("org/a");
  EXPECT_TRUE(store->read(shard_name(2, 5), 0, 5000).right());
  EXPECT_EQ(store->described("requests"), 1u);
}

TEST_F(Nginx, ModelOverTlsAndHttp2) {
  if (program("openssl").empty()) GTEST_SKIP() << "openssl is not installed: no certificate for TLS";
  start(true);
  run_here({{"ca_file", (folder / "cert.pem").string()}});
  read_everything();
  std::ifstream log(folder / "access.log");
  const std::string lines{std::istreambuf_iterator<char>(log), {}};
  EXPECT_THAT(lines, HasSubstr("HTTP/2.0"));
  EXPECT_THAT(run_here().open_error("org/a"), HasSubstr("a certificate that is not trusted"));
}

TEST_F(Nginx, FolderWithAnIndexPage) {
  start(false);
  run_here({}, "store.url").open(endpoint + "/files/org/a/");
  EXPECT_EQ(store->files().size(), 7u);
  auto reads = all_headers();
  EXPECT_TRUE(store->read(reads)) << store->everything_said();
  EXPECT_TRUE(reads[0].right());
}

TEST_F(Nginx, FolderWithAJsonIndexHasSizes) {
  start(false);
  run_here({}, "store.url").open(endpoint + "/json/org/a");
  EXPECT_EQ(store->file_size(shard_name(1, 5)), shard_size);
}

TEST_F(Nginx, OneFile) {
  start(false);
  run_here({}, "store.url").open(endpoint + "/files/org/a/" + shard_name(1, 5));
  EXPECT_TRUE(store->read(shard_name(1, 5), 1000, 5000).right());
}

}  // namespace
}  // namespace modelsig::testing
