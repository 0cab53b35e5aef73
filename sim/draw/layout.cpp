#include "sim/draw/layout.h"

#include <array>

namespace synq {
namespace {

using enum State;
using enum Anchor;
using enum Flow;

// Columns: client, both, server. Rows, from CLOSED to CLOSED.
constexpr int kClient = 190;
constexpr int kBoth = 640;
constexpr int kServer = 1090;

constexpr std::array kPlaces{
    Place{Closed, {kBoth, 90}},       Place{SynSent, {kClient, 215}},
    Place{Listen, {kServer, 215}},    Place{SynReceived, {kClient, 360}},
    Place{Established, {kBoth, 360}}, Place{HalfOpen, {kServer, 360}},
    Place{FinWait1, {kClient, 505}},  Place{CloseWait, {kServer, 505}},
    Place{FinWait2, {kClient, 650}},  Place{Closing, {kBoth, 650}},
    Place{LastAck, {kServer, 650}},   Place{FinWait2Orphan, {kClient, 795}},
    Place{TimeWait, {kBoth, 795}},    Place{Closed, {kServer, 795}},
};

}  // namespace

std::span<const Place> places() {
    return kPlaces;
}

// clang-format off
std::span<const Route> routes() {
    static const std::vector<Route> kRoutes{
        // opening
        {Closed,         SynSent,        {{400, 78},  Middle, Above},  {{544, 78}, {160, 78}, {160, 185}}},
        {SynSent,        Closed,         {{400, 104}, Middle, Below},  {{220, 185}, {220, 104}, {544, 104}}},
        {Closed,         Listen,         {{880, 78},  Middle, Above},  {{736, 78}, {1120, 78}, {1120, 185}}},
        {Listen,         Closed,         {{880, 104}, Middle, Below},  {{1060, 185}, {1060, 104}, {736, 104}}},
        {SynSent,        SynReceived,    {{202, 287}, Start,  Beside}, {{190, 245}, {190, 330}}},
        {SynSent,        Established,    {{443, 215}, Middle, Above},  {{286, 215}, {600, 215}, {600, 330}}},
        {Listen,         Established,    {{837, 215}, Middle, Above},  {{994, 215}, {680, 215}, {680, 330}}},
        {Listen,         HalfOpen,       {{1078, 287}, End,   Beside}, {{1090, 245}, {1090, 330}}},
        {HalfOpen,       Listen,         {{1132, 287}, Start,  Beside}, {{1120, 330}, {1120, 245}}},
        {SynReceived,    Established,    {{415, 360}, Middle, Above},  {{286, 360}, {544, 360}}},
        {HalfOpen,       Established,    {{865, 360}, Middle, Above},  {{994, 360}, {736, 360}}},
        {HalfOpen,       SynReceived,    {{880, 54},  Middle, Above},  {{1186, 360}, {1240, 360}, {1240, 54}, {40, 54}, {40, 360}, {94, 360}}},
        // active close
        {SynReceived,    FinWait1,       {{202, 432}, Start,  Beside}, {{190, 390}, {190, 475}}},
        {Established,    FinWait1,       {{443, 492}, Middle, Above},  {{600, 390}, {600, 492}, {286, 492}}},
        {FinWait1,       FinWait2,       {{202, 580}, Start,  Beside}, {{190, 535}, {190, 620}}},
        {FinWait1,       Closing,        {{443, 520}, Middle, Below},  {{286, 520}, {640, 520}, {640, 620}}},
        {FinWait1,       FinWait2Orphan, {{52, 580},  Start,  Narrow}, {{94, 505}, {40, 505}, {40, 795}, {94, 795}}},
        {FinWait2,       FinWait2Orphan, {{202, 722}, Start,  Beside}, {{190, 680}, {190, 765}}},
        {FinWait2,       TimeWait,       {{442, 722}, Start,  Beside}, {{286, 650}, {430, 650}, {430, 782}, {544, 782}}},
        {FinWait2Orphan, TimeWait,       {{415, 808}, Middle, Below},  {{286, 808}, {544, 808}}},
        {Closing,        TimeWait,       {{652, 722}, Start,  Beside}, {{640, 680}, {640, 765}}},
        {TimeWait,       Closed,         {{865, 795}, Middle, Above},  {{736, 795}, {994, 795}}},
        // passive close
        {Established,    CloseWait,      {{837, 505}, Middle, Above},  {{680, 390}, {680, 505}, {994, 505}}},
        {CloseWait,      LastAck,        {{1078, 580}, End,   Beside}, {{1090, 535}, {1090, 620}}},
        {LastAck,        Closed,         {{1078, 722}, End,   Beside}, {{1090, 680}, {1090, 765}}},
    };
    return kRoutes;
}
// clang-format on

}  // namespace synq
