"""Writes what the AWS CLI's own customizations change about the grammar that follows from the models.

Problem: the CLI renames, adds and removes options and has commands of its own; a checker that knows
only the models reports false errors. Choice: ask the installed CLI for its real argument tables and
keep the differences, names only. The other half: src/awscli/facts.cc reads the lines.

Run by hand when the pinned awscli changes:
    .venv/bin/python tools/awscli_facts/extract.py > src/awscli/facts_v1.txt
    /usr/bin/python3 tools/awscli_facts/extract.py > src/awscli/facts_v2.txt   (AWS CLI v2)

Lines, fields by tabs; a command is named by its path ("s3 cp"):
    C path            a command that is no modelled operation; its options follow as lines
    G path            a command that only groups others
    R path            a modelled operation (or service) that the CLI does not have
    O path option n   an option added or different: n is the number of values
                      (0 none, 1 one, ? none or one, * any, + one or more), then "!" where required,
                      then its choices by "|"
    X path option     a modelled option that the CLI does not have
    P path name n     a positional argument
    A path            any further arguments are accepted
    L service name    another name for a service (its command's name, then the model's)
"""
import sys

import awscli
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
    return str(nargs) if nargs in ('?', '*', '+') else ('+' if str(nargs).isdigit() else '*')


def options_of(table):
    """name -> (values, required, choices, positional)"""
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
                found[name.lstrip('-')] = (values_of(kwargs), bool(kwargs.get('required')), choices, positional)
    return found


def predicted(operation_model):
    found = {}
    shape = operation_model.input_shape
    if shape is not None:
        for member, member_shape in shape.members.items():
            name = xform_name(member, '-')
            required = member in shape.required_members and 'idempotencyToken' not in (member_shape.metadata or {})
            kind = member_shape.type_name
            if kind == 'boolean':
                found[name] = ('0', False, '', False)
                found['no-' + name] = ('0', False, '', False)
            else:
                found[name] = ('*' if kind == 'list' else '1', required, '', False)
    return found


def print_options(path, options, base):
    for name, (values, required, choices, positional) in sorted(options.items()):
        if base.get(name) == (values, required, choices, positional):
            continue
        letter = 'P' if positional else 'O'
        print('\t'.join([letter, path, name, values + ('!' if required else '')] + ([choices] if choices else [])))
    for name in sorted(set(base) - set(options)):
        print('\t'.join(['X', path, name]))


# Options of every operation; src/awscli/grammar.cc knows them.
COMMON = {'cli-input-json': ('1', False, '', False), 'cli-input-yaml': ('1', False, '', False),
          'generate-cli-skeleton': ('?', False, 'input|output|yaml-input', False)}
PAGED = {'starting-token': ('1', False, '', False), 'page-size': ('1', False, '', False),
         'max-items': ('1', False, '', False)}


def operation_lines(path, command, modelled):
    model = command._operation_model
    options = options_of(command.arg_table)
    if path.split()[-1] not in modelled:  # a second name for an operation
        print('\t'.join(['C', path]))
        print_options(path, options, {})
        return
    base = predicted(model)
    for name in list(options):
        if name in ('cli-input-json', 'cli-input-yaml', 'generate-cli-skeleton'):
            del options[name]
    if 'starting-token' in options:
        for name in PAGED:
            if name not in base:
                options.pop(name, None)
    print_options(path, options, base)


def custom_lines(path, command):
    subcommands = dict(getattr(command, 'subcommand_table', None) or {})
    table = getattr(command, 'arg_table', None) or {}
    arguments = options_of(table)
    print('\t'.join(['G' if subcommands and not arguments else 'C', path]))
    if any(a[0] == '*' and a[3] for a in arguments.values()):
        print('\t'.join(['A', path]))
    print_options(path, arguments, {})
    for name, sub in sorted(subcommands.items()):
        any_lines(path + ' ' + name, sub, set())


def any_lines(path, command, modelled):
    if path.split()[-1] == 'wait':
        return
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
