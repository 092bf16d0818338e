"""Runs a Lambda function's handler in the machine's python3: asks the Runtime API for invocations,
calls the handler, posts what it returned or raised.

It starts as a plain script beside the function's code, so it imports little: each module here is
part of every cold start. Texts of errors and of log lines are those of AWS's own client, because
alarms and metric filters look for them. A record of several lines goes out as one, with NUL for its
line ends, which the driver turns back: so it stays one log event.
"""
import json
import os
import socket
import sys
import time

NBSP = "\u00a0"
LOOPBACK = ("127.", "::1", "localhost")


class Fault(Exception):
    """The function cannot be called at all; `kind` is the error type the caller sees."""

    def __init__(self, kind, text, trace=()):
        super().__init__(text)
        self.kind, self.text, self.trace = kind, text, list(trace)


class Api:
    """One kept connection to the Runtime API."""

    def __init__(self, where):
        host, port = where.rsplit(":", 1)
        self.host = where
        self.socket = socket.create_connection((host, int(port)))
        self.stream = self.socket.makefile("rb")

    def call(self, method, path, body=b"", headers=()):
        lines = [f"{method} /2018-06-01/runtime/{path} HTTP/1.1", f"Host: {self.host}",
                 f"Content-Length: {len(body)}", "Content-Type: application/json"]
        lines += [f"{name}: {value}" for name, value in headers]
        self.socket.sendall("\r\n".join(lines).encode() + b"\r\n\r\n" + body)
        status = int(self.stream.readline().split()[1])
        found = {}
        while True:
            line = self.stream.readline().decode("latin-1").strip()
            if not line:
                break
            name, _, value = line.partition(":")
            found[name.strip().lower()] = value.strip()
        return status, found, self.stream.read(int(found.get("content-length", 0)))


class Context:
    def __init__(self, headers):
        env = os.environ
        self.aws_request_id = headers["lambda-runtime-aws-request-id"]
        self.invoked_function_arn = headers["lambda-runtime-invoked-function-arn"]
        self.function_name = env["AWS_LAMBDA_FUNCTION_NAME"]
        self.function_version = env["AWS_LAMBDA_FUNCTION_VERSION"]
        self.memory_limit_in_mb = env["AWS_LAMBDA_FUNCTION_MEMORY_SIZE"]
        self.log_group_name = env["AWS_LAMBDA_LOG_GROUP_NAME"]
        self.log_stream_name = env["AWS_LAMBDA_LOG_STREAM_NAME"]
        self.identity = None
        self.tenant_id = None
        given = headers.get("lambda-runtime-client-context")
        self.client_context = _client_context(json.loads(given)) if given else None
        self._deadline_ms = int(headers["lambda-runtime-deadline-ms"])

    def get_remaining_time_in_millis(self):
        return max(self._deadline_ms - int(time.time() * 1000), 0)

    def log(self, text):
        sys.stdout.write(str(text))


def _client_context(given):
    class Plain:
        pass

    out = Plain()
    out.custom, out.env = given.get("custom"), given.get("env")
    out.client = None
    if given.get("client"):
        out.client = Plain()
        vars(out.client).update(given["client"])
    return out


def write_record(text):
    """One log event, however many lines it has."""
    sys.stdout.flush()
    os.write(1, text.rstrip("\n").replace("\n", "\0").encode("utf-8", "replace") + b"\n")


def log_error(kind, text, trace):
    lines = [f"[ERROR] {kind}: {text}" if text else f"[ERROR] {kind}"]
    if trace:
        lines.append("Traceback (most recent call last):")
        for entry in trace:
            for line in entry.splitlines():
                bare = line.lstrip(" ")
                lines.append(NBSP * (len(line) - len(bare)) + bare)
    write_record("\n".join(lines))


def use_logging(request):
    """The handler on the root logger that functions rely on, in AWS's format."""
    import logging

    class Handler(logging.Handler):
        def emit(self, record):
            write_record(self.format(record))

    class AddRequest(logging.Filter):
        def filter(self, record):
            record.aws_request_id = request.get("id", "")
            return True

    handler = Handler()
    form = logging.Formatter("[%(levelname)s]\t%(asctime)s.%(msecs)03dZ\t%(aws_request_id)s\t%(message)s",
                             "%Y-%m-%dT%H:%M:%S")
    form.converter = time.gmtime
    handler.setFormatter(form)
    handler.addFilter(AddRequest())
    logging.getLogger().addHandler(handler)


def stay_on_loopback():
    """Where the machine gives functions no network of their own, they still never reach AWS."""

    def audit(event, arguments):
        if event != "socket.connect" or not isinstance(arguments[1], tuple):
            return
        host = str(arguments[1][0])
        if not host.startswith(LOOPBACK):
            raise ConnectionRefusedError(f"Seatrial lets functions reach loopback only, not {host}")

    sys.addaudithook(audit)


