# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0
#
# programs.sh - copies made by programs as they are: sourced after case.sh
#
#	parts			makes the parts of both files
#	programs DIRECTORY	copies by each program there, each of another part, and
#				each is sent by somebody else

parts()
{
	local file

	for file in "$PUBLIC" "$REGULATED"; do
		install -d "${file%/*}/parts"
		split -n l/16 -a 2 -d "$file" "${file%/*}/parts/"
	done
}

by_cp()		{ cp "$1" "$2"; }
by_cat()	{ cat "$1" >"$2"; }
by_append()	{ cat "$1" >>"$2"; }
by_dd()		{ dd if="$1" of="$2" status=none; }
by_tee()	{ tee "$2" <"$1" >/dev/null; }
by_install()	{ install -m 644 "$1" "$2"; }
by_moved()	{ cp "$1" "$2.new" && mv "$2.new" "$2"; }
by_linked()	{ cp "$1" "$2.new" && ln "$2.new" "$2" && rm "$2.new"; }
by_directory()	{ mkdir "$2.new" && cp "$1" "$2.new/in" && mv "$2.new" "$2"; }
by_gzip()	{ gzip -c "$1" >"$2"; }
by_sort()	{ sort -o "$2" "$1"; }
by_tar()	{ tar -C "${1%/*}" -cf "$2" "${1##*/}"; }
by_twice()	{ cp "$1" "$2.new" && cat "$2.new" >"$2"; rm -f "$2.new"; }
by_sed()	{ cp "$1" "$2" && sed -i 's/Li/Lee/' "$2"; }
by_pipeline()	{ tr 0 0 <"$1" | cat | dd of="$2" status=none; }
by_shell()	{ bash -c 'echo "$(<"$1")" >"$2"' - "$1" "$2"; }
export HOWS="cp cat append dd tee install moved linked directory gzip sort tar twice sed pipeline shell"

# The status is that of the last that could not send.
programs()
{
	local i=0 how from to status=0

	for how in $HOWS; do
		# shellcheck disable=SC2153
		from=${FILE%/*}/parts/$(printf %02d $i) to=$1/$how
		i=$((i + 1))
		("by_$how" "$from" "$to")
		[ ! -d "$to" ] || to=$to/in
		attack obtain read "$to" "$(address "$TO" 4)" || status=$?
		rm -rf "${1:?}/$how"
	done
	return $status
}
