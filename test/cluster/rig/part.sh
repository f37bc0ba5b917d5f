#!/bin/bash
# Stops one part of the running cluster, or starts it again as it was: part.sh stop kube-apiserver [SIGNAL]; part.sh start
# kube-apiserver [--FLAG=VALUE ...], where flags that are given replace those that it had, and --FLAG= takes one away.
set -e
HERE=$(dirname "$(readlink -f "$0")"); . "$HERE/env.sh"
DO=$1; PART=$2; shift 2
PID=$(cat $RUN/pids/$PART); ARGS=$RUN/pids/$PART.args
case $DO in
  stop)
    cp /proc/$PID/cmdline $ARGS
    kill -${1:-KILL} $PID
    while [ -s /proc/$PID/cmdline ]; do sleep 0.05; done ;;
  start)
    mapfile -d '' -t old <$ARGS
    new=()
    for arg in "${old[@]}"; do
      keep=1
      for flag in "$@"; do [ "${arg%%=*}" = "${flag%%=*}" ] && keep=; done
      [ -n "$keep" ] && new+=("$arg")
    done
    for flag in "$@"; do [ -n "${flag#*=}" ] && new+=("$flag"); done
    cd $RUN
    $IN setsid "${new[@]}" >>$RUN/log/$PART.log 2>&1 </dev/null &
    echo $! >$RUN/pids/$PART ;;
esac
