#include "sim/cli/output.h"

#include <cerrno>
#include <cstdio>
#include <fcntl.h>
#include <filesystem>
#include <fmt/format.h>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>
#include <utility>

namespace synq {
namespace {

constexpr std::size_t kBuffer = 64 * 1024;

std::string error_text(int error) {
    return std::generic_category().message(error);
}

std::string cannot_write(const std::string& path, int error) {
    return fmt::format("cannot write {}: {}", path, error_text(error));
}

}  // namespace

std::expected<Output, std::string> Output::open(const std::string& path) {
    if (path.empty()) {
        return Output(STDOUT_FILENO, "", "");
    }
    // A link stays a link: the file that it leads to is replaced.
    std::error_code ignored;
    const std::filesystem::path resolved = std::filesystem::weakly_canonical(path, ignored);
    const std::string target = resolved.empty() ? path : resolved.string();
    struct stat status{};
    const bool exists = ::stat(target.c_str(), &status) == 0;
    if (exists && S_ISDIR(status.st_mode)) {
        return std::unexpected(cannot_write(path, EISDIR));
    }
    if (exists && !S_ISREG(status.st_mode)) {
        // Devices and pipes cannot be replaced.
        const int descriptor = ::open(target.c_str(), O_WRONLY | O_CLOEXEC);
        if (descriptor < 0) {
            return std::unexpected(cannot_write(path, errno));
        }
        return Output(descriptor, path, "");
    }
    if (exists && ::access(target.c_str(), W_OK) != 0) {
        return std::unexpected(cannot_write(path, errno));
    }
    std::string unfinished = fmt::format("{}.unfinished-{}", target, ::getpid());
    const mode_t mode = exists ? status.st_mode & 0777U : 0666U;
    const int descriptor =
        ::open(unfinished.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, mode);
    if (descriptor < 0) {
        return std::unexpected(cannot_write(path, errno));
    }
    return Output(descriptor, target, std::move(unfinished));
}

Output::Output(Output&& other) noexcept
    : descriptor_(std::exchange(other.descriptor_, -1)),
      path_(std::exchange(other.path_, {})),
      unfinished_(std::exchange(other.unfinished_, {})),
      buffer_(std::move(other.buffer_)),
      error_(other.error_),
      reader_gone_(other.reader_gone_) {}

Output::~Output() {
    if (!path_.empty() && descriptor_ >= 0) {
        ::close(descriptor_);
    }
    if (!unfinished_.empty()) {
        ::unlink(unfinished_.c_str());
    }
}

std::string Output::place() const {
    return path_.empty() ? "to standard output" : path_;
}

void Output::write(std::string_view text) {
    buffer_ += text;
    if (buffer_.size() >= kBuffer) {
        flush();
    }
}

void Output::flush() {
    std::string_view rest = buffer_;
    while (!rest.empty() && error_ == 0 && !reader_gone_) {
        const ssize_t written = ::write(descriptor_, rest.data(), rest.size());
        if (written >= 0) {
            rest.remove_prefix(static_cast<std::size_t>(written));
        } else if (errno == EPIPE) {
            reader_gone_ = true;
        } else if (errno != EINTR) {
            error_ = errno;
        }
    }
    buffer_.clear();
}

std::expected<void, std::string> Output::finish() {
    flush();
    if (!path_.empty() && ::close(std::exchange(descriptor_, -1)) != 0 && error_ == 0) {
        error_ = errno;
    }
    if (error_ == 0 && !unfinished_.empty()) {
        if (std::rename(unfinished_.c_str(), path_.c_str()) == 0) {
            unfinished_.clear();
        } else {
            error_ = errno;
        }
    }
    if (error_ != 0) {
        return std::unexpected(cannot_write(place(), error_));
    }
    return {};
}

bool Output::terminal() const {
    return path_.empty() && ::isatty(descriptor_) == 1;
}

}  // namespace synq
