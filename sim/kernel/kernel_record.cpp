#include "sim/kernel/kernel_record.h"

#include <cstring>
#include <type_traits>

namespace synq {
namespace {

template <class T>
concept Plain = std::is_trivially_copyable_v<T>;

/// Appends values, or reads them back in the same order.
class Writer {
  public:
    template <Plain T>
    void operator()(const T& value) {
        const std::size_t at = out.size();
        out.resize(at + sizeof value);
        std::memcpy(out.data() + at, &value, sizeof value);
    }
    void operator()(const std::string& text) {
        (*this)(text.size());
        out += text;
    }
    template <Plain T>
    void operator()(const std::vector<T>& values) {
        (*this)(values.size());
        for (const T& each : values) {
            (*this)(each);
        }
    }
    void operator()(const std::vector<CounterMap>& hosts) {
        (*this)(hosts.size());
        for (const CounterMap& each : hosts) {
            (*this)(each);
        }
    }
    void operator()(const CounterMap& counters) {
        (*this)(counters.size());
        for (const auto& [name, value] : counters) {
            (*this)(name);
            (*this)(value);
        }
    }
    void calls(const std::vector<CallRecord>& records) {
        (*this)(records.size());
        for (const CallRecord& each : records) {
            exchange(*this, each);
        }
    }

    template <class Archive, class Record>
    static void exchange(Archive& archive, Record& call) {
        archive(call.process);
        archive(call.kind);
        archive(call.text);
        archive(call.start);
        archive(call.end);
        archive(call.result);
        archive(call.error);
        archive(call.client);
    }

    std::string out;
};

class Reader {
  public:
    explicit Reader(std::string_view octets) : rest_(octets) {}

    template <Plain T>
    void operator()(T& value) {
        if (take(sizeof value)) {
            std::memcpy(&value, taken_.data(), taken_.size());
        }
    }
    void operator()(std::string& text) {
        if (take(size())) {
            text = taken_;
        }
    }
    template <Plain T>
    void operator()(std::vector<T>& values) {
        for (std::size_t left = size(); left > 0 && good_; --left) {
            (*this)(values.emplace_back());
        }
    }
    void operator()(std::vector<CounterMap>& hosts) {
        for (std::size_t left = size(); left > 0 && good_; --left) {
            (*this)(hosts.emplace_back());
        }
    }
    void operator()(CounterMap& counters) {
        for (std::size_t left = size(); left > 0 && good_; --left) {
            std::string name;
            (*this)(name);
            (*this)(counters[name]);
        }
    }
    void calls(std::vector<CallRecord>& records) {
        for (std::size_t left = size(); left > 0 && good_; --left) {
            Writer::exchange(*this, records.emplace_back());
        }
    }
    /// Everything was there and nothing is left over.
    [[nodiscard]] bool finished() const { return good_ && rest_.empty(); }

  private:
    std::size_t size() {
        std::size_t value = 0;
        (*this)(value);
        return value;
    }
    bool take(std::size_t octets) {
        good_ = good_ && octets <= rest_.size();
        if (good_) {
            taken_ = rest_.substr(0, octets);
            rest_.remove_prefix(octets);
        }
        return good_;
    }

    std::string_view rest_;
    std::string_view taken_;
    bool good_ = true;
};

template <class Archive, class Record>
void exchange(Archive& archive, Record& record) {
    archive(record.problem);
    archive(record.end);
    archive(record.interrupted);
    archive.calls(record.calls);
    archive(record.segments);
    archive(record.queues);
    archive(record.listeners);
    archive(record.counters);
    archive(record.wheel_phase);
}

/// The length that the message gives itself, once that much has arrived.
std::optional<std::size_t> announced_size(std::string_view octets) {
    std::size_t size = 0;
    if (octets.size() < sizeof size) {
        return std::nullopt;
    }
    std::memcpy(&size, octets.data(), sizeof size);
    return size;
}

}  // namespace

std::string pack(const KernelRecord& record) {
    Writer writer;
    writer(std::size_t{0});
    exchange(writer, record);
    const std::size_t size = writer.out.size();
    std::memcpy(writer.out.data(), &size, sizeof size);
    return std::move(writer.out);
}

bool is_whole(std::string_view octets) {
    const auto size = announced_size(octets);
    return size && octets.size() >= *size;
}

std::optional<KernelRecord> unpack(std::string_view octets) {
    if (announced_size(octets) != octets.size()) {
        return std::nullopt;
    }
    Reader reader{octets.substr(sizeof(std::size_t))};
    KernelRecord record;
    exchange(reader, record);
    if (!reader.finished()) {
        return std::nullopt;
    }
    return record;
}

}  // namespace synq
