"""Writes what the AWS CLI's own customizations change about the grammar that follows from the models.

Problem: the CLI renames, adds and removes options and has commands of its own; a checker that knows
only the models reports false errors. Choice: ask the installed CLI for its real argument tables and
keep the differences, names only. The other half: src/awscli/facts.cc reads the lines.

Run by hand when the pinned awscli changes:
    .venv/bin/python tools/awscli_facts/extract.py > src/awscli/facts_v1.txt
    /usr/bin/python3 tools/awscli_facts/extract.py > src/awscli/facts_v2.txt   (AWS CLI v2)

Lines, fields by tabs; a command is named by its path ("s3 cp"):
    C path [op]       a command that is no modelled operation, or an operation under another name;
                      its options follow as lines
    G path            a command that only groups others
    R path            a modelled operation (or service) that the CLI does not have
    O path option n   an option added or different: n is the number of values
                      (0 none, 1 one, 2 exactly two, ? none or one, * any, + one or more), then "!"
                      where required, then its choices by "|", then its type where it is no string
    X path option     a modelled option that the CLI does not have
    P path name n     a positional argument
    M path option member [no]   the member that an added or different option sets; "no": to false
    A path            any further arguments are accepted
    L service name    another name for a service (its command's name, then the model's)
"""
import sys

import awscli
import awscli.arguments
import awscli.clidriver

try:
    from botocore import xform_name
except ImportError:
    from awscli.botocore import xform_name  # the CLI's version 2 carries its own


class Recorder:
    """Stands in for argparse's parser and keeps what it is told."""

    def __init__(self):
        self.calls = []

    def add_argument(self, *names, **kwargs):
        self.calls.append((names, kwargs))
        return self

    def add_argument_group(self, *_, **__):
        return self

    def add_mutually_exclusive_group(self, *_, **__):
        return self


def values_of(kwargs):
    if kwargs.get('action') in ('store_true', 'store_false', 'store_const', 'version', 'help', 'count'):
        return '0'
    nargs = kwargs.get('nargs')
    if nargs is None:
        return '1'
    return str(nargs) if nargs in ('?', '*', '+') or str(nargs).isdigit() else '*'


def type_of(argument, kwargs, own):
    """Checked by argparse itself, or, in the CLI's own commands, when the value is unpacked."""
    if kwargs.get('type') in (int, float):
        return {int: 'integer', float: 'float'}[kwargs['type']]
    model = getattr(argument, 'argument_model', None)
    if own and model is not None and kwargs.get('action') is None and kwargs.get('nargs') is None:
        return '' if model.type_name == 'string' else model.type_name
    return ''


def options_of(table, own=False):
    """name -> (values, required, choices, positional, type)"""
    found = {}
    for argument in table.values():
        recorder = Recorder()
        try:
            argument.add_to_parser(recorder)
        except Exception as error:
            print('cannot read', argument.name, error, file=sys.stderr)
            continue
        for names, kwargs in recorder.calls:
            choices = kwargs.get('choices')
            choices = '|'.join(str(c) for c in choices) if choices else ''
            for name in names:
                positional = not name.startswith('-')
                found[name.lstrip('-')] = (values_of(kwargs), bool(kwargs.get('required')), choices,
                                           positional, type_of(argument, kwargs, own))
    return found


def print_members(path, table, names):
    """For those of the options that set a member of the operation's input."""
    for name in sorted(names & set(table)):
        member = getattr(table[name], '_serialized_name', None)
        if member is None or not isinstance(table[name], awscli.arguments.CLIArgument):
            continue
        negative = getattr(table[name], '_action', '') == 'store_false'
        print('\t'.join(['M', path, name, member] + (['no'] if negative else [])))


