#include "model/fsm/describe.h"
#include "sim/cli/commands.h"
#include "sim/cli/print.h"

namespace synq {
namespace {

std::string text_of(StatesCommand::Form form) {
    switch (form) {
        case StatesCommand::Form::Markdown:
            return states_markdown();
        case StatesCommand::Form::Csv:
            return states_csv();
        case StatesCommand::Form::Matrix:
            return states_matrix_markdown();
        case StatesCommand::Form::Dot:
            return states_dot();
        case StatesCommand::Form::Mermaid:
            return states_mermaid_markdown();
    }
    return {};
}

}  // namespace

int states(const StatesCommand& command) {
    return print(text_of(command.form), command.out);
}

}  // namespace synq
