/* SPDX-License-Identifier: GPL-2.0 */
/*
 * control.h - what the command line and the daemon say to each other
 *
 * A stream socket that root alone may use. The client sends one request, a
 * JSON object in a frame (frame.h); the daemon answers with any number of
 * JSON objects and closes the connection after the last one.
 *
 * Requests have a member "do":
 *	status					what is enforced
 *	ps {pid}				labelled processes, or the one given
 *	label {what, fd, path, classes, reason}	get, set or clear the label of the
 *						file that the client has open as @fd
 *	scan {fd, path, classes, background}	label the files of a tree
 *	apply {files: [{name, content}], dry_run}
 *	run {classes: [name…]}			label the process that connected
 *	holder {pid}				the classes that a process holds
 *	watch					verdicts until the client closes
 *	disarm					stop enforcing
 *
 * Answers have a member "kind": "progress" {text}, "diagnostic" (as in
 * diagnostic.h), "change" (as in policy_diff.h), "process", "file", "event", "lost"
 * {count}, and at the end "result" {exit, message}, with what was asked for
 * beside it. "exit" is the command's exit code.
 */
#ifndef RF_CONTROL_H
#define RF_CONTROL_H

#define RF_CONTROL_NAME "control.sock"

/* Exit codes of every command (see the design's "Command line"). */
enum rf_exit {
	RF_EXIT_OK = 0,
	RF_EXIT_FAILED = 1,
	RF_EXIT_USAGE = 2,
	RF_EXIT_DENIED = 3,
	RF_EXIT_CANNOT_RUN = 125,
};

#endif /* RF_CONTROL_H */