def use_the_world():
    """Points botocore at the world where it is too old to read AWS_ENDPOINT_URL, once it is imported."""
    endpoint = os.environ.get("AWS_ENDPOINT_URL")
    if not endpoint:
        return

    class Finder:
        @staticmethod
        def find_spec(name, path, target=None):
            if name != "botocore.session":
                return None
            sys.meta_path.remove(Finder)
            import importlib.util
            spec = importlib.util.find_spec(name)
            run = spec.loader.exec_module

            def exec_module(module):
                run(module)
                create = module.Session.create_client

                def create_client(self, service_name, *args, **kwargs):
                    given = kwargs.get("endpoint_url") or len(args) > 4
                    own = "AWS_ENDPOINT_URL_" + service_name.upper().replace("-", "_")
                    if not given and own not in os.environ:
                        kwargs["endpoint_url"] = endpoint
                    return create(self, service_name, *args, **kwargs)

                module.Session.create_client = create_client

            spec.loader.exec_module = exec_module
            return spec

    sys.meta_path.insert(0, Finder)


def load_handler(name):
    try:
        module_name, function_name = name.rsplit(".", 1)
    except ValueError as error:
        raise Fault("Runtime.MalformedHandlerName", f"Bad handler '{name}': {error}") from None
    try:
        import importlib
        module = importlib.import_module(module_name.replace("/", "."))
    except ImportError as error:
        raise Fault("Runtime.ImportModuleError", f"Unable to import module '{module_name}': {error}") from None
    except SyntaxError as error:
        trace = [f"  File \"{error.filename}\" Line {error.lineno}\n    {error.text}"]
        raise Fault("Runtime.UserCodeSyntaxError", f"Syntax error in module '{module_name}': {error}",
                    trace) from None
    if not hasattr(module, function_name):
        raise Fault("Runtime.HandlerNotFound", f"Handler '{function_name}' missing on module '{module_name}'")
    return getattr(module, function_name)


def as_json(value):
    def other(item):
        if type(item).__module__ == "decimal":
            return float(item)
        raise TypeError(f"Object of type {type(item).__name__} is not JSON serializable")

    return json.dumps(value, ensure_ascii=False, default=other).encode("utf-8", "surrogatepass")


def frames_of(error):
    import traceback
    frames = traceback.extract_tb(error.__traceback__)
    own = [at for at, frame in enumerate(frames) if frame.filename == __file__]
    return traceback.format_list(frames[own[-1] + 1:] if own else frames)


def error_body(kind, text, request_id, trace):
    return as_json({"errorMessage": text, "errorType": kind, "requestId": request_id, "stackTrace": trace})


def call_handler(handler, body, context):
    """The handler's reply as bytes, or the error: (type, body)."""
    request_id = context.aws_request_id
    try:
        try:
            event = json.loads(body or b"{}")
        except ValueError as error:
            raise Fault("Runtime.UnmarshalError", f"Unable to unmarshal input: {error}") from None
        reply = handler(event, context)
        try:
            return as_json(reply), None
        except (TypeError, ValueError) as error:
            raise Fault("Runtime.MarshalError", f"Unable to marshal response: {error}") from None
    except Fault as fault:
        kind, text, trace = fault.kind, fault.text, fault.trace
    except Exception as error:
        kind, text, trace = type(error).__name__, str(error), frames_of(error)
    log_error(kind, text, trace)
    return None, (kind, error_body(kind, text, request_id, trace))


def serve(api, handler, request):
    while True:
        _, headers, body = api.call("GET", "invocation/next")
        context = Context(headers)
        request["id"] = context.aws_request_id
        os.environ["_X_AMZN_TRACE_ID"] = headers.get("lambda-runtime-trace-id", "")
        reply, failed = call_handler(handler, body, context)
        sys.stdout.flush()
        sys.stderr.flush()
        path = f"invocation/{context.aws_request_id}/"
        if failed:
            api.call("POST", path + "error", failed[1], [("Lambda-Runtime-Function-Error-Type", failed[0])])
        else:
            api.call("POST", path + "response", reply)


def main():
    sys.path[0] = os.environ["LAMBDA_TASK_ROOT"]
    sys.stdout.reconfigure(line_buffering=True, errors="replace")
    if os.environ.pop("SEATRIAL_LOOPBACK_ONLY", ""):
        stay_on_loopback()
    api = Api(os.environ["AWS_LAMBDA_RUNTIME_API"])
    use_the_world()
    request = {}
    use_logging(request)
    try:
        try:
            handler = load_handler(os.environ["_HANDLER"])
        except Fault:
            raise
        except Exception as error:
            raise Fault(type(error).__name__, str(error), frames_of(error)) from None
    except Fault as fault:
        log_error(fault.kind, fault.text, fault.trace)
        api.call("POST", "init/error", error_body(fault.kind, fault.text, "", fault.trace),
                 [("Lambda-Runtime-Function-Error-Type", fault.kind)])
        sys.exit(1)
    serve(api, handler, request)


if __name__ == "__main__":
    main()
