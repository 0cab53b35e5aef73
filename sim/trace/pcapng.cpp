#include "sim/trace/pcapng.h"

#include "model/wire/codec.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <fmt/format.h>
#include <span>
#include <utility>

namespace synq {
namespace {

enum class Block : std::uint32_t {
    Interface = 1,
    NameResolution = 4,
    EnhancedPacket = 6,
    SectionHeader = 0x0a0d'0d0a,
};

enum class OptionCode : std::uint16_t {
    End = 0,
    Comment = 1,
    // Section header
    Application = 4,
    // Interface
    Name = 2,
    TimeResolution = 9,
    // Enhanced packet
    PacketFlags = 2,
};

constexpr std::uint32_t kByteOrderMagic = 0x1a2b'3c4d;
constexpr std::uint16_t kRawIp = 101;            // LINKTYPE_RAW: IPv4 or IPv6 without a link header
constexpr std::string_view kNanoseconds = "\t";  // 10^-9
constexpr std::string_view kOutbound{"\2\0\0\0", 4};
constexpr std::uint16_t kNameOfV4 = 1;
constexpr std::uint16_t kNameOfV6 = 2;

/// One block, little endian on every machine; its length is filled in at the end.
class BlockWriter {
  public:
    explicit BlockWriter(Block type) {
        u32(static_cast<std::uint32_t>(type));
        u32(0);
    }

    void u8(std::uint8_t value) { text_ += static_cast<char>(value); }
    void u16(std::uint16_t value) {
        u8(static_cast<std::uint8_t>(value));
        u8(static_cast<std::uint8_t>(value >> 8U));
    }
    void u32(std::uint32_t value) {
        u16(static_cast<std::uint16_t>(value));
        u16(static_cast<std::uint16_t>(value >> 16U));
    }
    /// Filled up to a whole number of words.
    void octets(std::string_view value) {
        text_ += value;
        text_.append((4 - value.size() % 4) % 4, '\0');
    }
    void option(OptionCode code, std::string_view value) {
        u16(static_cast<std::uint16_t>(code));
        u16(static_cast<std::uint16_t>(value.size()));
        octets(value);
        has_options_ = true;
    }
    std::string finish() {
        if (has_options_) {
            u32(static_cast<std::uint32_t>(OptionCode::End));
        }
        const auto length = static_cast<std::uint32_t>(text_.size() + 4);
        u32(length);
        for (std::size_t i = 0; i < 4; ++i) {
            text_[4 + i] = text_[text_.size() - 4 + i];
        }
        return std::move(text_);
    }

  private:
    std::string text_;
    bool has_options_ = false;
};

std::string section_header(const Trace& trace, std::string_view program) {
    BlockWriter out(Block::SectionHeader);
    out.u32(kByteOrderMagic);
    out.u16(1);  // version 1.0
    out.u16(0);
    out.u32(0xffff'ffff);  // the section's length is not told
    out.u32(0xffff'ffff);
    out.option(OptionCode::Comment,
               fmt::format("{}, seed {}, profile {}", trace.scenario, trace.seed, trace.profile));
    out.option(OptionCode::Application, program);
    return out.finish();
}

std::string interface(std::string_view name) {
    BlockWriter out(Block::Interface);
    out.u16(kRawIp);
    out.u16(0);
    out.u32(0);  // packets are whole
    out.option(OptionCode::Name, name);
    out.option(OptionCode::TimeResolution, kNanoseconds);
    return out.finish();
}

std::string names(const Trace& trace) {
    BlockWriter out(Block::NameResolution);
    for (std::size_t host = 0; host < trace.addresses.size(); ++host) {
        const IpAddress& address = trace.addresses[host];
        const std::size_t skipped = address.is_v4() ? 12 : 0;
        std::string record;
        for (std::size_t i = skipped; i < address.octets().size(); ++i) {
            record += static_cast<char>(address.octets()[i]);
        }
        record += trace.hosts[host];
        record += '\0';
        out.u16(address.is_v4() ? kNameOfV4 : kNameOfV6);
        out.u16(static_cast<std::uint16_t>(record.size()));
        out.octets(record);
    }
    out.u32(0);  // the end of the records
    return out.finish();
}

std::string comment(const SegmentRecord& record) {
    std::string out;
    if (record.retransmission) {
        out = "sent again";
    }
    if (record.dropped != Drop::None) {
        out += fmt::format("{}dropped: {}", out.empty() ? "" : "; ", describe(record.dropped));
    }
    return out;
}

class Packets {
  public:
    explicit Packets(const Trace& trace) : trace_(&trace) {}

    [[nodiscard]] std::string block(const SegmentRecord& record) const {
        std::array<std::byte, 0x10000> octets;  // NOLINT(cppcoreguidelines-pro-type-member-init)
        const auto size = encode(record.packet, {}, octets);
        const auto length = static_cast<std::uint32_t>(size.value_or(0));
        const auto t = static_cast<std::uint64_t>(record.t.ns);
        BlockWriter out(Block::EnhancedPacket);
        out.u32(interface_of(record.packet.src.address));
        out.u32(static_cast<std::uint32_t>(t >> 32U));
        out.u32(static_cast<std::uint32_t>(t));
        out.u32(length);
        out.u32(length);
        std::string packet;
        packet.reserve(length);
        for (const std::byte octet : std::span(octets).first(length)) {
            packet += static_cast<char>(octet);
        }
        out.octets(packet);
        if (const std::string text = comment(record); !text.empty()) {
            out.option(OptionCode::Comment, text);
        }
        out.option(OptionCode::PacketFlags, kOutbound);
        return out.finish();
    }

    [[nodiscard]] std::uint32_t interface_of(const IpAddress& source) const {
        const auto& known = trace_->addresses;
        const auto found = std::find(known.begin(), known.end(), source);
        if (found == known.end() && known.size() == 1 && source.is_loopback()) {
            return 0;
        }
        return static_cast<std::uint32_t>(found - known.begin());
    }

  private:
    const Trace* trace_;
};

}  // namespace

void write_pcapng(const Trace& trace, std::string_view program,
                  const std::function<void(std::string_view)>& sink) {
    sink(section_header(trace, program));
    for (const std::string& host : trace.hosts) {
        sink(interface(host));
    }
    const Packets packets(trace);
    const bool strangers =
        std::any_of(trace.segments.begin(), trace.segments.end(), [&](const SegmentRecord& record) {
            return packets.interface_of(record.packet.src.address) == trace.hosts.size();
        });
    if (strangers) {
        sink(interface(kElsewhere));
    }
    sink(names(trace));
    for (const SegmentRecord& record : trace.segments) {
        sink(packets.block(record));
    }
}

std::string pcapng(const Trace& trace, std::string_view program) {
    std::string out;
    write_pcapng(trace, program, [&out](std::string_view piece) { out += piece; });
    return out;
}

}  // namespace synq
