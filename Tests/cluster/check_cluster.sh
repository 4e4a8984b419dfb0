#!/usr/bin/env bash
# Runs an evaluation and a study of the embedded model in three parts, joins them, and holds the result to
# that of one run: as an array job of a real Slurm on this machine, or, where Slurm can't be started, under
# GNU parallel, after saying why.
#
#     Tests/cluster/check_cluster.sh .build/release/vitq
set -euo pipefail

vitq=$(realpath "${1:?usage: check_cluster.sh VITQ}")
root=$(realpath "$(dirname "${BASH_SOURCE[0]}")/../..")
model=$root/fixtures/vit-fashion
work=$(mktemp -d /tmp/vitq-cluster.XXXXXX)
pids=()
parts=3

finish() {
  for pid in "${pids[@]}"; do kill "$pid" 2>/dev/null || true; done
  wait || true
  rm -rf "$work"
}
trap finish EXIT

eval_options=(eval "$model" --images "$model/validation" --max-samples 60 --per-channel)
study_options=(study "$model" --images "$model/validation" --max-images 6 --by layer,role
  --timing-runs 0 --no-local)

# Starts munge and Slurm for this user, with all their files in $work; the first thing that fails is $why.
start_slurm() {
  local name program
  for program in munged slurmctld slurmd sbatch; do
    if ! command -v "$program" >/dev/null; then why="$program is not installed"; return 1; fi
  done
  mkdir -m 700 -p "$work/munge" "$work/state" "$work/spool"
  dd if=/dev/urandom of="$work/munge/key" bs=1024 count=1 status=none
  chmod 600 "$work/munge/key"
  name=$(hostname -s)
  # Sockets can be reached through $work, which mktemp keeps to this user; munge asks for more.
  chmod 755 "$work" "$work/munge"
  munged --foreground --force --key-file "$work/munge/key" --socket "$work/munge/socket" \
    --pid-file "$work/munge/pid" --seed-file "$work/munge/seed" >"$work/munged.log" 2>&1 &
  pids+=($!)
  cat >"$work/slurm.conf" <<CONF
ClusterName=one
SlurmctldHost=$name(127.0.0.1)
SlurmctldPort=16817
SlurmdPort=16818
SlurmUser=$(id -un)
SlurmdUser=$(id -un)
AuthType=auth/munge
AuthInfo=socket=$work/munge/socket
CredType=cred/munge
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SelectType=select/cons_tres
SelectTypeParameters=CR_Core
JobAcctGatherType=jobacct_gather/none
AccountingStorageType=accounting_storage/none
MpiDefault=none
ReturnToService=2
StateSaveLocation=$work/state
SlurmdSpoolDir=$work/spool
SlurmctldPidFile=$work/slurmctld.pid
SlurmdPidFile=$work/slurmd.pid
SlurmctldLogFile=$work/slurmctld.log
SlurmdLogFile=$work/slurmd.log
SlurmdParameters=config_overrides
NodeName=$name NodeAddr=127.0.0.1 CPUs=$(nproc) State=UNKNOWN
PartitionName=all Nodes=ALL Default=YES MaxTime=INFINITE State=UP
CONF
  # Nothing here is contained by control groups; versions before 23.02 load a plugin all the same.
  if (($(slurmd -V | sed -E 's/.* ([0-9]+)\..*/\1/') < 23)); then
    echo "CgroupPlugin=cgroup/v1" >"$work/cgroup.conf"
  else
    echo "CgroupPlugin=disabled" >"$work/cgroup.conf"
  fi
  export SLURM_CONF=$work/slurm.conf
  slurmctld -D -f "$SLURM_CONF" >/dev/null 2>"$work/slurmctld.err" &
  pids+=($!)
  slurmd -D -f "$SLURM_CONF" -N "$name" >/dev/null 2>"$work/slurmd.err" &
  pids+=($!)
  for _ in $(seq 60); do
    if [[ $(sinfo -h -o %t 2>/dev/null) == idle ]]; then return 0; fi
    sleep 0.5
  done
  why="no idle node after 30 s; $(tail -qn 2 "$work"/*.err "$work"/*.log | tail -n 8)"
  return 1
}

# Runs vitq with "$@" in parts, each with its own --shard.
in_parts() {
  local out=$1
  shift
  if [[ $way == Slurm ]]; then
    cat >"$work/job.sh" <<JOB
#!/bin/bash
exec $(printf '%q ' "$vitq" "$@") --threads 1 --shard "\$SLURM_ARRAY_TASK_ID/$parts" --out $(printf %q "$out")
JOB
    sbatch --wait --array="1-$parts" --cpus-per-task=1 --output="$work/job-%a.txt" "$work/job.sh" \
      || { cat "$work"/job-*.txt; return 1; }
  else
    parallel --will-cite -j 2 "$vitq" "$@" --threads 1 --shard "{}/$parts" --out "$out" \
      ::: $(seq "$parts")
  fi
}

# A report without its times and without the number of threads, which parts have of their own.
timeless() {
  sed -E 's/"(seconds|images_per_second|threads)" : [0-9.e+-]+/"\1" : 0/' "$1"
}

# Runs "$@" without a word, unless it fails.
quietly() {
  "$@" >"$work/out.txt" 2>&1 || { cat "$work/out.txt" >&2; return 1; }
}

same() {
  cmp <(timeless "$1/report.json") <(timeless "$2/report.json")
  echo "  report.json: the same but for times"
  shift 2
  while (($#)); do cmp "$1" "$2"; shift 2; done
}

why=""
if start_slurm; then way=Slurm; else way=parallel; fi
if [[ $way == Slurm ]]; then
  echo "Slurm: $(sinfo --version) on $(hostname -s), an array job of $parts tasks"
else
  echo "Slurm can't be started here: $why"
  echo "GNU parallel instead: $(parallel --version | head -n 1)"
fi

quietly "$vitq" "${eval_options[@]}" --out "$work/eval"
quietly in_parts "$work/eval-parts" "${eval_options[@]}"
"$vitq" merge "$work/eval-parts" --out "$work/eval-merged" >/dev/null
echo "eval, $parts parts:"
same "$work/eval" "$work/eval-merged" "$work"/eval{,-merged}/predictions.csv
echo "  predictions.csv: the same"

quietly "$vitq" "${study_options[@]}" --out "$work/study"
quietly in_parts "$work/study-parts" "${study_options[@]}"
"$vitq" merge "$work/study-parts" --out "$work/study-merged" >/dev/null
echo "study, $parts parts:"
same "$work/study" "$work/study-merged"
for file in "$work"/study/logits/*.npy "$work/study/labels.npy"; do
  cmp "$file" "$work/study-merged/${file#"$work/study/"}"
done
echo "  $(ls "$work/study/logits" | wc -l) files of logits: the same"

rm "$work/eval-parts/eval-2-of-$parts.jsonl"
if "$vitq" merge "$work/eval-parts" >/dev/null 2>"$work/missing.txt"; then
  echo "a missing part went unnoticed" >&2
  exit 1
fi
grep -q "part 2/$parts is missing" "$work/missing.txt"
echo "a missing part: $(cat "$work/missing.txt")"
