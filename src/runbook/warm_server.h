// The Python half of warm_cli.h: the parent that has imported the CLI and forks for each call.
#pragma once
#include <string_view>

namespace seatrial::runbook {

// python3 -c SOURCE: listens on descriptor 3. A caller sends its descriptors 0, 1 and 2 with a
// length (4 bytes, little-endian) and as many bytes: counts of arguments and of variables, umask,
// folder, arguments, variables, each ended by NUL. From then on each byte from it is a signal's
// number; its end ends the call. It gets the wait status (4 bytes) when the call has ended.
inline constexpr std::string_view kWarmServer = R"py(
import array, os, random, selectors, signal, socket, struct, sys
given_path = os.environ.get('AWS_DATA_PATH')
import awscli.clidriver
DATA = os.path.join(os.path.dirname(os.path.abspath(awscli.__file__)), 'data')
try:
    driver = awscli.clidriver.create_clidriver()
    driver.session.create_client('sts', region_name='us-east-1', aws_access_key_id='none',
                                 aws_secret_access_key='none', endpoint_url='http://127.0.0.1:1')
except Exception:
    pass  # only there to import what a call imports

def receive(connection):
    connection.settimeout(10)
    data, ancillary, _, _ = connection.recvmsg(4, socket.CMSG_SPACE(12))
    files = array.array('i')
    for level, kind, body in ancillary:
        if level == socket.SOL_SOCKET and kind == socket.SCM_RIGHTS:
            files.frombytes(body[:len(body) // 4 * 4])
    while len(data) < 4:
        data += connection.recv(4 - len(data)) or sys.exit('cut short')
    left, parts = struct.unpack('<I', data)[0], []
    while left:
        part = connection.recv(min(left, 1 << 20))
        if not part:
            raise EOFError('cut short')
        parts.append(part)
        left -= len(part)
    connection.settimeout(None)
    return list(files), b''.join(parts).split(b'\0')

def become(files, words):
    argc, envc, mask = int(words[0]), int(words[1]), int(words[2])
    for target, file in enumerate(files):
        os.dup2(file, target)
    for file in files:
        if file > 2:
            os.close(file)
    os.chdir(words[3])
    os.umask(mask)
    os.environ.clear()
    for entry in words[4 + argc:4 + argc + envc]:
        name, _, value = entry.partition(b'=')
        os.environb[name] = value
    others = os.environ.get('AWS_DATA_PATH')
    os.environ['AWS_DATA_PATH'] = others + os.pathsep + DATA if others else DATA
    sys.argv = ['aws'] + [os.fsdecode(word) for word in words[4:4 + argc]]
    random.seed()
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)

def serve(listener):
    watched, calls = selectors.DefaultSelector(), {}
    watched.register(listener, selectors.EVENT_READ, ('new', None))
    while True:
        for key, _ in watched.select():
            what, pid = key.data
            if what == 'new':
                connection, _ = listener.accept()
                try:
                    files, words = receive(connection)
                except Exception:
                    connection.close()
                    continue
                pid = os.fork()
                if pid == 0:
                    watched.close()
                    listener.close()
                    connection.close()
                    for other, end in calls.values():
                        other.close()
                        os.close(end)
                    return become(files, words)
                for file in files:
                    os.close(file)
                end = os.pidfd_open(pid)
                calls[pid] = connection, end
                watched.register(connection, selectors.EVENT_READ, ('caller', pid))
                watched.register(end, selectors.EVENT_READ, ('ended', pid))
            elif pid not in calls:
                continue
            elif what == 'caller':
                try:
                    numbers = key.fileobj.recv(64)
                except OSError:
                    numbers = b''
                for number in numbers or [signal.SIGKILL]:
                    os.kill(pid, number)
                if not numbers:
                    watched.unregister(key.fileobj)
            else:
                connection, end = calls.pop(pid)
                _, status = os.waitpid(pid, 0)
                try:
                    connection.sendall(struct.pack('<i', status))
                except OSError:
                    pass
                watched.unregister(end)
                if connection.fileno() in watched.get_map():
                    watched.unregister(connection)
                connection.close()
                os.close(end)

signal.signal(signal.SIGINT, signal.SIG_IGN)
serve(socket.socket(fileno=3))
sys.exit(awscli.clidriver.main())
)py";

}  // namespace seatrial::runbook
