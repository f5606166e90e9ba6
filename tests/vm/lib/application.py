#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""A small application in front of a PostgreSQL database.

usage: application.py PORT DATABASE_PORT

GET gives the table `people` as lines, POST adds a line to it. Each request is
logged to the local syslog, as applications do.
"""

import http.server
import logging
import logging.handlers
import sys

import psycopg2


class Handler(http.server.BaseHTTPRequestHandler):
    """One request. Connects anew each time, so that the database forks."""

    database = None

    def ask(self, text, values=()):
        """The rows that the statement TEXT gives, if any."""
        connection = psycopg2.connect(host="127.0.0.1", port=self.database)
        try:
            with connection, connection.cursor() as cursor:
                cursor.execute(text, values)
                return cursor.fetchall() if cursor.description else []
        finally:
            connection.close()

    def answer(self, rows):
        """Send ROWS as lines."""
        body = "".join(",".join(map(str, row)) + "\n" for row in rows).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_GET(self):               # pylint: disable=invalid-name
        """The table."""
        self.answer(self.ask("TABLE people"))

    def do_POST(self):              # pylint: disable=invalid-name
        """Another line: its name is the body."""
        name = self.rfile.read(int(self.headers["Content-Length"])).decode()
        self.ask("INSERT INTO people VALUES (0, %s, 'none')", (name,))
        self.answer([])

    def log_message(self, format, *args):       # pylint: disable=redefined-builtin
        """To the syslog."""
        logging.info(format, *args)


def main():
    """Serve until killed."""
    port, Handler.database = map(int, sys.argv[1:3])
    logging.basicConfig(level=logging.INFO, format="application: %(message)s",
                        handlers=[logging.handlers.SysLogHandler("/dev/log")])
    http.server.ThreadingHTTPServer(("127.0.0.1", port), Handler).serve_forever()


if __name__ == "__main__":
    main()
