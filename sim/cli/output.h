// Where a command's result goes: standard output, or a file that appears complete or not at all.
#pragma once

#include <expected>
#include <string>
#include <string_view>

namespace synq {

/// Not copyable; move-only, because it owns a descriptor and an unfinished file.
class Output {
  public:
    /// An empty path means standard output. A file is written beside its final place under another
    /// name; errors are told now rather than after a long run, as one line.
    static std::expected<Output, std::string> open(const std::string& path);

    Output(Output&& other) noexcept;
    Output& operator=(Output&&) = delete;
    Output(const Output&) = delete;
    Output& operator=(const Output&) = delete;
    /// What was not finished leaves nothing behind.
    ~Output();

    void write(std::string_view text);
    /// Everything written so far is out: for a reader who waits for it.
    void flush();
    /// False: an error, or a reader that went away. Nothing more gets out.
    [[nodiscard]] bool usable() const { return error_ == 0 && !reader_gone_; }
    /// Everything is out, and a file is in its place. A reader that went away is not an error: it
    /// has seen what it wanted.
    std::expected<void, std::string> finish();

    /// Whether a person looks at it.
    [[nodiscard]] bool terminal() const;

  private:
    Output(int descriptor, std::string path, std::string unfinished)
        : descriptor_(descriptor), path_(std::move(path)), unfinished_(std::move(unfinished)) {}
    [[nodiscard]] std::string place() const;

    int descriptor_;
    std::string path_;        // empty: standard output
    std::string unfinished_;  // the file's name until it is complete; empty: written in place
    std::string buffer_;
    int error_ = 0;  // the first one, an errno value
    bool reader_gone_ = false;
};

}  // namespace synq
