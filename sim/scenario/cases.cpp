#include "sim/scenario/cases.h"

#include "sim/scenario/hosts.h"
#include "sim/scenario/parameters.h"
#include "sim/scenario/settings.h"

#include <algorithm>
#include <fmt/format.h>
#include <utility>

namespace synq {
namespace {

CaseDraft load_case(LoadContext& context, const Node& table) {
    Section section(context, table, "[[case]]", kCaseKeys);
    CaseDraft draft{.table = &table, .info = {}, .parameters = context.parameters};
    section.require("name");
    draft.info.name = section.text("name").value_or("");
    draft.info.title = section.text("title").value_or("");
    if (!is_entity_name(draft.info.name)) {
        check_entity_name(context, section.pos("name"), draft.info.name, "a case");
    }
    if (const Node* const set = table_of(context, section, "set")) {
        for (const Node& node : set->children) {
            set_parameter(context, node, draft.parameters);
        }
    }
    if (const auto mode = section.text("clock")) {
        draft.clock = parse_clock_mode(context, section.pos("clock"), *mode);
    }
    draft.profile = section.text("profile");
    if (draft.profile) {
        check_profile(context, section.pos("profile"), *draft.profile);
    }
    return draft;
}

}  // namespace

std::vector<CaseDraft> load_cases(LoadContext& context, const Section& top) {
    std::vector<CaseDraft> cases;
    for (const Node* const table : tables_of(context, top, "case")) {
        CaseDraft draft = load_case(context, *table);
        for (const CaseDraft& other : cases) {
            if (other.info.name == draft.info.name) {
                context.fail(table->pos,
                             fmt::format("there are two cases named '{}'", draft.info.name));
            }
        }
        cases.push_back(std::move(draft));
    }
    return cases;
}

Overrides choose_case(LoadContext& context, const std::vector<CaseDraft>& cases,
                      const Overrides& overrides) {
    Overrides out = overrides;
    if (!overrides.case_name) {
        return out;
    }
    const std::string& wanted = *overrides.case_name;
    const auto found = std::find_if(cases.begin(), cases.end(), [&](const CaseDraft& draft) {
        return draft.info.name == wanted;
    });
    if (found == cases.end()) {
        std::vector<std::string_view> names;
        names.reserve(cases.size());
        for (const CaseDraft& draft : cases) {
            names.emplace_back(draft.info.name);
        }
        context.fail(
            {}, fmt::format("there is no case '{}'", wanted),
            names.empty() ? "this scenario has no cases" : suggest(wanted, names, "cases"));
        return out;
    }
    context.parameters = found->parameters;
    if (!out.clock) {
        out.clock = found->clock;
    }
    if (!out.profile) {
        out.profile = found->profile;
    }
    return out;
}

}  // namespace synq
