# SPDX-License-Identifier: GPL-2.0
"""The servers of one host: nginx on port 80 and the sink on port 9000, and where
those that a test starts keep what they took."""

import os
import socket
import subprocess
import sys
import time

from namespace import die_with_parent, inside

HERE = os.path.dirname(os.path.abspath(__file__))
OURS = (80, 9000)
STARTED = (22, 873, 9418)       # ssh, rsync, git: what tests/vm/lib/far starts
LISTENING, TIME_WAIT = "0A", "06"

# Request bodies are files of their own, dechunked, and kept. The answer comes
# from a second server behind a proxy, since only a proxy reads bodies whole.
NGINX = """
daemon off;
worker_processes 1;
user root;
pid {0}/nginx.pid;
error_log {0}/error.log;
events {{ worker_connections 1024; }}
http {{
	access_log {0}/access.log;
	default_type text/plain;
	client_max_body_size 0;
	client_body_temp_path {0}/body;
	client_body_in_file_only on;
	proxy_temp_path {0}/tmp;
	fastcgi_temp_path {0}/tmp;
	uwsgi_temp_path {0}/tmp;
	scgi_temp_path {0}/tmp;
	server {{
		listen 80 fastopen=128;
		listen [::]:80 fastopen=128;
		location / {{
			proxy_pass http://unix:{0}/answer;
			proxy_pass_request_body off;
			proxy_set_header Content-Length "";
		}}
	}}
	server {{
		listen unix:{0}/answer;
		location / {{ return 200 "ok\\n"; }}
	}}
}}
"""


class Server:
    """The servers of the host NAME in the network namespace of the process PID.

    What they took is in files below DIRECTORY, which is made here. Its `far` is
    for servers that a test starts: what a program abroad has decoded.
    """

    def __init__(self, name, pid, directory):
        self.name, self.pid, self.directory = name, pid, directory
        self.sink = os.path.join(directory, "sink")
        self.body = os.path.join(directory, "body")
        self.far = os.path.join(directory, "far")
        self.processes = []
        for path in (self.sink, self.body, self.far):
            os.makedirs(path)

    def start(self):
        """Start both; they are ready when wait_ready() has returned."""
        config = os.path.join(self.directory, "nginx.conf")
        with open(config, "w", encoding="ascii") as file:
            file.write(NGINX.format(self.directory))
        self.spawn("nginx", "-c", config, "-p", self.directory)
        self.spawn(sys.executable, os.path.join(HERE, "sink.py"), self.sink)

    def spawn(self, *command):
        """Start COMMAND in the host's namespace; its output goes to a log."""
        with open(os.path.join(self.directory, "log"), "ab") as log:
            self.processes.append(subprocess.Popen(
                inside(self.pid, *command), stdin=subprocess.DEVNULL,
                stdout=log, stderr=log, preexec_fn=die_with_parent))

    def wait_ready(self, deadline):
        """Wait until both answer; OSError when one died or DEADLINE came."""
        while True:
            try:
                self.synchronize()
                return
            except OSError:
                if any(process.poll() is not None for process in self.processes):
                    raise OSError(f"a server of {self.name} ended: {self.log()}") \
                        from None
                if time.monotonic() > deadline:
                    raise
            time.sleep(0.02)

    def log(self):
        """The last of what the servers said."""
        with open(os.path.join(self.directory, "log"), encoding="utf8",
                  errors="replace") as file:
            return file.read()[-500:].strip()

    def synchronize(self):
        """Return once both have kept all that had reached their sockets; False
        if some of it is still unread."""
        done = self.wait_read()
        for path, request in ((os.path.join(self.directory, "answer"),
                               b"GET / HTTP/1.0\r\n\r\n"),
                              (os.path.join(self.sink, "sync"), b"")):
            with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as sock:
                sock.settimeout(60)
                sock.connect(path)
                if request:         # even an empty send fails once it has closed
                    sock.sendall(request)
                while sock.recv(4096):
                    pass
        return done

    def wait_read(self):
        """Wait until the servers have read what came; a second at most until those
        that a test started have written it to files, since some always have one open."""
        begun = time.monotonic()
        while True:
            patience = 30 if self.unread() else self.spoken_to() or self.writing()
            if time.monotonic() >= begun + patience:
                return not patience
            time.sleep(0.005)

    def sockets(self):
        """The port and the state of each, and how many bytes it has that were not read."""
        for table in ("tcp", "tcp6", "udp", "udp6"):
            with open(f"/proc/{self.pid}/net/{table}", encoding="ascii") as file:
                for line in file.readlines()[1:]:
                    fields = line.split()
                    yield (int(fields[1].rsplit(":", 1)[1], 16), fields[3],
                           int(fields[4].split(":")[1], 16))

    def unread(self):
        """Whether a socket of our ports has bytes that were not read yet."""
        return any(port in OURS and state != LISTENING and waiting
                   for port, state, waiting in self.sockets())

    def spoken_to(self):
        """Whether a socket that a test's servers speak through is still open."""
        return any(port in STARTED and state not in (LISTENING, TIME_WAIT)
                   for port, state, _ in self.sockets())

    def writing(self):
        """Whether anyone has a file in `far` open."""
        if not os.listdir(self.far):
            return False
        for pid in filter(str.isdigit, os.listdir("/proc")):
            try:
                for number in os.listdir(f"/proc/{pid}/fd"):
                    if os.readlink(f"/proc/{pid}/fd/{number}").startswith(self.far + "/"):
                        return True
            except FileNotFoundError:
                pass            # it has ended
        return False

    def kept(self):
        """Paths of the files that hold what the servers took."""
        for top in (self.sink, self.body, self.far):
            for folder, _, names in os.walk(top):
                for name in names:
                    if name != "sync":
                        yield os.path.join(folder, name)
