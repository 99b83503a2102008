"""helm-cleaner completion: a script for a shell, generated from the commands' parsers.

Not with shtab, which needs a third of the lines: its bash completes neither `--output=j` nor `--set-file K=FILE`,
offers commands after an unknown one, and its zsh script cannot be sourced (1.13, tried with our tests). It would
also be a run-time dependency for one command.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence
from importlib import import_module
from typing import NamedTuple

from helm_cleaner.cli import COMMANDS, DEFAULT
from helm_cleaner.cli.options import Parser
from helm_cleaner.cli.streams import write_stdout


class Slot(NamedTuple):
    """An option, or an argument, which has no names.

    value: the name of its value, or empty without one. choices: all allowed values. file: whether the value is a file
    name. many: whether it can be repeated.
    """

    names: Sequence[str]
    help: str
    value: str
    choices: Sequence[str]
    file: bool
    many: bool


def parser() -> Parser:
    """The command's options."""
    p = Parser(
        prog="helm-cleaner completion",
        description="Prints a script that completes commands, options, their values and files. It is sourced by the "
        "shell's startup file (see the examples), or stored where the shell looks for completions: in fish's "
        "~/.config/fish/completions/helm-cleaner.fish, or as _helm-cleaner in a folder of zsh's fpath.",
        examples=[
            "source <(helm-cleaner completion bash)    # in ~/.bashrc",
            "source <(helm-cleaner completion zsh)     # in ~/.zshrc, below compinit",
            "helm-cleaner completion fish | source     # in ~/.config/fish/config.fish",
        ],
    )
    p.add_argument("shell", choices=list(_SCRIPTS), help="for which shell")
    return p


def run(argv: list[str]) -> int:
    """Runs the command and returns its exit code. Raises CleanerError and UsageError for `main` to report."""
    shell = parser().parse_args(argv).shell
    commands = {
        name: slots(import_module(f"helm_cleaner.cli.commands.{name.replace('-', '_')}").parser()) for name in COMMANDS
    }
    write_stdout([_SCRIPTS[shell](commands).encode()])
    return 0


def slots(p: argparse.ArgumentParser) -> list[Slot]:
    """The options and arguments of a parser, in order."""
    return [_slot(action) for action in p._actions]  # argparse has no public way to list them


def _slot(action: argparse.Action) -> Slot:
    value = "" if action.nargs == 0 else str(action.metavar or action.dest.upper())
    return Slot(
        names=action.option_strings,
        help=action.help or "",
        value=value,
        choices=[str(choice) for choice in action.choices or _completions(action)],
        file="FILE" in value or "MANIFESTS" in value,
        many=action.nargs in ("*", "+") or isinstance(action.default, list),
    )


def _completions(action: argparse.Action) -> Sequence[str]:
    """Values to offer where others are allowed too: a list, or a function that returns it."""
    found = getattr(action, "completions", ())
    values: Sequence[str] = found() if callable(found) else found
    return values


# The options of the program itself, besides those of its default command.
_VERSION = Slot(("-V", "--version"), "print the version", "", (), file=False, many=False)

Commands = dict[str, list[Slot]]


def _words(commands: Commands, name: str) -> list[str]:
    return [option for slot in commands[name] for option in slot.names]


def _quote(text: str) -> str:
    """A word of bash or zsh."""
    return "'" + text.replace("'", "'\\''") + "'"


# ---- bash -----------------------------------------------------------------------------------------------------------

_BASH = """\
# bash completion for helm-cleaner, made by: helm-cleaner completion bash
_helm_cleaner() {
    local cur=${COMP_WORDS[COMP_CWORD]} option=${COMP_WORDS[COMP_CWORD-1]} command=@DEFAULT@ words=
    COMPREPLY=()
    # To bash, = is a word of its own: --output=json is three.
    if [[ $cur == = ]]; then
        cur=
    elif [[ $option == = ]]; then
        option=${COMP_WORDS[COMP_CWORD-2]}
        # --set-file K=FILE
        ((COMP_CWORD > 3)) && [[ ${COMP_WORDS[COMP_CWORD-3]} == --set-file ]] && option=--set-file
    fi
    if ((COMP_CWORD > 1)); then
        case ${COMP_WORDS[1]} in
            @COMMANDS@) command=${COMP_WORDS[1]} ;;
            -*) ;;
            *) compopt +o default 2>/dev/null; return ;;
        esac
    fi
    case $command:$option in
@VALUES@
    esac
    if [[ $cur == -* ]]; then
        case $command in
@OPTIONS@
        esac
        ((COMP_CWORD == 1)) && words+=" @TOP@"
    elif ((COMP_CWORD == 1)); then
        words="@NAMES@"
    else
        case $command in
@ARGUMENTS@
        esac
    fi
    # Where there is no reply, bash itself completes files (-o default); old ones have no compopt to switch that off.
    [[ $words ]] || { compopt +o default 2>/dev/null; return; }
    COMPREPLY=($(compgen -W "$words" -- "$cur"))
    ((${#COMPREPLY[@]})) || compopt +o default 2>/dev/null
}
complete -o default -F _helm_cleaner helm-cleaner
"""


