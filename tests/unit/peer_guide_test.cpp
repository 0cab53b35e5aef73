// The sessions of docs/guide/peer.md are answered as they are printed there.
#include "model/profile/profile.h"
#include "sim/peer/session.h"
#include "tests/catch.h"

#include <fstream>
#include <optional>
#include <string>

namespace synq {

TEST_CASE("every session of the peer's guide is answered as printed") {
    std::ifstream guide(SYNQ_DOCS_DIR "/guide/peer.md");
    const Profile& profile = *find_profile("linux-6.18");
    std::optional<PeerSession> session;
    std::string printed;
    std::string found;
    int sessions = 0;
    for (std::string line; std::getline(guide, line);) {
        if (line == "```peer") {
            session.emplace(profile, peer_sysctls(profile));
            printed.clear();
            found.clear();
        } else if (session && line == "```") {
            CHECK(printed == found);
            session.reset();
            ++sessions;
        } else if (session) {
            printed += line + "\n";
            if (line.starts_with("> ")) {
                found += line + "\n";
                session->answer(line.substr(2), found);
            }
        }
    }
    CHECK(sessions == 3);
}

}  // namespace synq
