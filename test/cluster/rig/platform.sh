#!/bin/bash
# Installs the platform into the cluster as docs/install.md says, and waits for its pods: ./in ./platform.sh small|ha [OPTION OF KNC PLATFORM]...
# Services are at http://NAME.NAMESPACE.example.com through port 31080 of the node.
set -e
HERE=$(dirname "$(readlink -f "$0")"); . "$HERE/env.sh"
PROFILE=${1:-small}; shift || true
knc() { node "$HERE/../../../dist/bin/knc.js" "$@" 2>/dev/null; }
mkdir -p $RUN/events; chmod 777 $RUN/events   # this cluster makes no volumes by itself; the runtime is a user without rights
kubectl apply -f - <<X
apiVersion: v1
kind: PersistentVolume
metadata: {name: knc-events}
spec:
  accessModes: [ReadWriteOnce]
  capacity: {storage: 1Gi}
  persistentVolumeReclaimPolicy: Retain
  hostPath: {path: $RUN/events, type: Directory}
X
echo "{\"events\": {\"storage\": \"1Gi\", \"storageClass\": \"\"}${PLATFORM_MORE:+, $PLATFORM_MORE}}" >$RUN/platform.json   # PLATFORM_MORE: '"settings": {…}'
case " $* " in *" --parts serving "*) echo "{$PLATFORM_MORE}" >$RUN/platform.json ;; esac   # without events there is no volume
platform() { knc platform --file $RUN/platform.json --profile $PROFILE --image registry.local/knative-constructs:dev --expose node-port:31080 --domain example.com "$@"; }
platform "$@" --crds-only | kubectl apply --server-side -f -
kubectl wait --for=condition=Established crd -l app.kubernetes.io/part-of=knative-constructs --timeout=60s
platform "$@" --without-crds | kubectl apply -f -
for n in knative-serving knative-eventing; do
  for o in $(kubectl get deployments,statefulsets -n $n -o name); do kubectl rollout status -n $n $o --timeout=120s; done
done
