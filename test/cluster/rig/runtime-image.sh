#!/bin/bash
# Makes the image of the runtime, registry.local/knative-constructs:dev, on a base of this machine's own node, and imports it into the
# cluster if that is up. What has not changed is not built again.
set -e
HERE=$(dirname "$(readlink -f "$0")"); . "$HERE/env.sh"
ROOT=$(readlink -f "$HERE/../../..")
NAME=knative-constructs; TAG=registry.local/$NAME:dev; TAR=$IMAGES/$NAME.tar
mkdir -p "$IMAGES" "$RIG_HOME/build"
W=$(mktemp -d "$RIG_HOME/build/runtime-XXXXXX"); trap 'rm -rf "$W"' EXIT
BAH="buildah --storage-driver overlay"
node "$ROOT/image/build.mjs" --context "$W/context"
sum=$(cd "$W/context" && find . -type f -print0 | sort -z | xargs -0 sha256sum | sha256sum | cut -d' ' -f1)
if [ ! -f "$TAR" ] || [ "$(cat "$TAR.sum" 2>/dev/null)" != "$sum" ]; then
  B=$W/base; mkdir -p "$B/usr/bin" "$B/tmp"; chmod 1777 "$B/tmp"
  node=$(readlink -f "$(command -v node)")
  cp "$node" "$B/usr/bin/node"
  for lib in $(ldd "$node" | grep -o '/[^ ]*'); do mkdir -p "$B$(dirname "$lib")"; cp -L "$lib" "$B$lib"; done
  printf 'FROM scratch\nCOPY . /\nENV PATH=/usr/local/bin:/usr/bin:/bin\n' >"$W/Containerfile"
  $BAH bud --isolation chroot -q -t registry.local/node-base:dev -f "$W/Containerfile" "$B"
  version=$(node -p "require('$ROOT/package.json').version")
  $BAH bud --isolation chroot -q --from registry.local/node-base:dev --build-arg VERSION="$version" --build-arg REVISION="$(git -C "$ROOT" rev-parse HEAD 2>/dev/null)" \
    -t "$TAG" -f "$W/context/Dockerfile" "$W/context"
  rm -f "$W/image.tar"
  $BAH push -q "$TAG" "oci-archive:$W/image.tar:$TAG"
  mv "$W/image.tar" "$TAR"; echo "$sum" >"$TAR.sum"
fi
if [ -S "$SOCK/containerd.sock" ]; then $CTR images import "$TAR"; fi
