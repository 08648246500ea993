# Runs one script: sh wrapper.sh FOLDER HEAD_BYTES TAIL_BYTES HELD FILES SCRIPT OWNER PROGRAM [ARGUMENT...]
#
# Leads a session of its own and outlives the agent. The script's text is in FOLDER/script, which may be executed, and
# is copied to where SCRIPT says, for OWNER (uid:gid; empty: this user). Standard output and standard error each go
# through a copier that never makes the script wait: it keeps the first and the last part in FOLDER, at most HEAD_BYTES
# and twice TAIL_BYTES of a stream, and counts the rest. When the script has ended and both streams are closed, or HELD
# quarters of a second after it ended, the exit code is in FOLDER/exit; a copier whose stream is still open goes on, so
# that the child that holds it may write. FOLDER/groups names the control groups that the script is to be in, one a
# line; FILES is how many it may open unless it asks for more. Each program that this starts costs every step of every
# run about a millisecond.
# Needs sh, dd, wc, cp, mkfifo, mv, rm, mkdir, sleep; chown for an OWNER.
#
# HOLDFAST_WRAPPER marks this process and the copiers, HOLDFAST_TREE the script and all that comes of it.

copy() { # NAME: standard input to FOLDER/NAME.0 (first part), NAME.1, NAME.2, ... (the last two stay)
  cd /
  number=0 size=0 limit=$hf_head before=0 dropped=0 total=0 rest=
  while :; do
    blocks=$(((limit - size) / 65536))
    if [ "$blocks" -le 0 ]; then
      old=$((number - 1)) number=$((number + 1)) limit=$hf_tail blocks=$((hf_tail / 65536))
      if [ "$old" -ge 1 ]; then
        dropped=$((dropped + before))
        rm -f "$hf_folder/$1.$old"
        echo "$dropped" >"$hf_folder/$1.dropped"
      fi
      before=$size size=0
    fi
    # A short read is a block too, so this passes on what comes as it comes, and never takes more than fits.
    said=$(dd bs=65536 count="$blocks" 2>&1 >>"$hf_folder/$1.$number") || break
    bytes=${said##*"$hf_line"} # the last line begins with the number of bytes
    blocks_read=${said%"$hf_line"*} # the last but two with those of whole blocks and short ones, a plus sign between
    blocks_read=${blocks_read%"$hf_line"*}
    blocks_read=${blocks_read##*"$hf_line"}
    bytes=${bytes%% *} blocks_read=${blocks_read%% *}
    # One that does not say how many bytes is used once; all that comes after is counted.
    case $bytes in *[!0-9]* | '') break ;; esac
    case $blocks_read in [0-9]*+[0-9]*) ;; *) break ;; esac
    size=$((size + bytes)) total=$((total + bytes))
    if [ $(($blocks_read)) -lt "$blocks" ]; then
      rest=0 # nothing comes any more
      break
    fi
  done
  # The disk is full, or the folder is gone: the script goes on, its output is counted.
  [ -n "$rest" ] || rest=$(wc -c)
  if [ "$total" -gt 0 ] && [ ! -s "$hf_folder/$1.0" ]; then
    kill -0 $$ && mkdir -p "$hf_folder" # for the exit code that is still to come
    echo $((total + rest)) >"$hf_folder/$1.dropped"
  elif [ "$rest" -gt 0 ]; then
    echo $((dropped + rest)) >"$hf_folder/$1.dropped"
  fi
  : >"$hf_folder/$1.end"
}

join() { # GROUP: this process into the control group, which may just have been taken away as an empty one
  for hf_turn in 1 2 3; do
    echo 0 >"$1/cgroup.procs" && return
    mkdir -p "$1"
  done
}

prepare() { # CODE: all of the exit file but its name; in the place that was taken for it, which a full disk has still
  { [ -d "$hf_folder" ] || mkdir -p "$hf_folder"; } &&
    printf '%-4s\n' "$1" | dd of="$hf_folder/exit.tmp" conv=notrunc,fsync
}

settle() { # waits for the copiers
  for pause in 0.01 0.02 0.05 0.1; do
    copied && return
    sleep $pause
  done
  while [ "$hf_held" -gt 0 ] && ! copied; do
    sleep 0.25 || sleep 1
    hf_held=$((hf_held - 1))
  done
  return 0
}

copied() {
  [ -e "$hf_folder/stdout.end" ] && [ -e "$hf_folder/stderr.end" ]
}

main() {
  hf_folder=$1 hf_head=$2 hf_tail=$3 hf_held=$4 hf_files=$5 hf_script=$6 hf_owner=$7
  hf_path=$PATH hf_mark=$HOLDFAST_WRAPPER hf_out=$1/out hf_err=$1/err
  shift 7
  PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
  umask 077
  ulimit -c 0
  # A copy, since a child that the agent is just forking elsewhere may still hold the file that it wrote open for
  # writing; such a file can't be executed.
  # Nothing begins whose end there is no room for.
  printf '%-4s\n' '' >"$hf_folder/exit.tmp" && cp "$hf_folder/script" "$hf_script" && mkfifo "$hf_out" "$hf_err" ||
    hf_code=126
  if [ -n "$hf_owner" ]; then
    # The pipes too: to open /dev/stderr is to open its pipe anew.
    chown "$hf_owner" "$hf_script" "$hf_out" "$hf_err" || hf_code=126
  fi
  if [ -z "$hf_code" ]; then
    # Both ways first: a pipe can't be opened one way before somebody has it open the other way.
    exec 8<>"$hf_out" 3<"$hf_out" 4>"$hf_out" 8<>"$hf_err" 5<"$hf_err" 6>"$hf_err" 8>&-
    rm -f "$hf_folder/script" "$hf_out" "$hf_err"
    # In braces: where a function is called with other files, the shell keeps the old ones open beside.
    { copy stdout; } <&3 3<&- 4>&- 5<&- 6>&- &
    { copy stderr; } <&5 3<&- 4>&- 5<&- 6>&- &
    (
      {
        while read -r hf_group; do join "$hf_group"; done <"$hf_folder/groups"
        # The agent may be spared when memory runs out; what it starts is not.
        echo 0 >/proc/self/oom_score_adj
        ulimit -S -n "$hf_files"
      } 2>/dev/null
      PATH=$hf_path HOLDFAST_TREE=$hf_mark
      export PATH HOLDFAST_TREE
      unset HOLDFAST_WRAPPER hf_folder hf_head hf_tail hf_held hf_files hf_script hf_owner hf_path hf_mark hf_out hf_err
      unset hf_group hf_turn hf_line hf_code
      exec "$@"
    ) >&4 2>&6 3<&- 4>&- 5<&- 6>&-
    hf_code=$?
    exec 3<&- 4>&- 5<&- 6>&-
    # A script that removed its own folder removed the place where the copiers say that they are done.
    [ -d "$hf_folder" ] || hf_held=0
  else
    hf_held=0
  fi
  tries=0
  until prepare "$hf_code" && settle && mv -f "$hf_folder/exit.tmp" "$hf_folder/exit"; do
    tries=$((tries + 1))
    [ "$tries" -lt 60 ] || exit 1
    sleep 1
  done
  [ -z "$hf_owner" ] || rm -rf "${hf_script%/*}"
}

hf_code= hf_line='
'
main "$@"
exit