def predicted(operation_model):
    found = {}
    shape = operation_model.input_shape
    if shape is not None:
        for member, member_shape in shape.members.items():
            name = xform_name(member, '-')
            required = member in shape.required_members and 'idempotencyToken' not in (member_shape.metadata or {})
            kind = member_shape.type_name
            if kind == 'boolean':
                found[name] = ('0', False, '', False, '')
                found['no-' + name] = ('0', False, '', False, '')
            else:
                checked = {'long': 'integer', 'float': 'float', 'double': 'float'}.get(kind, '')
                found[name] = ('*' if kind == 'list' else '1', required, '', False, checked)
    return found


def print_options(path, options, base):
    # Positional ones stay in the order in which they are taken.
    for name, option in sorted(options.items(), key=lambda item: '' if item[1][3] else item[0]):
        if base.get(name) == option:
            continue
        values, required, choices, positional, kind = option
        fields = ['P' if positional else 'O', path, name, values + ('!' if required else ''), choices, kind]
        print('\t'.join(fields).rstrip('\t'))
    for name in sorted(set(base) - set(options)):
        print('\t'.join(['X', path, name]))


# Options of every operation; src/awscli/grammar.cc knows them.
COMMON = ('cli-input-json', 'cli-input-yaml', 'generate-cli-skeleton')
PAGED = ('starting-token', 'page-size', 'max-items')


def operation_lines(path, command, modelled):
    model = command._operation_model
    options = options_of(command.arg_table)
    if path.split()[-1] not in modelled:  # a second name for an operation
        print('\t'.join(['C', path, model.name]))
        for name in COMMON:
            options.pop(name, None)
        print_options(path, options, {})
        print_members(path, command.arg_table, set(options))
        return
    base = predicted(model)
    for name in COMMON:
        options.pop(name, None)
    if 'starting-token' in options:
        for name in PAGED:
            options.pop(name, None)
            base.pop(name, None)
    print_options(path, options, base)
    print_members(path, command.arg_table,
                  {name for name, option in options.items() if base.get(name) != option})


def custom_lines(path, command):
    subcommands = dict(getattr(command, 'subcommand_table', None) or {})
    table = getattr(command, 'arg_table', None) or {}
    arguments = options_of(table, own=True)
    alone = path == 'configure'  # does something without a further word
    print('\t'.join(['G' if subcommands and not arguments and not alone else 'C', path]))
    if any(a[0] == '*' and a[3] for a in arguments.values()):
        print('\t'.join(['A', path]))
    print_options(path, arguments, {})
    for name, sub in sorted(subcommands.items()):
        any_lines(path + ' ' + name, sub, set())


def waiter_lines(path, command):
    for name, sub in sorted(command.subcommand_table.items()):
        if getattr(sub, '_operation_model', None) is not None:
            operation_lines(path + ' ' + name, sub, {name})


def any_lines(path, command, modelled):
    if path.split()[-1] == 'wait':
        return waiter_lines(path, command)
    if getattr(command, '_operation_model', None) is not None:
        operation_lines(path, command, modelled)
    else:
        custom_lines(path, command)


def service_lines(name, command):
    try:
        table = command._get_command_table()
        model = command.service_model
    except Exception as error:
        print('cannot read service', name, error, file=sys.stderr)
        return
    modelled = {xform_name(o, '-') for o in model.operation_names}
    if model.service_name != name:
        print('\t'.join(['L', name, model.service_name]))
    for removed in sorted(modelled - set(table)):
        print('\t'.join(['R', name + ' ' + removed]))
    for operation, sub in sorted(table.items()):
        any_lines(name + ' ' + operation, sub, modelled)


def main():
    driver = awscli.clidriver.create_clidriver()
    table = driver._get_command_table()
    print('# AWS CLI', awscli.__version__)
    print_options('', options_of(driver._get_argument_table()), {})
    for name in sorted(set(driver.session.get_available_services()) - set(table)):
        print('\t'.join(['R', name]))
    for name, command in sorted(table.items()):
        if hasattr(command, '_get_command_table') and hasattr(command, 'service_model'):
            service_lines(name, command)
        else:
            any_lines(name, command, set())


main()