def _bash(commands: Commands) -> str:
    values, options, arguments = [], [], []
    for name, found in commands.items():
        options.append(f'            {name}) words="{" ".join(_words(commands, name))}" ;;')
        for slot in found:
            if not slot.value:
                continue
            if slot.names:
                pattern = "|".join(f"{name}:{option}" for option in slot.names)
                values.append(f"        {pattern}) {_bash_value(slot)} ;;")
            else:
                arguments.append(f"            {name}) {_bash_value(slot)} ;;")
    return _fill(
        _BASH,
        DEFAULT=DEFAULT,
        COMMANDS="|".join(commands),
        NAMES=" ".join(commands),
        TOP=" ".join(_VERSION.names),
        VALUES="\n".join(values),
        OPTIONS="\n".join(options),
        ARGUMENTS="\n".join(arguments),
    )


def _bash_value(slot: Slot) -> str:
    if slot.choices:
        return f'COMPREPLY=($(compgen -W "{" ".join(slot.choices)}" -- "$cur")); return'
    return "return" if slot.file else "compopt +o default 2>/dev/null; return"


# ---- zsh ------------------------------------------------------------------------------------------------------------

_ZSH = """\
#compdef helm-cleaner
# zsh completion for helm-cleaner, made by: helm-cleaner completion zsh
compdef _helm-cleaner helm-cleaner

_helm-cleaner() {
    local curcontext=$curcontext command=@DEFAULT@
    local -a commands top
    commands=(
@COMMANDS@
    )
    if [[ $words[2] != -* ]]; then
        if (( CURRENT == 2 )); then
            _describe -t commands command commands
            return
        fi
        command=$words[2]
        shift words
        (( CURRENT-- ))
    elif (( CURRENT == 2 )); then
        top=(@TOP@)
    fi
    curcontext=${curcontext%:*:*}:helm-cleaner-$command:
    case $command in
@CASES@
    esac
}

# Found in fpath, this file is the function's body; sourced, it only defines it.
[[ $funcstack[1] != _helm-cleaner ]] || _helm-cleaner "$@"
"""


def _zsh(commands: Commands) -> str:
    cases = []
    for name, found in commands.items():
        specs = "".join(f" \\\n                {_zsh_spec(slot)}" for slot in found)
        cases.append(f'        {name})\n            _arguments "$top[@]"{specs}\n            ;;')
    return _fill(
        _ZSH,
        DEFAULT=DEFAULT,
        COMMANDS="\n".join(f"        {_quote(f'{name}:{what}')}" for name, what in COMMANDS.items()),
        TOP=_zsh_spec(_VERSION),
        CASES="\n".join(cases),
    )


def _zsh_spec(slot: Slot) -> str:
    """The specification of an option or argument for _arguments (zshcompsys(1))."""
    action = f"({' '.join(slot.choices)})" if slot.choices else "_files" if slot.file else ""
    value = f":{_escape_for_zsh(slot.value)}:{action}" if slot.value else ""
    if slot.value.startswith("K=") and slot.file:
        value = ":K=FILE:{compset -P '*='; _files}"
    if not slot.names:
        return _quote(f"{'*' if slot.many else '1'}{value}")
    head = "*" if slot.many else f"({' '.join(slot.names)})"
    words = f"[{_escape_for_zsh(slot.help)}]{value}"
    ends = [name + ("=" if name.startswith("--") else "+") if slot.value else name for name in slot.names]
    return " ".join(_quote(f"{head}{end}{words}") for end in ends)


def _escape_for_zsh(text: str) -> str:
    for special in "\\[]:":
        text = text.replace(special, "\\" + special)
    return text


# ---- fish -----------------------------------------------------------------------------------------------------------

_FISH = """\
# fish completion for helm-cleaner, made by: helm-cleaner completion fish
complete -c helm-cleaner -f
"""


def _fish(commands: Commands) -> str:
    lines = [
        _fish_line("__fish_use_subcommand", f"-a {name} -d {_quote_for_fish(what)}") for name, what in COMMANDS.items()
    ]
    others = " ".join(name for name in commands if name != DEFAULT)
    lines.append(_fish_slot("__fish_use_subcommand", _VERSION))
    for name, found in commands.items():
        seen = f"__fish_seen_subcommand_from {name}" if name != DEFAULT else f"not __fish_seen_subcommand_from {others}"
        lines += [_fish_slot(seen, slot) for slot in found]
    return _FISH + "".join(lines)


def _fish_slot(condition: str, slot: Slot) -> str:
    names = [f"-l {name[2:]}" if name.startswith("--") else f"-s {name[1:]}" for name in slot.names]
    takes = ["-r"] if slot.value and slot.names else []
    takes += ["-F"] if slot.file else ["-f"] if slot.value else []
    takes += [f"-a {_quote_for_fish(' '.join(slot.choices))}"] if slot.choices else []
    words = [f"-d {_quote_for_fish(slot.help)}"] if slot.names and slot.help else []
    return _fish_line(condition, " ".join([*names, *takes, *words]))


def _fish_line(condition: str, rest: str) -> str:
    return f"complete -c helm-cleaner -n {_quote_for_fish(condition)} {rest}\n"


def _quote_for_fish(text: str) -> str:
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"


def _fill(template: str, **parts: str) -> str:
    """The template with its @PARTS@ filled in; shell code is full of braces, percent signs and dollars."""
    for name, text in parts.items():
        template = template.replace(f"@{name}@", text)
    return template


_SCRIPTS: dict[str, Callable[[Commands], str]] = {"bash": _bash, "zsh": _zsh, "fish": _fish}
