# Runs one script: sh wrapper.sh FOLDER HEAD_BYTES TAIL_BYTES PROGRAM [ARGUMENT...]
#
# Leads a session of its own and outlives the agent. Standard output and standard error each go through a
# copier that never makes the script wait: it keeps the first and the last part in FOLDER, at most HEAD_BYTES
# and twice TAIL_BYTES of a stream, and counts the rest. When the script has ended and both streams are closed,
# the exit code is in FOLDER/exit. Needs sh, setsid, dd, wc, cp, chmod, mv, rm, mkdir, sleep.
#
# HOLDFAST_WRAPPER marks this process and the copiers, HOLDFAST_TREE the script and all that comes of it.

copy() { # NAME: standard input to FOLDER/NAME.0 (first part), NAME.1, NAME.2, ... (the last two stay)
  number=0 size=0 limit=$hf_head dropped=0
  while :; do
    blocks=$(((limit - size) / 65536))
    if [ "$blocks" -le 0 ]; then
      old=$((number - 1)) number=$((number + 1)) size=0 limit=$hf_tail blocks=$((hf_tail / 65536))
      if [ "$old" -ge 1 ]; then
        dropped=$((dropped + $(wc -c <"$hf_folder/$1.$old")))
        rm -f "$hf_folder/$1.$old"
        echo "$dropped" >"$hf_folder/$1.dropped"
      fi
    fi
    # A short read is a block too, so this passes on what comes as it comes, and never takes more than fits.
    dd bs=65536 count="$blocks" >>"$hf_folder/$1.$number" || break
    now=$(wc -c <"$hf_folder/$1.$number") || break
    [ "$now" -gt "$size" ] || return 0
    size=$now
  done
  # The disk is full or the folder is gone: the script goes on, its output is counted.
  rest=$(wc -c)
  echo $((dropped + rest)) >"$hf_folder/$1.dropped"
}

store() { # CODE
  mkdir -p "$hf_folder" &&
    echo "$1" >"$hf_folder/exit.new" &&
    dd if="$hf_folder/exit.new" of="$hf_folder/exit.tmp" conv=fsync &&
    mv -f "$hf_folder/exit.tmp" "$hf_folder/exit"
}

main() {
  hf_folder=$1 hf_head=$2 hf_tail=$3 hf_path=$PATH hf_mark=$HOLDFAST_WRAPPER
  shift 3
  PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
  umask 077
  ulimit -c 0
  # A copy, since a child that the agent is just forking elsewhere may still hold the file that it wrote open for
  # writing; such a file can't be executed.
  cp "$hf_folder/script" "$hf_folder/_script.sh" && chmod 700 "$hf_folder/_script.sh" && rm -f "$hf_folder/script"
  hf_code=$(
    {
      {
        {
          (
            PATH=$hf_path HOLDFAST_TREE=$hf_mark
            export PATH HOLDFAST_TREE
            unset HOLDFAST_WRAPPER hf_folder hf_head hf_tail hf_path hf_mark
            exec setsid "$@"
          ) 2>&1 >&3 3>&- 5>&-
          echo $? >&5
        } | copy stderr 3>&- 5>&-
      } 3>&1 | copy stdout 5>&-
    } 5>&1
  )
  [ -n "$hf_code" ] || exit 1
  tries=0
  until store "$hf_code"; do
    tries=$((tries + 1))
    [ "$tries" -lt 60 ] || exit 1
    sleep 1
  done
}

main "$@"
exit
