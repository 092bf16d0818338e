"""The real AWS CLI as a judge of command lines: does it refuse one, or get as far as connecting?

Runs under the Python that has the CLI (either version), in one process: one JSON request a line on
stdin, one JSON answer a line on stdout. Sending is cut off where the HTTP request would leave.

    {"words": ["ecs", "list-tasks"]}          -> {"refused": false, "said": ""}
    {"signatures": [["ecs", "ListTasks"]]}    -> ["..."]: what of the input's model the CLI checks;
                                                 null where this CLI does not know the operation
"""
import contextlib
import hashlib
import io
import json
import os
import sys
import tempfile

HOME = tempfile.mkdtemp()
for name in list(os.environ):
    if name.startswith("AWS_"):
        del os.environ[name]
os.environ.update(HOME=HOME, AWS_CONFIG_FILE=HOME + "/config", PAGER="cat", AWS_PAGER="",
                  AWS_SHARED_CREDENTIALS_FILE=HOME + "/credentials", AWS_ACCESS_KEY_ID="x",
                  AWS_SECRET_ACCESS_KEY="x", AWS_DEFAULT_REGION="us-east-1",
                  AWS_EC2_METADATA_DISABLED="true")
os.chdir(HOME)

import awscli  # noqa: E402
import awscli.clidriver  # noqa: E402
import awscli.help  # noqa: E402
import botocore.endpoint  # noqa: E402
import botocore.httpsession  # noqa: E402
import botocore.loaders  # noqa: E402
import botocore.session  # noqa: E402

VERSION = int(awscli.__version__.split(".")[0])


class Reached(BaseException):
    """The call got as far as sending. No Exception: nothing on the way may handle it."""


reached = False


def reach(*_, **__):
    global reached
    reached = True
    raise Reached()


botocore.endpoint.Endpoint.make_request = reach
botocore.httpsession.URLLib3Session.send = reach
awscli.help.PosixHelpRenderer.render = lambda *_: None

# Reading models is nearly all the time a call takes, so one loader serves them all.
LOADER = None
make_loader = botocore.loaders.create_loader


def shared_loader(search_path_string=None):
    global LOADER
    if LOADER is None:
        LOADER = make_loader(search_path_string)
    return LOADER


botocore.loaders.create_loader = shared_loader

# A client is the same for all calls but for what the CLI registers for one of them: version 2's
# reading of blobs, which depends on an option.
CLIENTS = {}
make_client = botocore.session.Session.create_client


def kept_client(session, service_name, *args, **kwargs):
    key = (service_name, current_format, str(args), str(sorted(kwargs.items(), key=str)))
    if key not in CLIENTS:
        CLIENTS[key] = make_client(session, service_name, *args, **kwargs)
    return CLIENTS[key]


botocore.session.Session.create_client = kept_client
current_format = ""


def judge(words):
    global reached, current_format
    reached = False
    current_format = str([word for word in words if "raw-in" in word])
    out, err = io.StringIO(), io.StringIO()
    code = None
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        try:
            if VERSION == 2:
                code = awscli.clidriver.create_clidriver(words).main(words)
            else:
                code = awscli.clidriver.create_clidriver().main(words)
        except Reached:
            pass
        except SystemExit as end:
            code = end.code
        except Exception as error:  # version 2 handles some only outside of what is called here
            code = 255
            err.write(str(error))
    said = "" if reached else err.getvalue().strip()[-400:]
    return {"refused": not reached and code not in (0, None), "said": said}


def described(shape, seen):
    if shape is None:
        return None
    if shape.name in seen:
        return shape.name
    seen = seen | {shape.name}
    traits = {k: v for k, v in shape.metadata.items()
              if k in ("required", "min", "union", "document", "idempotencyToken")}
    traits.update({k: v for k, v in shape.serialization.items()
                   if k in ("jsonvalue", "streaming", "hostLabel", "location")})
    kind = shape.type_name
    if kind == "structure":
        inner = {name: described(member, seen) for name, member in shape.members.items()}
    elif kind == "list":
        inner = described(shape.member, seen)
    elif kind == "map":
        inner = [described(shape.key, seen), described(shape.value, seen)]
    else:
        inner = None
    return [kind, traits, inner]


def signature(service, operation):
    session = botocore.session.get_session()
    try:
        model = session.get_service_model(service).operation_model(operation)
        paged = None
        with contextlib.suppress(Exception):
            paged = session.get_paginator_model(service).get_paginator(operation)
        text = json.dumps([described(model.input_shape, frozenset()), paged,
                           model.has_streaming_output], sort_keys=True, default=str)
    except Exception:  # not in this version's models
        return None
    return hashlib.sha256(text.encode()).hexdigest()


def main():
    # What the CLI reads or prints itself is neither request nor answer.
    requests, answers = os.fdopen(os.dup(0)), os.fdopen(os.dup(1), "w")
    nothing = os.open(os.devnull, os.O_RDWR)
    os.dup2(nothing, 0)
    os.dup2(nothing, 1)
    sys.stdin = os.fdopen(nothing, "r")
    for line in requests:
        asked = json.loads(line)
        if "signatures" in asked:
            answer = [signature(*pair) for pair in asked["signatures"]]
        else:
            answer = judge(asked["words"])
        answers.write(json.dumps(answer) + "\n")
        answers.flush()


main()
